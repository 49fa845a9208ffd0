//! Classifies digits that lie a column beside their place, without and with a layer that moves them back.

use std::process::ExitCode;

use custom_layer::images::{self, Image, moved};

bitneural_rt::include_ternary_model! {
    /// The network as it was trained.
    pub(crate) struct Digits = "../digits/models/digits_mlp.safetensors";
}

bitneural_rt::include_ternary_model! {
    /// The same behind a layer that moves images into place.
    pub(crate) struct CenteredDigits = "models/centered_digits.safetensors";
    custom(center = custom_layer::center::Center);
}

/// How far the images are moved before the networks see them.
const PLACES: [(&str, isize); 3] = [("in place", 0), ("to the right", 1), ("to the left", -1)];

fn main() -> ExitCode {
    let test = match images::test() {
        Ok(test) => test,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let (mut plain, mut centered) = (Digits::new(), CenteredDigits::new());
    println!("{} images     as trained   with `center`", test.len());
    for (place, columns) in PLACES {
        let accuracy = |classify: &mut dyn FnMut(&Image) -> usize| {
            let right = test
                .iter()
                .filter(|(image, class)| classify(&moved(image, columns)) == *class);
            100.0 * right.count() as f64 / test.len() as f64
        };
        let before = accuracy(&mut |image| plain.classify(image).index());
        let after = accuracy(&mut |image| centered.classify(image).index());
        println!("{place:<14} {before:>8.1} % {after:>13.1} %");
    }
    for (what, before, after) in [
        ("flash", Digits::FLASH_BYTES, CenteredDigits::FLASH_BYTES),
        ("RAM", Digits::RAM_BYTES, CenteredDigits::RAM_BYTES),
    ] {
        println!("{what:<14} {before:>8} B {after:>13} B");
    }
    ExitCode::SUCCESS
}
