//! The parts of the tests, as data.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bitneural_targets::{Need, RV32IMC};

/// A part of the tests: what `cargo xtask test NAME` runs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// What it tests, in a sentence.
    pub(crate) about: String,
    /// Too long for every day.
    pub(crate) is_thorough: bool,
    /// What it cannot run without.
    pub(crate) needs: Vec<Need>,
    /// What it can do without, if it leaves something out.
    pub(crate) uses: Vec<Need>,
    /// Whether files of expectations belong to it, which `cargo xtask bless` creates anew.
    pub(crate) has_expectations: bool,
    pub(crate) commands: Vec<Command>,
    /// What can be built beside the parts in front of it, in a target folder that they do not lock.
    pub(crate) ahead: Option<Command>,
}

/// A program to run in the root folder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) words: Vec<String>,
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// A program and its arguments, separated by spaces.
fn command(line: &str) -> Command {
    Command {
        words: line.split(' ').map(str::to_owned).collect(),
        environment: Vec::new(),
    }
}

/// All parts, in the order in which they run: quick answers first.
pub(crate) fn all(root: &Path) -> io::Result<Vec<Part>> {
    let mut parts = vec![format(root)?];
    parts.push(part(
        "clippy",
        "Lints find nothing, training apart.",
        "cargo clippy --workspace --exclude bitneural-train --all-targets -- -D warnings",
    ));
    parts.push(unit(root)?);
    if root.join("spec/generate.py").exists() {
        parts.push(Part {
            needs: vec![Need::new("python3")],
            ..part(
                "spec",
                "The files of spec are what their generator writes.",
                "python3 spec/generate.py --check",
            )
        });
    }
    for (name, source) in files_of_parts(root)? {
        add(&mut parts, from_test_file(&name, &source));
    }
    add(&mut parts, docs());
    add(&mut parts, train());
    add(&mut parts, bench());
    add(&mut parts, functions());
    Ok(parts)
}

/// The tests beside the code, and those of `tests` folders of crates.
fn unit(root: &Path) -> io::Result<Part> {
    let mut part = Part {
        // Snapshots of the compiler's stages lie beside its unit tests.
        has_expectations: true,
        ..part(
            "unit",
            "The tests of each crate, without training.",
            "cargo test --workspace --exclude bitneural-train --lib --bins --examples",
        )
    };
    let own: Vec<String> = files_of_parts(root)?
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for folder in crates_with_tests(root)? {
        for (name, _) in test_files(&folder)? {
            // A file of the same name as a part runs with that part.
            if !own.contains(&name) {
                part.commands[0].words.extend(["--test".to_owned(), name]);
            }
        }
    }
    Ok(part)
}

/// The `tests` folders of crates, but those of training and of `bitneural-tests`.
fn crates_with_tests(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for parent in [root.to_owned(), root.join("examples")] {
        for entry in fs::read_dir(parent)? {
            let folder = entry?.path();
            let tests = folder.join("tests");
            let is_other = ["bitneural-train", "tests"]
                .iter()
                .any(|name| folder.ends_with(name));
            if !is_other && folder.join("Cargo.toml").exists() && tests.is_dir() {
                folders.push(tests);
            }
        }
    }
    folders.sort();
    Ok(folders)
}

/// All that needs the deep-learning framework, with one profile, so that it is built once and checked
/// once (for lints and documentation, which share that).
fn train() -> Part {
    let mut part = part(
        "train",
        "Training: its tests, optimized, lints and documentation.",
        "cargo test --release --package bitneural-train",
    );
    part.ahead = Some(command(
        "nice -n 19 cargo test --release --package bitneural-train --no-run --quiet",
    ));
    part.commands.push(command(
        "cargo clippy --release --package bitneural-train --all-targets -- -D warnings",
    ));
    part.commands.push(documentation(
        "cargo doc --release --package bitneural-train --no-deps",
    ));
    part
}

/// Thorough, because the figures are those of one compiler, and a change that moves them is no mistake.
fn bench() -> Part {
    Part {
        is_thorough: true,
        needs: vec![Need::new(RV32IMC.target), Need::new(RV32IMC.emulator[0])],
        ..part(
            "bench",
            "The figures of bench/results are those of this code.",
            "cargo xtask bench --check",
        )
    }
}

fn functions() -> Part {
    Part {
        is_thorough: true,
        ..part(
            "functions",
            "The functions of f32 mode have the errors that are stated, on every 61st `f32`.",
            "cargo test --release -p bitneural-rt --lib in_more_places -- --ignored --nocapture",
        )
    }
}

fn part(name: &str, about: &str, line: &str) -> Part {
    Part {
        name: name.to_owned(),
        about: about.to_owned(),
        is_thorough: false,
        needs: Vec::new(),
        uses: Vec::new(),
        has_expectations: false,
        commands: vec![command(line)],
        ahead: None,
    }
}

/// Adds a part, or its commands to the part of the same name.
fn add(parts: &mut Vec<Part>, part: Part) {
    let Some(known) = parts.iter_mut().find(|known| known.name == part.name) else {
        parts.push(part);
        return;
    };
    known.about = format!("{} {}", known.about, part.about);
    known.is_thorough |= part.is_thorough;
    known.has_expectations |= part.has_expectations;
    known.needs.extend(part.needs);
    known.uses.extend(part.uses);
    known.commands.extend(part.commands);
    known.ahead = known.ahead.take().or(part.ahead);
}

