//! The mistakes of others that spec/README.md lists are held by the cases that it names.

use std::collections::BTreeSet;
use std::fs;

use bitneural_targets::root;
use bitneural_tests::spec::raw;

/// What the third column of the table names: cases as `file: name`, and paths.
fn listed(page: &str) -> Vec<String> {
    let (_, section) = page
        .split_once("\n## Mistakes of others\n")
        .expect("the section");
    let (section, _) = section.split_once("\n## ").unwrap_or((section, ""));
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let mut all = Vec::new();
    for row in rows.skip(1) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [_, _, held_by] = cells[..] else {
            panic!("three cells: {row}")
        };
        let names: Vec<String> = held_by
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        assert!(!names.is_empty(), "held by nothing: {row}");
        all.extend(names);
    }
    all
}

/// The names of all cases of spec, `file: name`. A name may stand for one in `rules` and one in `ops`.
fn cases() -> BTreeSet<String> {
    let folders = ["rules", "ops", "quantizers"];
    let cases = folders.into_iter().flat_map(raw::folder);
    cases.map(|case| case.name).collect()
}

/// What the list has that is neither a case nor a file.
fn not_found<'a>(listed: &'a [String], cases: &BTreeSet<String>) -> Vec<&'a String> {
    let is_there = |name: &str| cases.contains(name) || root().join(name).is_file();
    listed.iter().filter(|name| !is_there(name)).collect()
}

fn page() -> String {
    fs::read_to_string(root().join("spec/README.md")).unwrap()
}

#[test]
fn what_the_list_names_is_there() {
    let listed = listed(&page());
    assert!(listed.len() > 30, "{} are listed", listed.len());
    assert_eq!(not_found(&listed, &cases()), [""; 0]);
}

#[test]
fn every_case_that_is_called_a_mistake_is_listed() {
    let listed: BTreeSet<String> = listed(&page()).into_iter().collect();
    let called = |name: &String| name.contains("'s mistake") || name.contains("'s other mistake");
    let cases = cases();
    let missing: Vec<&String> = cases
        .iter()
        .filter(|name| called(name) && !listed.contains(*name))
        .collect();
    assert_eq!(missing, [""; 0]);
}

/// A case that is renamed is missed.
#[test]
fn a_renamed_case_is_noticed() {
    let listed = listed(&page());
    let mut cases = cases();
    for name in &listed {
        if cases.remove(name) {
            cases.insert(format!("{name}, renamed"));
            assert_eq!(not_found(&listed, &cases), [name], "listed once");
            cases.insert(name.clone());
        }
    }
}
