//! What the command says of layers that only the firmware knows.

use std::fs;

#[allow(dead_code, reason = "other tests need the rest of it")]
mod fixtures;

use fixtures::{DIGITS, folder, out, run};

#[test]
fn a_network_with_a_layer_of_the_user_is_compiled_and_not_run() {
    let folder = folder("custom_layer");
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/custom_layer/models/centered_digits.safetensors"
    );
    fs::copy(file, folder.join("m.safetensors")).unwrap();
    for command in ["calibrate", "simulate"] {
        let ran = run(&folder, &[command, "m.safetensors", "--data", DIGITS]);
        assert_eq!(ran.code, 1);
        let words = "to run the custom layer `center` is not supported";
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    assert_eq!(
        fs::read(file).unwrap(),
        fs::read(folder.join("m.safetensors")).unwrap()
    );
    let text = out(&folder, &["expand", "m.safetensors"]);
    assert!(text.contains("crate::Center"), "{text}");
}
