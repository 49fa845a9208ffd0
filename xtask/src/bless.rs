//! `cargo xtask bless`: the only way to change what the tests expect.

use std::time::Instant;

use bitneural_targets::root;
use xshell::{Shell, cmd};

use crate::Error;
use crate::parts;
use crate::report::Report;
use crate::test;

/// Variables at which the tests write what they find instead of comparing it.
const WRITE: [(&str, &str); 3] = [
    ("INSTA_UPDATE", "always"),
    ("TRYBUILD", "overwrite"),
    ("BITNEURAL_BLESS", "1"),
];

/// Writes the specification, then the expectations of each part that has any. Gives whether all
/// parts passed: a test that compares with nothing committed can still fail.
pub(crate) fn run(shell: &Shell) -> Result<bool, Error> {
    if root().join("spec/generate.py").exists() {
        cmd!(shell, "python3 spec/generate.py").run()?;
    }
    let _write = WRITE.map(|(variable, value)| shell.push_env(variable, value));
    let mut report = Report::default();
    for part in parts::all(root())?
        .iter()
        .filter(|part| part.has_expectations)
    {
        let start = Instant::now();
        let outcome = test::run_part(shell, part);
        report.add(&part.name, outcome, start.elapsed());
    }
    println!("\n{report}\n\nRead what changed:");
    cmd!(shell, "git status --short").run()?;
    Ok(!report.has_failures())
}