/// Formatting of this workspace and of those that it excludes, such as firmware.
fn format(root: &Path) -> io::Result<Part> {
    let mut part = part(
        "fmt",
        "Code is formatted as rustfmt does it.",
        "cargo fmt --all --check",
    );
    let mut folders = Vec::new();
    find_workspaces(root, &mut folders)?;
    folders.sort();
    for folder in folders
        .iter()
        .filter_map(|folder| folder.strip_prefix(root).ok())
    {
        if folder != Path::new("") {
            let manifest = folder.join("Cargo.toml");
            part.commands.push(command(&format!(
                "cargo fmt --all --check --manifest-path {}",
                manifest.display()
            )));
        }
    }
    Ok(part)
}

/// The folders of workspaces, in this folder and below.
fn find_workspaces(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let is_workspace = |text: String| text.lines().any(|line| line == "[workspace]");
    if fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(is_workspace) {
        found.push(folder.to_owned());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_source = name != "target" && !name.to_string_lossy().starts_with('.');
        if is_source && entry.file_type()?.is_dir() {
            find_workspaces(&entry.path(), found)?;
        }
    }
    Ok(())
}

fn docs() -> Part {
    let mut part = part(
        "docs",
        "Examples in the documentation run, and it has no broken links.",
        "cargo test --workspace --exclude bitneural-train --doc",
    );
    part.commands.push(documentation(
        "cargo doc --workspace --exclude bitneural-train --no-deps --lib --bins --examples",
    ));
    part
}

/// A command that builds documentation, and fails for broken links.
fn documentation(line: &str) -> Command {
    let mut build = command(line);
    build
        .environment
        .push(("RUSTDOCFLAGS", "-D warnings".to_owned()));
    build
}

/// The names and contents of the files of a folder of integration tests, sorted.
fn test_files(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            files.push((name, fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// The files of tests that are a part each: those of `bitneural-tests`, and of the package that does without its
/// dependencies.
fn files_of_parts(root: &Path) -> io::Result<Vec<(String, String)>> {
    let mut files = test_files(&root.join("tests/tests"))?;
    files.extend(test_files(&root.join("tests/messages/tests"))?);
    files.sort();
    Ok(files)
}

/// A part from a file of tests, of which the first lines say what it is:
/// see the documentation of `bitneural-tests`.
fn from_test_file(name: &str, source: &str) -> Part {
    let header: Vec<&str> = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .collect();
    let list = |key: &str| -> Vec<Need> {
        let values = header.iter().filter_map(|line| line.strip_prefix(key));
        values
            .flat_map(|value| value.split(','))
            .map(|need| Need::new(need.trim()))
            .collect()
    };
    Part {
        is_thorough: header.contains(&"Thorough."),
        needs: list("Needs:"),
        uses: list("Uses:"),
        has_expectations: ["insta::", "trybuild::", "BITNEURAL_BLESS"]
            .iter()
            .any(|word| source.contains(word)),
        ..part(
            name,
            header.first().copied().unwrap_or_default(),
            // Of the whole workspace, so that dependencies have the features that "unit" built.
            &format!("cargo test --workspace --exclude bitneural-train --test {name}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_file_says_what_it_is() {
        let source = "//! Does it.\n//!\n//! Needs: gcc, qemu-system-arm\n//! Uses: clang\n//! Thorough.\n\nuse a;";
        let part = from_test_file("it", source);
        assert_eq!(part.about, "Does it.");
        assert_eq!(part.needs, [Need::new("gcc"), Need::new("qemu-system-arm")]);
        assert_eq!(part.uses, [Need::new("clang")]);
        assert!(part.is_thorough && !part.has_expectations);
        assert_eq!(
            part.commands[0].words.join(" "),
            "cargo test --workspace --exclude bitneural-train --test it"
        );
    }

    #[test]
    fn a_test_file_with_snapshots_has_expectations() {
        let part = from_test_file("it", "//! Does it.\nfn f() { insta::assert_snapshot!(1); }");
        assert!(part.has_expectations && !part.is_thorough && part.needs.is_empty());
    }

    #[test]
    fn parts_of_one_name_are_one() {
        let mut parts = vec![part("docs", "One.", "a b")];
        add(&mut parts, part("docs", "Two.", "c"));
        add(&mut parts, part("other", "Three.", "d"));
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].about, "One. Two.");
        assert_eq!(parts[0].commands, [command("a b"), command("c")]);
    }

    #[test]
    fn every_test_file_is_a_part_with_a_sentence() {
        let root = bitneural_targets::root();
        let parts = all(root).unwrap();
        for (name, _) in files_of_parts(root).unwrap() {
            assert!(parts.iter().any(|part| part.name == name), "{name}");
        }
        for part in &parts {
            assert!(
                part.about.ends_with('.'),
                "{}: {:?} is no sentence",
                part.name,
                part.about
            );
        }
    }

    #[test]
    fn no_file_of_tests_is_forgotten() {
        let root = bitneural_targets::root();
        let parts = all(root).unwrap();
        let words: Vec<&String> = parts
            .iter()
            .flat_map(|part| &part.commands)
            .flat_map(|command| &command.words)
            .collect();
        let folders = crates_with_tests(root).unwrap();
        assert!(folders.contains(&root.join("bitneural-cli/tests")));
        for (name, _) in folders
            .iter()
            .flat_map(|folder| test_files(folder).unwrap())
        {
            assert!(words.contains(&&name), "{name}");
        }
    }

    #[test]
    fn the_firmware_is_formatted_too() {
        let part = format(bitneural_targets::root()).unwrap();
        let last_words = part
            .commands
            .iter()
            .filter_map(|command| command.words.last());
        assert_eq!(
            last_words
                .filter(|word| word.ends_with("tests/firmware/Cargo.toml"))
                .count(),
            1
        );
    }
}
