//! The shipped networks give the same bits in generated Rust, C, C++ and the reference on all images.
//!
//! Needs: gcc

use bitneural_core::network::Network;
use bitneural_core::reference::integer;
use bitneural_core::{Compiled, Options, compile};
use bitneural_data::{Dataset, Place, Request, read};
use bitneural_rt::Model;
use bitneural_tests::runners::{header, scratch};

bitneural_rt::include_ternary_model!(
    pub(crate) struct DigitsMlp = "../examples/digits/models/digits_mlp.safetensors"
);

/// All images: those that trained, and behind them the 500 that did not.
fn images() -> Dataset {
    let path = bitneural_targets::root().join("tests/data/digits/digits.csv.gz");
    read(&Request {
        inputs: &Place::new(path),
        labels: None,
        elements: 64,
        classes: Some(10),
    })
    .expect("the committed images")
}

fn compiled() -> Compiled {
    let path = bitneural_targets::root().join("examples/digits/models/digits_mlp.safetensors");
    let bytes = std::fs::read(path).expect("the committed model");
    compile(&bytes, &Options::default()).expect("it compiles")
}

fn rows<T: Copy + Default>(pixels: &[T]) -> [[T; 8]; 8] {
    let mut image = [[T::default(); 8]; 8];
    image.as_flattened_mut().copy_from_slice(pixels);
    image
}

/// The reference's output, and its class.
fn expected(network: &Network, codes: &[i32]) -> (Vec<i32>, usize) {
    let tensors = integer::run(network, codes);
    let class = integer::classify(network, &tensors);
    (tensors[network.outputs[0].index()].clone(), class)
}

#[test]
fn generated_rust_agrees_with_the_reference() {
    let compiled = compiled();
    let mut model = DigitsMlp::new();
    for pixels in images().iter() {
        let codes = integer::quantize_input(&compiled.network, pixels);
        let image = rows(pixels);
        let quantized = DigitsMlp::quantize_input(&image);
        assert!(
            quantized
                .as_flattened()
                .iter()
                .map(|&code| i32::from(code))
                .eq(codes.iter().copied())
        );
        let (output, class) = expected(&compiled.network, &codes);
        let found = model.predict_quantized(&quantized);
        assert!(
            found
                .iter()
                .map(|&y| i32::from(y))
                .eq(output.iter().copied()),
            "{found:?} {output:?}"
        );
        assert_eq!(model.classify_quantized(&quantized).index(), class);
        assert_eq!(model.classify(&image).index(), class);
        let real = integer::dequantize(&compiled.network, compiled.network.outputs[0], &output);
        assert_eq!(model.predict(&image).as_slice(), real);
    }
}

#[test]
fn c_and_cpp_agree_with_the_reference() {
    let compiled = compiled();
    let images = images();
    let inputs: Vec<(Vec<i32>, Vec<u16>)> = images
        .iter()
        .map(|pixels| {
            let codes = integer::quantize_input(&compiled.network, pixels);
            let short = codes
                .iter()
                .map(|&code| u16::try_from(code).expect("a code"))
                .collect();
            (codes, short)
        })
        .collect();
    let jobs: Vec<(usize, &[u16])> = inputs
        .iter()
        .map(|(_, short)| (0, short.as_slice()))
        .collect();
    for (compiler, name) in [
        (header::C99, "digits-c"),
        (header::CPP, "digits-cpp"),
        (header::SANITIZED, "digits-sanitized"),
    ] {
        let executable = header::compile(&[&compiled.program], &scratch(name), compiler);
        for ((codes, _), found) in inputs.iter().zip(executable.run(&jobs)) {
            let (output, class) = expected(&compiled.network, codes);
            assert_eq!((found.output, found.class), (output, Some(class)), "{name}");
        }
    }
}

#[test]
fn accuracy_is_what_the_documentation_says() {
    let mut model = DigitsMlp::new();
    let images = images();
    let labels = images.labels.clone().expect("labels");
    let tested = images.iter().zip(&labels).skip(1297);
    let right = tested
        .filter(|(pixels, label)| model.classify(&rows(pixels)).index() == **label)
        .count();
    assert_eq!(right, 475, "95.0 % of the last 500 images");
}

#[test]
fn a_model_is_a_zeroed_value_that_may_cross_threads() {
    fn check<M: Model + Send + 'static>(model: &mut M) -> usize
    where
        M::Input: Default,
    {
        model.predict(&M::Input::default());
        M::RAM_BYTES
    }
    static MODEL: std::sync::Mutex<DigitsMlp> = std::sync::Mutex::new(DigitsMlp::new());
    let mut model = MODEL.lock().expect("no panic");
    assert_eq!(check(&mut *model), size_of::<DigitsMlp>());
    assert_eq!(DigitsMlp::RAM_BYTES, 128);
    assert_eq!(
        DigitsMlpClass::try_from(7).map(|class| class.to_string()),
        Ok("7".to_owned())
    );
    assert_eq!(DigitsMlpClass::try_from(10), Err(10));
    assert_eq!(DigitsMlpClass::Class7.label(), "7");
}
