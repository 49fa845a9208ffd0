//! The model is what the step makes of the trained network, and the program does what its README says.

use std::fs;
use std::path::Path;
use std::process::Command;

use bitneural_core::compile;
use bitneural_core::reference::integer;
use custom_layer::{images, make};

#[test]
fn the_committed_model_is_the_one_that_is_made() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/centered_digits.safetensors");
    let made = make::model(&images::training().unwrap()).unwrap();
    assert!(
        fs::read(file).unwrap() == made,
        "`cargo run -p custom_layer --bin make_model` writes it anew"
    );
}

/// The program, which runs generated code, and the integer reference, which runs the op, find as many digits.
#[test]
fn readme_shows_the_output_which_is_that_of_the_reference() {
    let output = Command::new(env!("CARGO_BIN_EXE_custom_layer"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let shown = include_str!("../README.md").lines();
    let shown = shown.take_while(|line| !line.starts_with("```"));
    let shown: Vec<&str> = shown.filter_map(|line| line.strip_prefix("    ")).collect();
    assert_eq!(printed.lines().collect::<Vec<_>>(), shown);

    let bytes = make::model(&images::training().unwrap()).unwrap();
    let network = compile(&bytes, &make::options()).unwrap().network;
    let test = images::test().unwrap();
    let rows = printed.lines().skip(1);
    for (row, columns) in rows.zip([0, 1, -1]) {
        let right = test.iter().filter(|(image, class)| {
            let image = images::moved(image, columns);
            let codes = integer::quantize_input(&network, image.as_flattened());
            integer::classify(&network, &integer::run(&network, &codes)) == *class
        });
        let percent = format!("{:.1} %", 100.0 * right.count() as f64 / test.len() as f64);
        assert!(row.ends_with(&percent), "{row}: {percent}");
    }
}
