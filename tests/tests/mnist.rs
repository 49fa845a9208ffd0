//! The shipped network of MNIST gives the same bits in generated Rust, C, C++ and the reference.
//!
//! Needs: gcc

use bitneural_core::reference::integer;
use bitneural_core::{Compiled, Options, compile};
use bitneural_data::{Dataset, Place, Request, read};
use bitneural_tests::runners::{header, scratch};

bitneural_rt::include_ternary_model!(
    pub(crate) struct MnistCnn = "../examples/digits/models/mnist_cnn.safetensors"
);

/// The committed 5,000 images of the test set.
fn images() -> Dataset {
    let place = |file: &str| {
        Place::new(
            bitneural_targets::root()
                .join("tests/data/mnist")
                .join(file),
        )
    };
    read(&Request {
        inputs: &place("test-images-5k.idx3-ubyte.gz"),
        labels: Some(&place("test-labels-5k.idx1-ubyte.gz")),
        elements: 784,
        classes: Some(10),
    })
    .expect("the committed images")
}

fn compiled() -> Compiled {
    let path = bitneural_targets::root().join("examples/digits/models/mnist_cnn.safetensors");
    let bytes = std::fs::read(path).expect("the committed model");
    compile(&bytes, &Options::default()).expect("it compiles")
}

#[test]
fn rust_c_and_cpp_agree_with_the_reference() {
    let Compiled {
        network, program, ..
    } = compiled();
    let images = images().slice(0..200).expect("so many images");
    let inputs: Vec<Vec<u16>> = images
        .iter()
        .map(|image| {
            let codes = integer::quantize_input(&network, image);
            codes
                .iter()
                .map(|&code| u16::try_from(code).expect("a code"))
                .collect()
        })
        .collect();
    let expected: Vec<(Vec<i32>, usize)> = inputs
        .iter()
        .map(|input| {
            let codes: Vec<i32> = input.iter().map(|&code| code.into()).collect();
            let tensors = integer::run(&network, &codes);
            let class = integer::classify(&network, &tensors);
            (tensors[network.outputs[0].index()].clone(), class)
        })
        .collect();
    let mut model = Box::new(MnistCnn::new());
    for (input, (output, class)) in inputs.iter().zip(&expected) {
        let mut image = [[[0; 1]; 28]; 28];
        let pixels = image.as_flattened_mut().as_flattened_mut();
        for (pixel, &code) in pixels.iter_mut().zip(input) {
            *pixel = u8::try_from(code).expect("a code");
        }
        assert_eq!(
            model.predict_quantized(&image).map(i32::from).as_slice(),
            output
        );
        assert_eq!(model.classify_quantized(&image).index(), *class);
    }
    let jobs: Vec<(usize, &[u16])> = inputs.iter().map(|input| (0, input.as_slice())).collect();
    for (compiler, name) in [
        (header::C99, "mnist-c"),
        (header::CPP, "mnist-cpp"),
        (header::SANITIZED, "mnist-sanitized"),
    ] {
        let executable = header::compile(&[&program], &scratch(name), compiler);
        for (expected, found) in expected.iter().zip(executable.run(&jobs)) {
            assert_eq!(Some(expected.1), found.class, "{name}");
            assert_eq!(expected.0, found.output, "{name}");
        }
    }
}

#[test]
fn accuracy_is_what_the_documentation_says() {
    let mut model = Box::new(MnistCnn::new());
    let images = images();
    let labels = images.labels.clone().expect("labels");
    let right = images.iter().zip(&labels).filter(|(pixels, label)| {
        let mut image = [[[0.0; 1]; 28]; 28];
        image
            .as_flattened_mut()
            .as_flattened_mut()
            .copy_from_slice(pixels);
        model.classify(&image).index() == **label
    });
    assert_eq!(right.count(), 4945, "98.9 % of 5,000 images");
    assert_eq!((MnistCnn::FLASH_BYTES, MnistCnn::RAM_BYTES), (5886, 4848));
}
