//! `cargo xtask bench`: the figures of bench/results, of an emulated chip and of this machine.

use bitneural_targets::{Need, RV32IMC};
use xshell::{Shell, cmd};

use crate::Error;
use crate::test;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to measure; all if nothing is named
    what: Vec<What>,
    /// Compare with the committed figures instead of writing them, but for seconds
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Size and speed of models on an emulated chip
    Chip,
    /// How long the macro takes, and how many crates it adds to a project
    Compile,
}

/// Gives whether the figures are as committed.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Result<bool, Error> {
    let is_wanted = |what| arguments.what.is_empty() || arguments.what.contains(&what);
    let check = arguments.check.then_some("--check");
    let measure = |what: &str| {
        let package = ["--package", "bitneural-tests", "--bin", "measure"];
        cmd!(shell, "cargo run --quiet {package...} -- {what} {check...}")
            .run()
            .is_ok()
    };
    let mut is_same = true;
    if is_wanted(What::Chip) {
        let needs = [Need::new(RV32IMC.target), Need::new(RV32IMC.emulator[0])];
        test::install(needs.iter());
        if let Some(need) = needs.iter().find(|need| !need.is_met()) {
            return Err(format!("the measurements need {need}").into());
        }
        is_same &= measure("chip");
    }
    if is_wanted(What::Compile) {
        is_same &= measure("compile");
    }
    Ok(is_same)
}
