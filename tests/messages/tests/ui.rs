//! What the macro says about wrong arguments and broken models.
//!
//! A case is a file of tests/tests/ui; what rustc prints of it is in the file beside it. The messages
//! are ours, so they are the same with every rustc.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use bitneural_core::source::limits;
use bitneural_targets::root;

fn folder() -> PathBuf {
    root().join("tests/tests/ui")
}

/// Paths of the macro are relative to the folder of Cargo.toml, and trybuild compiles the cases in a
/// project of its own: the models are copied there.
fn copy_models() {
    // Set by cargo: a folder in the target folder, wherever that is.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("it lies in the target folder");
    let to = target
        .join("tests/trybuild")
        .join(env!("CARGO_PKG_NAME"))
        .join("models");
    if to.exists() {
        fs::remove_dir_all(&to).unwrap();
    }
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(folder().join("models")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    // Sparse: it takes no room on the disk.
    File::create(to.join("file_too_large.safetensors"))
        .and_then(|file| file.set_len(limits::FILE_BYTES + 1))
        .unwrap();
}

#[test]
fn messages() {
    copy_models();
    // Its check is made, and new messages are written, when it is dropped.
    drop(checked_cases());
    every_kind_of_error_has_a_case_that_shows_it();
}

fn checked_cases() -> trybuild::TestCases {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases
}

/// A kind of error: its name, and the longest piece of its message that is the same in every error.
struct Kind {
    name: String,
    words: String,
}

/// The variants of core's `ErrorKind`, as its source has them.
fn kinds() -> Vec<Kind> {
    let source = fs::read_to_string(root().join("bitneural-core/src/error/kind.rs")).unwrap();
    let file = syn::parse_file(&source).unwrap();
    let kinds = file.items.into_iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == "ErrorKind" => Some(item.variants),
        _ => None,
    });
    let kind = |variant: syn::Variant| {
        let message = variant
            .attrs
            .iter()
            .find(|attribute| attribute.path().is_ident("error"));
        let message: syn::LitStr = message.expect("a message").parse_args().unwrap();
        let message = message.value();
        let pieces = message
            .split('{')
            .map(|piece| piece.rsplit('}').next().unwrap_or(piece));
        Kind {
            name: variant.ident.to_string(),
            words: pieces
                .max_by_key(|piece| piece.len())
                .unwrap_or("")
                .trim()
                .to_owned(),
        }
    };
    kinds
        .expect("the enum `ErrorKind`")
        .into_iter()
        .map(kind)
        .collect()
}

/// `MissingTensor` → `missing_tensor`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

/// No input shows a broken invariant of the compiler, or it would be mended: bitneural-core's
/// `a_broken_invariant_is_called_our_bug` holds its words.
const WITHOUT_CASE: [&str; 1] = ["Internal"];

fn every_kind_of_error_has_a_case_that_shows_it() {
    let cases: Vec<(String, String)> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "stderr")
        })
        .map(|path| {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            (stem, fs::read_to_string(path).unwrap())
        })
        .collect();
    let kinds = kinds();
    assert!(kinds.len() > 30, "{} kinds found", kinds.len());
    let shown = |kind: &Kind| {
        let name = snake(&kind.name);
        let of_kind = |stem: &str| stem == name || stem.starts_with(&format!("{name}_"));
        cases
            .iter()
            .any(|(stem, text)| of_kind(stem) && text.contains(&kind.words))
    };
    let missing: BTreeSet<&str> = kinds
        .iter()
        .filter(|kind| !shown(kind))
        .map(|kind| kind.name.as_str())
        .collect();
    assert_eq!(
        missing,
        BTreeSet::from(WITHOUT_CASE),
        "kinds of errors without a case in tests/tests/ui"
    );
}

#[test]
fn every_model_of_the_cases_is_used() {
    let sources: String = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for entry in fs::read_dir(folder().join("models")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            sources.contains(&format!("\"models/{name}\"")),
            "no case uses {name}"
        );
    }
}
