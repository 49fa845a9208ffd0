use std::str::FromStr;

use quote::ToTokens;

use super::*;

fn parse_text(text: &str) -> syn::Result<Parsed> {
    parse(TokenStream::from_str(text).unwrap())
}

fn good(text: &str) -> Args {
    let parsed = parse_text(text).unwrap();
    assert!(parsed.problem.is_none(), "{:?}", parsed.problem);
    parsed.args
}

/// The problems, each as the text that it is at and its first line.
fn problems(text: &str) -> Vec<(String, String)> {
    let error = match parse_text(text) {
        Ok(parsed) => parsed.problem.expect("a problem"),
        Err(error) => error,
    };
    error
        .into_iter()
        .map(|error| {
            let place = error.span().source_text().unwrap_or_default();
            let message = error.to_string();
            (place, message.lines().next().unwrap_or("").to_owned())
        })
        .collect()
}

fn pairs(found: &[(String, String)]) -> Vec<(&str, &str)> {
    found
        .iter()
        .map(|(place, message)| (place.as_str(), message.as_str()))
        .collect()
}

#[test]
fn the_path_alone() {
    let args = good(r#""models/kws.safetensors""#);
    assert_eq!(args.path.value(), "models/kws.safetensors");
    assert!(args.name.is_none());
    assert_eq!(args.visibility.to_token_stream().to_string(), "pub");
    assert_eq!(args.options, Options::default());
}

#[test]
fn a_named_struct() {
    let args = good("/// Words.\n#[must_use]\npub(crate) struct Kws = \"kws.safetensors\"");
    assert_eq!(args.attributes.len(), 2);
    assert_eq!(args.visibility.to_token_stream().to_string(), "pub (crate)");
    assert_eq!(args.name.unwrap(), "Kws");
    let private = good(r#"struct Kws = "kws.safetensors""#);
    assert!(private.visibility.to_token_stream().is_empty());
}

#[test]
fn every_argument() {
    let args = good(
        r#"struct Kws = "kws.safetensors";
        activations = u8;
        ternarize = median;
        optimize = size;
        budget(flash = 24_576, ram = 0x2000);
        weights_section = ".rodata.fast";
        crate = a::b;"#,
    );
    assert_eq!(args.options.quantizer, Some(Quantizer::Median));
    assert_eq!(args.options.optimize, Optimize::Size);
    assert_eq!(
        args.options.budget,
        Budget {
            flash_bytes: Some(24_576),
            ram_bytes: Some(8192)
        }
    );
    assert_eq!(args.weights_section.unwrap().value(), ".rodata.fast");
    let runtime = args.runtime.unwrap();
    assert_eq!(runtime.to_token_stream().to_string(), "a :: b");
    assert!(args.budget.is_some());
}

#[test]
fn every_form_that_messages_show_is_read() {
    for argument in ARGUMENTS {
        let form = argument.form.trim_matches('`');
        assert!(form.starts_with(argument.name), "{form}");
        good(&format!("\"kws.safetensors\"; {form}"));
    }
}

#[test]
fn every_argument_is_documented() {
    let front_page = concat!(env!("CARGO_MANIFEST_DIR"), "/../bitneural-rt/src/lib.rs");
    let front_page = std::fs::read_to_string(front_page).unwrap();
    for argument in ARGUMENTS {
        let row = format!("/// | `{}` |", argument.name);
        assert!(front_page.contains(&row), "{}", argument.name);
    }
}

#[test]
fn all_problems_each_at_its_place() {
    let found = problems(
        r#""kws.safetensors";
        optimise = speed;
        optimize = sped;
        ternarize twn;
        target = esp32c3;
        budget(flash = 4kB, stack = 1, ram);
        crate"#,
    );
    assert_eq!(
        pairs(&found),
        [
            ("optimise", "unknown argument `optimise`"),
            ("sped", "`sped` is no value of `optimize`"),
            (
                "ternarize",
                "the argument `ternarize` has no value that can be read"
            ),
            ("target", "the argument `target` is not supported yet"),
            ("4kB", "`4kB` is no number of bytes"),
            ("stack", "a budget has no `stack`"),
            ("ram", "`ram` has no value that can be read"),
            (
                "crate",
                "the argument `crate` has no value that can be read"
            ),
        ]
    );
}

#[test]
fn repetitions() {
    let found = problems(
        r#""kws.safetensors"; budget(ram = 1, ram = 2); optimize = size; optimize = size"#,
    );
    let expected = [
        ("ram", "`ram` is given twice"),
        ("optimize", "`optimize` is given twice"),
    ];
    assert_eq!(pairs(&found), expected);
}

#[test]
fn a_problem_says_what_is_expected_and_how_to_mend_it() {
    let error = parse_text(r#""kws.safetensors"; ternarize = twm"#).unwrap();
    assert_eq!(
        error.problem.unwrap().to_string(),
        "`twm` is no value of `ternarize`\n   \
            = expected: one of `optimal`, `absmean`, `twn`, `median`\n   \
            = help: did you mean `twn`?"
    );
}

#[test]
fn what_stands_in_front_of_the_first_semicolon() {
    let first = |text| problems(text).swap_remove(0);
    assert_eq!(first("").1, "the path of the model file is missing");
    assert_eq!(first("struct Kws").1, "expected `=`");
    assert_eq!(
        first(r#"struct Kws = concat!("a", "b")"#),
        (
            "concat".to_owned(),
            "the path of the model file cannot be read".to_owned()
        )
    );
    assert_eq!(
        first(r#"#[cfg(test)] struct Kws = "kws.safetensors""#).0,
        "cfg"
    );
    assert_eq!(first(r#""a.safetensors", optimize = size"#).0, ",");
}
