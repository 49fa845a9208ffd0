//! A kernel that is wrong on purpose is found by the cases of spec.
//!
//! Needs: gcc
//! Thorough.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::Command;

use bitneural_core::emit::c::KERNELS;
use bitneural_targets::root;
use bitneural_tests::rules::Session;
use bitneural_tests::runners::c::{self, CHECKED, Process};
use bitneural_tests::runners::requests::Kernels;
use bitneural_tests::spec::{ops, raw};

use mutations::{C, Mutation, RUST};

#[path = "mutated_kernel/mutations.rs"]
mod mutations;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutated_kernel")
}

/// The files below `from`, relative to it.
fn files(from: &Path, below: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(from.join(below)).unwrap() {
        let entry = entry.unwrap();
        let path = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            files(from, &path, found);
        } else {
            let text = fs::read_to_string(entry.path()).unwrap();
            found.insert(path, text);
        }
    }
}

/// Copies the sources to a folder, changed; says which.
fn copy(from: &Path, name: &str, mutation: Option<&Mutation>) -> PathBuf {
    let mut sources = BTreeMap::new();
    files(from, Path::new(""), &mut sources);
    if let Some(Mutation { file, from, to }) = mutation {
        let text = sources.get_mut(Path::new(file));
        let text = text.unwrap_or_else(|| panic!("no file {file}"));
        assert_eq!(
            text.matches(from).count(),
            1,
            "{file} has {from:?} not once: renew the mutation"
        );
        *text = text.replace(from, to);
    }
    let folder = folder().join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    for (path, text) in sources {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn rustc(arguments: &[&str], folder: &Path) {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args([
            "--edition",
            "2024",
            "-C",
            "opt-level=1",
            "--cap-lints",
            "allow",
        ])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}:\n{messages}");
}

/// The program of the Rust kernels: `host.rs`, asked through pipes.
fn rust(name: &str, mutation: Option<&Mutation>) -> Kernels<Process> {
    let folder = copy(&root().join("bitneural-rt/src"), name, mutation);
    let host = root().join("tests/src/runners/host.rs");
    let main = format!(
        "#[path = {host:?}]
        mod host;
        use std::io::{{Read, Write, stdin, stdout}};
        fn words(count: usize) -> Option<Vec<u32>> {{
            let mut bytes = vec![0; 4 * count];
            stdin().read_exact(&mut bytes).ok()?;
            Some(bytes.as_chunks().0.iter().map(|&word| u32::from_ne_bytes(word)).collect())
        }}
        fn main() {{
            while let Some(count) = words(1) {{
                let answer = host::answer(&words(count[0] as usize).unwrap());
                let count = [answer.len() as u32];
                for word in count.iter().chain(&answer) {{
                    stdout().write_all(&word.to_ne_bytes()).unwrap();
                }}
                stdout().flush().unwrap();
            }}
        }}"
    );
    fs::write(folder.join("main.rs"), main).unwrap();
    rustc(
        &[
            "--crate-type",
            "rlib",
            "--crate-name",
            "bitneural_rt",
            "lib.rs",
        ],
        &folder,
    );
    let library = "bitneural_rt=libbitneural_rt.rlib";
    rustc(&["--extern", library, "-o", "answer", "main.rs"], &folder);
    Kernels {
        name: "Rust".to_owned(),
        answerer: Process::start(&folder.join("answer")).unwrap(),
        has_requantize: false,
    }
}

fn c(name: &str, mutation: Option<&Mutation>) -> Kernels<Process> {
    let folder = copy(&c::kernels(), name, mutation);
    let program = c::build(CHECKED, &folder, &folder);
    c::start("C", &program.unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

/// The first case that fails, or at which the program ends.
fn killer(kernels: Kernels<Process>) -> Option<String> {
    let mut session = Session::new(vec![Box::new(kernels)]);
    for case in ops() {
        let ended = panic::catch_unwind(AssertUnwindSafe(|| session.run_op(&case))).is_err();
        if ended || !session.tally.failures.is_empty() {
            return Some(case.name);
        }
    }
    for case in raw::folder("rules") {
        let ended = panic::catch_unwind(AssertUnwindSafe(|| session.run(&case))).is_err();
        if ended || !session.tally.failures.is_empty() {
            return Some(case.name);
        }
    }
    None
}

fn kill(
    language: &str,
    build: fn(&str, Option<&Mutation>) -> Kernels<Process>,
    mutations: &[Mutation],
) {
    let name = |index: usize| format!("{language}{index}");
    assert_eq!(
        killer(build(&name(0), None)),
        None,
        "the kernels as they are"
    );
    let mut survivors = Vec::new();
    for (index, mutation) in mutations.iter().enumerate() {
        let Mutation { file, from, to } = mutation;
        match killer(build(&name(index + 1), Some(mutation))) {
            Some(case) => println!("{file}: {from} → {to}: killed by {case}"),
            None => survivors.push(format!("{file}: {from} → {to}")),
        }
    }
    assert!(
        survivors.is_empty(),
        "nothing found:\n{}",
        survivors.join("\n")
    );
}

/// Files that nothing of spec runs: kernels of f32 mode, which are held to a tolerance (`float`); the call of the user's
/// code (`custom`, `emulated_custom`); and what holds no kernel.
fn has_no_case(family: &str) -> bool {
    family.starts_with("float") || ["custom", "mod", "plain", "prelude"].contains(&family)
}

#[test]
fn every_file_of_kernels_has_a_mutant() {
    let rust = fs::read_dir(root().join("bitneural-rt/src/kernels")).unwrap();
    let rust = rust.map(|entry| entry.unwrap().path().file_stem().unwrap().to_owned());
    let rust: BTreeSet<String> = rust.map(|name| name.into_string().unwrap()).collect();
    let c: BTreeSet<String> = KERNELS.iter().map(|file| file.family.to_owned()).collect();
    for (families, mutations, ending) in [(rust, &RUST[..], ".rs"), (c, &C[..], ".h")] {
        for family in families.iter().filter(|family| !has_no_case(family)) {
            let file = format!("{family}{ending}");
            let is_in = |mutation: &Mutation| Path::new(mutation.file).ends_with(&file);
            assert!(mutations.iter().any(is_in), "{file} has no mutation");
        }
    }
}

#[test]
fn rust_mutants_are_killed() {
    kill("rust", rust, &RUST);
}

#[test]
fn c_mutants_are_killed() {
    kill("c", c, &C);
}
