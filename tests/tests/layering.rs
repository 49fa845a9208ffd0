//! The stages of the compiler know of each other what docs/architecture.md says, and no file is too long.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bitneural_targets::root;

use calls::CALLS;
use names::names;

#[path = "layering/calls.rs"]
mod calls;
#[path = "layering/names.rs"]
mod names;

/// What each module of the compiler may name: the types and constants of these, never their functions.
/// A part of a stage comes before the stage.
const MAY_SEE: &[(&str, &[&str])] = &[
    ("shape", &[]),
    ("function", &[]),
    ("ternarize", &[]),
    ("ids", &[]),
    ("hash", &[]),
    ("fidelity", &[]),
    ("custom", &["shape"]),
    ("error", &["shape"]),
    (
        "source",
        &[
            "error",
            "fidelity",
            "function",
            "hash",
            "shape",
            "ternarize",
        ],
    ),
    (
        "graph",
        &[
            "custom",
            "error",
            "function",
            "ids",
            "shape",
            "source",
            "ternarize",
        ],
    ),
    (
        "passes",
        &["function", "graph", "ids", "source", "ternarize"],
    ),
    ("network", &["custom", "graph", "ids", "shape", "ternarize"]),
    (
        "quantize",
        &[
            "custom",
            "error",
            "function",
            "graph",
            "ids",
            "network",
            "shape",
            "source",
            "ternarize",
        ],
    ),
    ("stream", &["error", "graph", "ids", "network", "shape"]),
    (
        "plan",
        &[
            "custom",
            "graph",
            "ids",
            "network",
            "shape",
            "stream",
            "ternarize",
        ],
    ),
    ("report", &["fidelity", "plan", "shape"]),
    (
        "emit",
        &[
            "custom", "error", "hash", "ids", "network", "plan", "report", "shape", "stream",
        ],
    ),
    (
        "reference::float",
        &["custom", "function", "graph", "shape"],
    ),
    ("reference::integer", &["custom", "graph", "ids", "network"]),
    (
        "reference::single",
        &["custom", "function", "graph", "network", "shape"],
    ),
    ("reference", &[]),
    (
        "measure",
        &[
            "fidelity",
            "graph",
            "network",
            "reference::float",
            "reference::integer",
            "reference::single",
        ],
    ),
    ("writer", &["error", "fidelity", "graph", "source"]),
    ("calibrate", &["graph", "ids", "reference::float", "writer"]),
    ("options", &["custom", "plan", "ternarize"]),
];

/// The pipeline, which sees everything and which nothing sees.
const PIPELINE: &str = "compile";

/// Lines of code, without documentation, comments, blank lines and unit tests.
const MOST_LINES: usize = 400;

const VAGUE: [&str; 5] = ["utils", "common", "helpers", "misc", "manager"];

/// The files below a folder, without those that are built or belong to git.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            if name.starts_with('.') || name == "target" || name == "__pycache__" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn core() -> PathBuf {
    root().join("bitneural-core/src")
}

/// The modules of core with their files: `graph::dense`.
fn modules() -> BTreeMap<String, PathBuf> {
    let core = core();
    let rust = files(&core).into_iter().filter(|file| {
        let path = file.strip_prefix(&core).unwrap().with_extension("");
        let is_test = path.iter().any(|part| part == "tests");
        file.extension().is_some_and(|extension| extension == "rs") && !is_test
    });
    rust.map(|file| {
        let path = file.strip_prefix(&core).unwrap().with_extension("");
        let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
        (parts.collect::<Vec<_>>().join("::"), file)
    })
    .collect()
}

/// The entry of the table for a path: that of the part, else that of the stage.
fn entry(path: &str) -> &'static str {
    let mut entries = MAY_SEE.iter().map(|(name, _)| *name).chain([PIPELINE]);
    let found = entries.find(|name| path == *name || path.starts_with(&format!("{name}::")));
    found.unwrap_or_else(|| panic!("{path} is not in the table of this test"))
}

/// Whether a path without a type is that of a function.
fn is_function(path: &[String], in_use: bool, modules: &BTreeMap<String, PathBuf>) -> bool {
    let is_small = |name: &String| name.starts_with(|c: char| c.is_lowercase());
    path.iter().all(is_small) && !(in_use && modules.contains_key(&path.join("::")))
}

