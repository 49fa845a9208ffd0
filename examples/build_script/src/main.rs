//! Two model files, two languages: `build.rs` compiles each to Rust and to a C header, and this program
//! runs all four on test images.

use std::ops::Range;
use std::process::ExitCode;

use bitneural_data::{Dataset, Error, Place, Request, read};

include!(concat!(env!("OUT_DIR"), "/digits.rs"));
include!(concat!(env!("OUT_DIR"), "/mnist.rs"));

mod in_c;

/// Both models tell the ten digits apart.
const CLASSES: usize = 10;

/// What a model says of an image.
#[derive(Debug, PartialEq)]
struct Answer {
    class: usize,
    /// The quantized output.
    outputs: [i16; CLASSES],
}

/// Digits of 8×8: the first 1,297 rows trained the network, the others test it.
fn optdigits(images: Range<usize>) -> Result<Dataset, Error> {
    const FIRST_TEST_IMAGE: usize = 1297;
    let of_file = FIRST_TEST_IMAGE + images.start..FIRST_TEST_IMAGE + images.end;
    data("digits/digits.csv.gz", None, 64, of_file)
}

/// Digits of 28×28: every second image of MNIST's test set.
fn mnist(images: Range<usize>) -> Result<Dataset, Error> {
    let labels = Some("mnist/test-labels-5k.idx1-ubyte.gz");
    data("mnist/test-images-5k.idx3-ubyte.gz", labels, 784, images)
}

fn data(
    inputs: &str,
    labels: Option<&str>,
    elements: usize,
    images: Range<usize>,
) -> Result<Dataset, Error> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data");
    let place = |file: &str| Place::new(format!("{folder}/{file}"));
    let all = read(&Request {
        inputs: &place(inputs),
        labels: labels.map(place).as_ref(),
        elements,
        classes: Some(CLASSES),
    })?;
    Ok(all.clone().slice(images).unwrap_or(all))
}

/// What both languages make of the pixels of an image of 8×8.
fn ask_digits(in_rust: &mut Digits, in_c: &mut in_c::Models, pixels: &[f32]) -> (Answer, Answer) {
    let mut image = [[0.0; 8]; 8];
    image.as_flattened_mut().copy_from_slice(pixels);
    let codes = Digits::quantize_input(&image);
    let answer = Answer {
        class: in_rust.classify_quantized(&codes).index(),
        outputs: in_rust.predict_quantized(&codes),
    };
    (answer, in_c.digits(&codes))
}

/// What both languages make of the pixels of an image of 28×28.
fn ask_mnist(in_rust: &mut Mnist, in_c: &mut in_c::Models, pixels: &[f32]) -> (Answer, Answer) {
    let mut image = [[[0.0; 1]; 28]; 28];
    let all = image.as_flattened_mut().as_flattened_mut();
    all.copy_from_slice(pixels);
    let codes = Mnist::quantize_input(&image);
    let answer = Answer {
        class: in_rust.classify_quantized(&codes).index(),
        outputs: in_rust.predict_quantized(&codes),
    };
    (answer, in_c.mnist(&codes))
}

/// Prints how a model did; whether the languages agree on every image.
fn judge(name: &str, images: &Dataset, mut ask: impl FnMut(&[f32]) -> (Answer, Answer)) -> bool {
    let labels = images.labels.as_deref().unwrap_or_default();
    let (mut seen, mut right, mut same) = (0, 0, 0);
    for (pixels, &label) in images.iter().zip(labels) {
        let (rust, c) = ask(pixels);
        seen += 1;
        right += usize::from(rust.class == label);
        same += usize::from(rust == c);
    }
    println!("{name}: {seen} images");
    println!("{same} with the same class and the same bits in Rust and in C");
    println!("{:.1} % right", 100.0 * right as f64 / seen as f64);
    same == seen
}

fn run() -> Result<bool, Error> {
    // SAFETY: `main` runs once, and nothing else of the program makes `Models`.
    let mut in_c = unsafe { in_c::Models::new() };
    let (mut digits, mut cnn) = (Digits::new(), Mnist::new());
    let digits_agree = judge("digits_mlp", &optdigits(0..500)?, |pixels| {
        ask_digits(&mut digits, &mut in_c, pixels)
    });
    let mnist_agrees = judge("mnist_cnn", &mnist(0..500)?, |pixels| {
        ask_mnist(&mut cnn, &mut in_c, pixels)
    });
    Ok(digits_agree && mnist_agrees)
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first twenty of the images (every second one of MNIST's test set) show these digits; the network
    /// reads all of them rightly.
    #[test]
    fn mnist_cnn_reads_real_images() {
        let images = mnist(0..20).unwrap();
        let expected = [7, 1, 4, 4, 5, 0, 9, 1, 9, 3, 9, 6, 4, 7, 0, 3, 3, 7, 7, 2];
        assert_eq!(images.labels.as_deref(), Some(&expected[..]));
        // SAFETY: this is the only test that makes `Models`.
        let mut in_c = unsafe { in_c::Models::new() };
        let mut in_rust = Mnist::new();
        for (pixels, class) in images.iter().zip(expected) {
            let (rust, c) = ask_mnist(&mut in_rust, &mut in_c, pixels);
            assert_eq!(rust.class, class);
            assert_eq!(rust, c);
        }
    }
}
