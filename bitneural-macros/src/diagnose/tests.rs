use std::str::FromStr;

use bitneural_core::Location;

use super::*;
use crate::args;

fn arguments(text: &str) -> Args {
    let parsed = args::parse(TokenStream::from_str(text).unwrap()).unwrap();
    parsed.args
}

/// The texts that the errors for `kinds` are at.
fn places(kinds: Vec<ErrorKind>, args: &Args) -> Vec<String> {
    let mut errors = Errors::new();
    for kind in kinds {
        errors.push(kind, Location::default());
    }
    compiler(errors, args)
        .into_iter()
        .map(|error| error.span().source_text().unwrap_or_default())
        .collect()
}

fn over_budget() -> ErrorKind {
    ErrorKind::BudgetExceeded {
        allowed: String::new(),
        needed: String::new(),
        breakdown: String::new(),
    }
}

fn nameless() -> ErrorKind {
    ErrorKind::InvalidName {
        name: "2".to_owned(),
    }
}

#[test]
fn each_problem_is_at_the_argument_to_blame() {
    let kinds = || vec![ErrorKind::EmptyModel, over_budget(), nameless()];
    let named = arguments("struct Kws = \"kws.safetensors\"; budget(ram = 1)");
    assert_eq!(
        places(kinds(), &named),
        ["\"kws.safetensors\"", "budget", "Kws"]
    );
    let path = "\"kws.safetensors\"";
    assert_eq!(places(kinds(), &arguments(path)), [path; 3]);
}

#[test]
fn a_problem_has_the_form_of_the_compilers() {
    let error = problem(Span::call_site(), "what", Some("this"), Some("do that"));
    assert_eq!(
        error.to_string(),
        "what\n   = expected: this\n   = help: do that"
    );
    let own = Error {
        kind: ErrorKind::NotATrit { index: 0, value: 2 },
        location: Location::default(),
    };
    assert!(own.to_string().contains("\n   = expected: "), "{own}");
    assert!(own.to_string().contains("\n   = help: "), "{own}");
}

fn failed(text: &str, bytes: &[u8]) -> String {
    let error = combined(
        Some(syn::Error::new(Span::call_site(), "one")),
        syn::Error::new(Span::call_site(), "two"),
    );
    let failure = Failure::with_skeleton(error, &arguments(text), bytes);
    failure.into_tokens().to_string()
}

#[test]
fn nothing_known_is_stood_in_for_by_types_of_an_error() {
    let text = failed("pub(crate) struct Kws = \"a.safetensors\"", &[]);
    assert!(
        text.contains("pub (crate) type Kws = [() ; :: core :: compile_error ! { \"one\" }] ;"),
        "{text}"
    );
    assert!(text.contains("pub (crate) type KwsClass = Kws ;"), "{text}");
    assert!(
        text.ends_with(":: core :: compile_error ! { \"two\" }"),
        "{text}"
    );
}

#[test]
fn an_unnamed_struct_is_called_as_the_file() {
    let text = failed("\"models/key-words.safetensors\"", &[]);
    assert!(text.contains("pub type KeyWords = "), "{text}");
    let nothing = failed("\"models/2.safetensors\"", &[]);
    assert!(!nothing.contains("type"), "{nothing}");
}

#[test]
fn known_names_and_labels_are_taken() {
    let tilt = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../bitneural-rt/models/tilt.safetensors"
    );
    let text = failed("\"x.safetensors\"", &std::fs::read(tilt).unwrap());
    assert!(text.contains("pub type Tilt = "), "{text}");
    assert!(text.contains("pub enum TiltClass {"), "{text}");
    assert!(text.contains("OnItsSide"), "{text}");
}
