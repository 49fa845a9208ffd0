//! The program prints what its README says.

use std::process::Command;

#[test]
fn readme_shows_the_output() {
    let output = Command::new(env!("CARGO_BIN_EXE_build_script"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let shown: Vec<&str> = include_str!("../README.md")
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .collect();
    assert_eq!(printed.lines().collect::<Vec<_>>(), shown);
}
