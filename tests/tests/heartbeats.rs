//! The network of heartbeats judges as well in integers as in floats, by the same bits in Rust, C, C++ and the reference.
//!
//! Needs: gcc

use bitneural_core::reference::{float, integer};
use bitneural_core::{Compiled, Options, compile};
use bitneural_data::{Dataset, Place, Request, read};
use bitneural_tests::runners::{header, network, scratch};
use bitneural_tests::trained::Fidelity;

bitneural_rt::include_ternary_model!(
    pub(crate) struct Heartbeats = "data/models/heartbeats.safetensors"
);

/// The 98 beats that took no part in training.
fn beats() -> Dataset {
    let path = "tests/data/ecg5000/ECG5000_train500.safetensors";
    let place = Place::new(bitneural_targets::root().join(path));
    read(&Request {
        inputs: &place.clone().tensor("test.input"),
        labels: Some(&place.tensor("test.label")),
        elements: 140,
        classes: Some(5),
    })
    .expect("the committed beats")
}

fn compiled() -> Compiled {
    let path = bitneural_targets::root().join("tests/data/models/heartbeats.safetensors");
    let bytes = std::fs::read(path).expect("the committed model");
    compile(&bytes, &Options::default()).expect("it compiles")
}

/// The index of the largest value, the first one of equal ones.
fn class(values: &[f32]) -> usize {
    let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let at = values.iter().position(|&value| value == largest);
    at.expect("numbers")
}

#[test]
fn integers_keep_the_accuracy_of_floats() {
    let Compiled {
        network,
        graph,
        program,
        ..
    } = compiled();
    let (beats, mut model) = (beats(), Box::new(Heartbeats::new()));
    let labels = beats.labels.clone().expect("labels");
    let codes = |beat: &[f32]| -> Vec<u16> {
        let codes = integer::quantize_input(&network, beat).into_iter();
        codes.map(|code| code.try_into().expect("a code")).collect()
    };
    let inputs: Vec<Vec<u16>> = beats.iter().map(codes).collect();
    let jobs: Vec<(usize, &[u16])> = inputs.iter().map(|input| (0, input.as_slice())).collect();
    let c = header::compile(&[&program], &scratch("heartbeats"), header::C99).run(&jobs);

    let (mut float_right, mut rust_right, mut c_right) = (0, 0, 0);
    let mut fidelity = Fidelity::default();
    let judged = network.judged();
    for ((beat, label), c) in beats.iter().zip(labels).zip(c) {
        let float = &float::run(&graph, beat)[judged.index()];
        let scores = &integer::run(&network, &integer::quantize_input(&network, beat));
        let scores = integer::dequantize(&network, judged, &scores[judged.index()]);
        fidelity.add(float, &scores);
        let mut steps = [[0.0; 1]; 140];
        steps.as_flattened_mut().copy_from_slice(beat);
        float_right += u32::from(class(float) == label);
        rust_right += u32::from(model.classify(&steps).index() == label);
        c_right += u32::from(c.class == Some(label));
    }
    println!(
        "of 98: float {float_right}, Rust {rust_right}, C {c_right}, {:.1} dB",
        fidelity.sqnr_db()
    );
    assert_eq!(beats.samples(), 98);
    // Half a percent of 98 is less than one.
    assert!(float_right >= 95);
    assert!(rust_right >= float_right && c_right >= float_right);
    assert!(fidelity.sqnr_db() >= 30.0);
}

#[test]
fn rust_c_and_cpp_agree_with_the_reference() {
    let compiled = compiled();
    let inputs: Vec<Vec<u16>> = beats()
        .iter()
        .map(|beat| {
            let codes = integer::quantize_input(&compiled.network, beat).into_iter();
            codes.map(|code| code.try_into().expect("a code")).collect()
        })
        .collect();
    let expected: Vec<network::Outcome> = inputs
        .iter()
        .map(|input| network::outcome(&compiled, input))
        .collect();
    let mut model = Box::new(Heartbeats::new());
    for (input, expected) in inputs.iter().zip(&expected) {
        let mut steps = [[0; 1]; 140];
        for (step, &code) in steps.as_flattened_mut().iter_mut().zip(input) {
            *step = u8::try_from(code).expect("a code");
        }
        let output = model.predict_quantized(&steps).map(i32::from);
        assert_eq!(output.as_slice(), expected.output);
        assert_eq!(
            Some(model.classify_quantized(&steps).index()),
            expected.class
        );
    }
    let jobs: Vec<(usize, &[u16])> = inputs.iter().map(|input| (0, input.as_slice())).collect();
    for (compiler, name) in [
        (header::C99, "heartbeats-c"),
        (header::CPP, "heartbeats-cpp"),
        (header::SANITIZED, "heartbeats-sanitized"),
    ] {
        let executable = header::compile(&[&compiled.program], &scratch(name), compiler);
        assert_eq!(executable.run(&jobs), expected, "{name}");
    }
}

#[test]
fn sizes_are_what_the_documentation_says() {
    assert_eq!(
        (Heartbeats::FLASH_BYTES, Heartbeats::RAM_BYTES),
        (2334, 840)
    );
}