#[test]
fn stages_see_what_the_table_allows() {
    let modules = modules();
    let mut problems = BTreeSet::new();
    let (mut seen, mut called) = (BTreeSet::new(), BTreeSet::new());
    for (module, file) in modules.iter().filter(|(module, _)| *module != "lib") {
        let from = entry(module);
        for (path, in_use) in names(module, file) {
            let name = path.join("::");
            // `crate::Errors`, a name of lib.rs, would hide where it comes from.
            let to = entry(&name);
            if from == to || from == PIPELINE {
                continue;
            }
            let allowed = MAY_SEE.iter().find(|(name, _)| *name == from).unwrap().1;
            // A stage's own parts are its own.
            let is_own_part = to.starts_with(&format!("{from}::"));
            if !allowed.contains(&to) && !is_own_part {
                problems.insert(format!("{module} must not see {name}"));
            }
            seen.insert((from, to));
            if is_function(&path, in_use, &modules) {
                let call = CALLS
                    .iter()
                    .find(|(who, what, _)| *who == from && *what == name);
                match call {
                    Some(call) => drop(called.insert(call)),
                    None => drop(problems.insert(format!("{module} must not call {name}"))),
                }
            }
        }
    }
    for (from, allowed) in MAY_SEE {
        for to in allowed.iter().filter(|to| !seen.contains(&(from, **to))) {
            problems.insert(format!(
                "{from} does not see {to}: the table allows too much"
            ));
        }
    }
    for call in CALLS.iter().filter(|call| !called.contains(call)) {
        problems.insert(format!("{} does not call {} any more", call.0, call.1));
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

/// The reading of paths is worth something.
#[test]
fn paths_are_found_however_they_are_written() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("layering.rs");
    let text = "use crate::graph::{self, Graph as Float};\nuse super::cost;\n\
        fn f(g: &Float) { graph::build(g); crate::emit::print(); cost::of(); local(); self::g::h(); }\n\
        #[cfg(test)] mod tests { use crate::report::Report; fn f(_: crate::report::Row) {} }";
    fs::write(&file, text).unwrap();
    let found: BTreeSet<String> = names("plan::memory", &file)
        .iter()
        .map(|(path, _)| path.join("::"))
        .collect();
    let expected = [
        "emit::print",
        "graph",
        "graph::Graph",
        "graph::build",
        "plan::cost",
        "plan::cost::of",
        "plan::memory::g::h",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}

/// Lines of code of a Rust or C file as formatters leave it.
fn lines_of_code(text: &str) -> usize {
    let mut count = 0;
    let mut in_tests = false;
    let mut before = "";
    for line in text.lines() {
        if in_tests {
            in_tests = line != "}";
            continue;
        }
        let code = line.trim();
        if before == "#[cfg(test)]" && code.starts_with("mod ") {
            in_tests = !code.ends_with(';');
            before = "";
            count -= 1;
            continue;
        }
        before = line;
        let is_comment = ["//", "/*", "* ", "*/"]
            .iter()
            .any(|start| code.starts_with(start));
        count += usize::from(!(code.is_empty() || code == "*" || is_comment));
    }
    count
}

#[test]
fn lines_of_code_are_counted_without_comments_and_tests() {
    let text = "//! a\n\n/// b\nfn f() {\n    g(); // c\n}\n\n#[cfg(test)]\nmod tests {\n    fn h() {\n    }\n}\nconst I: u8 = 1;\n";
    assert_eq!(lines_of_code(text), 4);
    assert_eq!(lines_of_code("/* a\n * b\n */\nint c;\n"), 1);
    assert_eq!(lines_of_code("#[cfg(test)]\nmod tests;\nfn f() {}\n"), 1);
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    let mut problems = Vec::new();
    let mut counted = 0;
    for file in files(root()) {
        let shown = file.strip_prefix(root()).unwrap().display();
        let stem = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        if VAGUE.contains(&stem.as_str()) {
            problems.push(format!("{shown}: a name that says nothing"));
        }
        let extension = file.extension().unwrap_or_default().to_string_lossy();
        let is_unit_test = stem == "tests";
        if ["rs", "h", "c"].contains(&&*extension) && !is_unit_test {
            counted += 1;
            let lines = lines_of_code(&fs::read_to_string(&file).unwrap());
            if lines > MOST_LINES {
                problems.push(format!("{shown}: {lines} lines of code"));
            }
        }
    }
    assert!(counted > 50, "{counted} files");
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn the_runtime_needs_no_other_crate() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "bitneural-rt", "--no-default-features"])
        .args([
            "--edges",
            "normal,build",
            "--target",
            "all",
            "--prefix",
            "none",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let crates: Vec<&str> = text.lines().collect();
    assert!(
        crates.len() == 1 && crates[0].starts_with("bitneural-rt "),
        "{crates:?}"
    );
}

/// What stands between backticks on one line, and the first word of each line of the folder map.
fn named(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut in_map = false;
    for line in page.lines() {
        if line.starts_with("```") {
            in_map = line == "```text folders";
        } else if in_map {
            found.extend(line.split_whitespace().next().map(str::to_owned));
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found.retain(|name| {
        name.contains('/') || Path::new(name).extension().is_some_and(|e| e == "rs")
    });
    found
}

#[test]
fn the_page_on_architecture_names_what_there_is() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let named = named(&page);
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !root().join(name).exists())
        .collect();
    assert!(missing.is_empty(), "not there: {missing:?}");
    // In the other direction: every crate and every stage is on the page.
    let members = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, members) = members.split_once("members = [").unwrap();
    let (members, _) = members.split_once(']').unwrap();
    let folders = members
        .split('"')
        .skip(1)
        .step_by(2)
        .map(|member| format!("{member}/"));
    let stages = MAY_SEE.iter().map(|(stage, _)| stage.replace("::", "/"));
    let stages = stages
        .chain([PIPELINE.to_owned()])
        .map(|stage| format!("bitneural-core/src/{stage}.rs"));
    let absent: Vec<String> = folders
        .chain(stages)
        .filter(|name| !named.contains(name))
        .collect();
    assert!(absent.is_empty(), "not on the page: {absent:?}");
}
