//! `cargo xtask test`: runs the parts, each to its end, and reports.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use bitneural_targets::{Need, SKIP_EMULATED, may_install, root};
use comfy_table::{Table, presets};
use xshell::Shell;

use crate::Error;
use crate::parts::{self, Part};
use crate::report::{Outcome, Report};

/// Set for the tests when they may take long.
const THOROUGH: &str = "BITNEURAL_THOROUGH";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The parts to run, or what comes before an underscore in their names; all of every day if none is named
    parts: Vec<String>,
    /// Also what is too long for every day
    #[arg(long)]
    thorough: bool,
    /// Only list the parts
    #[arg(long)]
    list: bool,
}

/// Gives whether no part failed.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Result<bool, Error> {
    let parts = parts::all(root())?;
    if arguments.list {
        println!("{}", table(&parts));
        return Ok(true);
    }
    let chosen = choose(&parts, arguments)?;
    install(
        chosen
            .iter()
            .flat_map(|part| part.needs.iter().chain(&part.uses)),
    );
    let _thorough = arguments.thorough.then(|| shell.push_env(THOROUGH, "1"));
    let mut report = Report::default();
    // The first part begins at once; what takes long to build for others is built beside it.
    let mut ahead: Vec<(&str, Child)> = chosen
        .iter()
        .skip(1)
        .filter_map(|part| build(part))
        .collect();
    for part in chosen {
        println!("\n== {}: {}", part.name, part.about);
        let start = Instant::now();
        for (_, building) in ahead.iter_mut().filter(|(name, _)| *name == part.name) {
            // Whether it went well the part's own commands will say.
            let _ = building.wait();
        }
        let outcome = run_part(shell, part);
        report.add(&part.name, outcome, start.elapsed());
    }
    println!("\n{report}");
    Ok(!report.has_failures())
}

/// Starts to build what a part needs, if it can be built beside others. Where that does not start, the part builds it.
fn build(part: &Part) -> Option<(&str, Child)> {
    let (program, arguments) = part.ahead.as_ref()?.words.split_first()?;
    let child = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Some((&part.name, child.ok()?))
}

fn table(parts: &[Part]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_header(["part", "what it tests", "needs"]);
    for part in parts {
        let thorough = if part.is_thorough {
            " (only with --thorough)"
        } else {
            ""
        };
        let needs: Vec<String> = part
            .needs
            .iter()
            .chain(&part.uses)
            .map(Need::to_string)
            .collect();
        table.add_row([
            part.name.clone(),
            format!("{}{thorough}", part.about),
            needs.join("\n"),
        ]);
    }
    table
}

/// The named parts, or those of every day. A name is a part's, or all before an underscore of several: of these it
/// names those of every day. `emulated` is both.
fn choose<'a>(parts: &'a [Part], arguments: &Arguments) -> Result<Vec<&'a Part>, String> {
    let is_due = |part: &Part| arguments.thorough || !part.is_thorough;
    if arguments.parts.is_empty() {
        return Ok(parts.iter().filter(|part| is_due(part)).collect());
    }
    let mut chosen: Vec<&Part> = Vec::new();
    for name in &arguments.parts {
        let begins = |part: &Part| {
            let rest = part.name.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.starts_with('_'))
        };
        let named: Vec<&Part> = parts
            .iter()
            .filter(|part| part.name == *name || (begins(part) && is_due(part)))
            .collect();
        if named.is_empty() {
            let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
            return Err(format!("no part is named {name}: {}", names.join(", ")));
        }
        for part in named {
            if !chosen.contains(&part) {
                chosen.push(part);
            }
        }
    }
    Ok(chosen)
}

/// Installs what is missing, where that may be done without asking. What cannot be installed is
/// reported with the parts that need it.
pub(crate) fn install<'a>(needs: impl Iterator<Item = &'a Need>) {
    let missing: BTreeSet<&Need> = needs.filter(|need| !need.is_met()).collect();
    if missing.is_empty() || !may_install() {
        return;
    }
    let start = Instant::now();
    if let Err(error) = Need::update_lists() {
        println!("{error}");
    }
    for need in missing {
        println!("installing {need}");
        if let Err(error) = need.install() {
            println!("{error}");
        }
    }
    println!("installed in {:.1} s", start.elapsed().as_secs_f64());
}

/// Runs the commands of a part, up to the first that fails.
pub(crate) fn run_part(shell: &Shell, part: &Part) -> Outcome {
    let missing = |needs: &[Need]| {
        needs
            .iter()
            .filter(|need| !need.is_met())
            .cloned()
            .collect::<Vec<_>>()
    };
    let needs = missing(&part.needs);
    if !needs.is_empty() {
        return Outcome::Skipped(needs);
    }
    let without = missing(&part.uses);
    let _skip = (!without.is_empty()).then(|| shell.push_env(SKIP_EMULATED, "1"));
    for command in &part.commands {
        let (program, arguments) = command
            .words
            .split_first()
            .expect("a command has a program");
        let run = shell
            .cmd(program)
            .args(arguments)
            .envs(command.environment.iter().map(|(k, v)| (*k, v)));
        if let Err(error) = run.run() {
            eprintln!("{error}");
            return Outcome::Failed(command.words.join(" "));
        }
    }
    Outcome::Passed { without }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(parts: &[&str], thorough: bool) -> Arguments {
        Arguments {
            parts: parts.iter().map(|&part| part.to_owned()).collect(),
            thorough,
            list: false,
        }
    }

    #[test]
    fn parts_are_chosen_by_name() {
        let parts = parts::all(root()).unwrap();
        let names = |arguments| -> Result<Vec<_>, _> {
            Ok(choose(&parts, &arguments)?
                .into_iter()
                .map(|part| part.name.as_str())
                .collect())
        };
        assert_eq!(
            names(arguments(&["unit", "fmt"], false)),
            Ok(vec!["unit", "fmt"])
        );
        let error: Result<Vec<&str>, String> = names(arguments(&["nit"], false));
        assert!(error.is_err_and(|error| error.contains("no part is named nit: fmt, clippy")));
        let emulated = names(arguments(&["emulated_arm", "emulated"], false)).unwrap();
        assert_eq!(emulated[0], "emulated_arm");
        for part in ["emulated", "emulated_networks", "emulated_c_xtensa"] {
            assert!(emulated.contains(&part), "{part}");
        }
        assert!(!emulated.contains(&"emulated_fpu"), "a thorough one");
        let mut each = emulated.clone();
        each.sort();
        each.dedup();
        assert_eq!(each.len(), emulated.len(), "no part twice");
        assert_eq!(
            names(arguments(&["emulated_fpu"], false)),
            Ok(vec!["emulated_fpu"])
        );
        let every_day = names(arguments(&[], false)).unwrap().len();
        assert!(every_day <= names(arguments(&[], true)).unwrap().len());
    }
}
