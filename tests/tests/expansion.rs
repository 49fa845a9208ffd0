//! What the macro expands to: as text that people read, and in crates that are as strict as can be.

use std::fs;
use std::path::{Path, PathBuf};

use bitneural_core::emit::rust::{self, Style, pretty};
use bitneural_core::{Options, compile};
use bitneural_targets::root;
use bitneural_tests::fixtures::whole;
use bitneural_tests::project::{Project, errors};

/// A byte string of the expansion beyond this many characters is cut in the snapshot: its bits are
/// those of `MODEL_ID`.
const LONGEST_BYTES: usize = 64;

/// `text` with long byte strings cut.
fn shortened(text: &str) -> String {
    let cut = |line: &str| match line.split_once("b\"") {
        Some((before, bytes)) if bytes.len() > LONGEST_BYTES => {
            let shown: String = bytes.chars().take(LONGEST_BYTES).collect();
            let rest = bytes.rsplit_once('"').map_or("", |(_, rest)| rest);
            format!("{before}b\"{shown}…\"{rest}")
        }
        _ => line.to_owned(),
    };
    text.lines().map(cut).collect::<Vec<_>>().join("\n")
}

/// The trained network of the digits example.
fn digits_mlp() -> Vec<u8> {
    fs::read(root().join("examples/digits/models/digits_mlp.safetensors")).unwrap()
}

/// What `include_ternary_model!("models/digits_mlp.safetensors")` expands to.
fn expansion() -> String {
    let compiled = compile(&digits_mlp(), &Options::default()).unwrap();
    let mut style = Style::new("DigitsMlp");
    style.tracked_file = Some("models/digits_mlp.safetensors".to_owned());
    pretty(rust::print(&compiled.program, &style)).unwrap()
}

#[test]
fn expansion_of_digits_mlp() {
    let text = expansion();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("expansion");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("digits_mlp", shortened(&text)));
}

fn project(name: &str) -> Project {
    Project::new(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)).unwrap()
}

/// In front of an expansion that is linted as if a person had written it: clippy passes over the
/// expansions of macros.
const LINTS: &str = "//! An expansion.\n#![no_std]\n#![no_implicit_prelude]\n#![forbid(unsafe_code)]\n\
    #![deny(warnings, missing_docs, clippy::all)]\n\n";

/// Adds the crate of a file of tests/tests/expansion.
fn add(project: &Project, name: &str, runtime: &str) -> PathBuf {
    let source = root()
        .join("tests/tests/expansion")
        .join(format!("{name}.rs"));
    add_source(project, name, runtime, &fs::read_to_string(source).unwrap())
}

fn add_source(project: &Project, name: &str, runtime: &str, source: &str) -> PathBuf {
    let files: [(&str, &[u8]); 3] = [
        ("models/awkward.safetensors", &whole::awkward()),
        ("models/digits_mlp.safetensors", &digits_mlp()),
        ("models/tilt.safetensors", &whole::tilt()),
    ];
    project.add(name, runtime, source, &files).unwrap()
}

/// One workspace, one test after the other: they share what cargo builds.
#[test]
fn crates_that_use_the_macro() {
    let workspace = project("expansion");
    let strict = add(&workspace, "strict", "bitneural-rt");
    add(&workspace, "renamed", "neural");
    add(&workspace, "section", "bitneural-rt");
    add_source(
        &workspace,
        "printed",
        "bitneural-rt",
        &format!("{LINTS}{}", expansion()),
    );
    let clippy = workspace.cargo("clippy --workspace").unwrap();
    assert!(clippy.status.success(), "{}", errors(&clippy));
    is_compiled_again_when_the_file_changes(&workspace, &strict);

    add(&workspace, "same_name", "bitneural-rt");
    let found = errors(&workspace.cargo("check --package same_name").unwrap());
    let first = found.lines().find(|line| line.starts_with("error"));
    assert_eq!(
        first,
        Some("error[E0428]: the name `Kws` is defined multiple times"),
        "{found}"
    );
}

fn is_compiled_again_when_the_file_changes(workspace: &Project, member: &Path) {
    let is_fresh = || {
        let check = workspace.cargo("check --package strict --verbose").unwrap();
        assert!(check.status.success(), "{}", errors(&check));
        let lines = errors(&check);
        let line = lines.lines().find(|line| line.contains(" strict v0.0.0"));
        line.expect("cargo names the crate").contains("Fresh")
    };
    is_fresh();
    assert!(is_fresh(), "nothing has changed");
    fs::write(member.join("models/tilt.safetensors"), whole::tilt()).unwrap();
    assert!(!is_fresh(), "the model file has changed");
}
