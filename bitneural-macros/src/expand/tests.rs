use std::str::FromStr;

use super::*;

/// A call from bitneural-rt, which has a model: `models/tilt.safetensors`.
fn caller() -> Caller {
    Caller {
        manifest: Some(runtime()),
        source_file: |_| Some(runtime().join("models/mod.rs")),
    }
}

fn runtime() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the workspace").join("bitneural-rt")
}

fn expanded(input: &str) -> String {
    let tokens = TokenStream::from_str(input).unwrap();
    expand(tokens, &caller()).to_string()
}

#[test]
fn the_struct_is_the_one_that_was_asked_for() {
    let text = expanded(
        "/// Words.\npub(super) struct Which = \"models/tilt.safetensors\"; crate = my::runtime;",
    );
    assert!(!text.contains("compile_error"), "{text}");
    assert!(
        text.starts_with("# [doc = \" Words.\"] # [doc = \"\"]"),
        "{text}"
    );
    assert!(text.contains("pub (super) struct Which {"), "{text}");
    assert!(text.contains("my :: runtime :: private"), "{text}");
    assert!(!text.contains("bitneural_rt"), "{text}");
}

#[test]
fn without_a_name_it_is_that_of_the_model() {
    let text = expanded("\"models/tilt.safetensors\"");
    assert!(text.contains("pub struct Tilt {"), "{text}");
    assert!(text.contains(":: bitneural_rt :: private"), "{text}");
}

#[test]
fn the_file_is_mentioned_so_that_cargo_sees_it_change() {
    let text = expanded("\"models/tilt.safetensors\"");
    let mention = ":: core :: include_bytes ! (:: core :: concat ! \
                   (:: core :: env ! (\"CARGO_MANIFEST_DIR\") , \"/models/tilt.safetensors\"))";
    assert!(text.contains(mention), "{text}");
}

#[test]
fn two_expansions_are_the_same() {
    let input = "\"models/tilt.safetensors\"";
    assert_eq!(expanded(input), expanded(input));
}

#[test]
fn a_path_relative_to_the_source_file_is_recognized() {
    let text = expanded("struct Tilt = \"tilt.safetensors\"");
    let note = "found beside the source file: write `models/tilt.safetensors`";
    assert!(text.contains(note), "{text}");
    let elsewhere = expanded("struct Tilt = \"kws.safetensors\"");
    assert!(!elsewhere.contains("beside"), "{elsewhere}");
}

#[test]
fn an_absolute_path_is_refused_with_the_relative_one() {
    let path = runtime().join("models/tilt.safetensors");
    let text = expanded(&format!("struct Tilt = {path:?}"));
    assert!(
        text.contains("the path of the model file is absolute"),
        "{text}"
    );
    assert!(
        text.contains("help: write `models/tilt.safetensors`"),
        "{text}"
    );
}

#[test]
fn without_cargo_there_is_a_message() {
    let caller = Caller {
        manifest: None,
        ..caller()
    };
    let tokens = TokenStream::from_str("struct Tilt = \"tilt.safetensors\"").unwrap();
    let text = expand(tokens, &caller).to_string();
    assert!(text.contains("CARGO_MANIFEST_DIR is not set"), "{text}");
}
