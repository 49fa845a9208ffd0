//! A model with several inputs and outputs is what its file says, in Rust and in C.
//!
//! Needs: gcc, g++

use bitneural_core::reference::{float, integer};
use bitneural_core::{Compiled, Options, compile};
use bitneural_rt::Model;
use bitneural_tests::fixtures::whole;
use bitneural_tests::models::Random;
use bitneural_tests::runners::{header, network as reference, scratch};

bitneural_rt::include_ternary_model!(
    /// Two sensors, three answers.
    pub struct Cabin = "data/models/cabin.safetensors"
);

const INPUTS: usize = 8;

fn compiled() -> Compiled {
    compile(&whole::cabin(), &Options::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn inputs() -> Vec<[f32; INPUTS]> {
    let mut random = Random::new(8);
    (0..50)
        .map(|_| {
            core::array::from_fn(|index| {
                // What each sensor measures, and a little beyond.
                let (middle, reach) = [(0.0, 1.2), (15.0, 12.0)][usize::from(index >= 6)];
                (middle + reach * random.symmetric()) as f32
            })
        })
        .collect()
}

/// The inputs as the methods take them.
fn parts(input: &[f32; INPUTS]) -> ([[f32; 3]; 2], [f32; 2]) {
    let [a, b, c, d, e, f, seat @ ..] = *input;
    ([[a, b, c], [d, e, f]], seat)
}

#[test]
fn generated_rust_agrees_with_the_reference() {
    let network = compiled().network;
    let mut model = Cabin::new();
    for input in inputs() {
        let (air, seat) = parts(&input);
        let codes = integer::quantize_input(&network, &input);
        let tensors = integer::run(&network, &codes);
        let expected: Vec<&Vec<i32>> = network
            .outputs
            .iter()
            .map(|id| &tensors[id.index()])
            .collect();
        let found =
            model.predict_quantized(&Cabin::quantize_air(&air), &Cabin::quantize_seat(&seat));
        let wide = |values: &[i16]| {
            values
                .iter()
                .map(|&value| value.into())
                .collect::<Vec<i32>>()
        };
        let small = |values: &[u8]| {
            values
                .iter()
                .map(|&value| value.into())
                .collect::<Vec<i32>>()
        };
        assert_eq!(&wide(&found.move_2), expected[0], "{input:?}");
        assert_eq!(&small(&found.level), expected[1], "{input:?}");
        assert_eq!(&wide(&found.class_2), expected[2], "{input:?}");
        let real = model.predict(&air, &seat);
        for (id, found) in
            network
                .outputs
                .iter()
                .zip([&real.move_2[..], &real.level, &real.class_2])
        {
            assert_eq!(
                integer::dequantize(&network, *id, &tensors[id.index()]),
                found,
                "{input:?}"
            );
        }
    }
}

#[test]
fn generic_code_gives_a_tuple_and_gets_a_struct() {
    fn predict<M: Model>(model: &mut M, input: &M::Input) -> M::Output {
        model.predict(input)
    }
    let mut model = Cabin::new();
    let input = parts(&inputs()[0]);
    assert_eq!(
        predict(&mut model, &input),
        model.predict(&input.0, &input.1)
    );
    assert_eq!(Cabin::INPUT_SHAPES, [&[2, 3][..], &[2]]);
    assert_eq!(Cabin::OUTPUT_SHAPES, [&[2][..], &[2], &[3]]);
    assert_eq!((Cabin::AIR_SHAPE, Cabin::SEAT_ZERO_POINT), ([2, 3], 128));
}

/// Every value is within two steps of the float network.
#[test]
fn integers_follow_the_floats() {
    let compiled = compiled();
    let network = &compiled.network;
    for input in inputs() {
        let tensors = integer::run(network, &integer::quantize_input(network, &input));
        let clamped: Vec<f32> = input
            .iter()
            .enumerate()
            .map(|(index, &x)| match index {
                0..6 => x.clamp(-1.0, 1.0),
                6 => x.clamp(2.0, 18.0),
                _ => x.clamp(12.0, 28.0),
            })
            .collect();
        let real = float::run(&compiled.graph, &clamped);
        for (id, value) in network.outputs.iter().zip(&compiled.graph.outputs) {
            let found = integer::dequantize(network, *id, &tensors[id.index()]);
            // The formats reach from -4.5 to 4.5.
            for (found, expected) in found.iter().zip(&real[value.index()]) {
                assert!(
                    (found - expected.clamp(-4.5, 4.5)).abs() < 0.08,
                    "{input:?}: {found} {expected}"
                );
            }
        }
    }
}

#[test]
fn shared_weights_lie_in_flash_once() {
    let program = compiled().program;
    let blobs = program.constants.iter().filter(|constant| {
        matches!(
            constant.value,
            bitneural_core::emit::program::Value::Blob(_)
        )
    });
    assert_eq!(blobs.count(), 2);
}

#[test]
fn c_and_cpp_agree_with_the_reference() {
    let compiled = compiled();
    for compiler in [header::C99, header::CPP] {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("ports")
            .join(compiler.extension);
        let executable = header::compile(&[&compiled.program], &folder, compiler);
        let codes: Vec<Vec<u16>> = inputs()
            .iter()
            .map(|input| {
                let codes = integer::quantize_input(&compiled.network, input);
                codes
                    .into_iter()
                    .map(|code| u16::try_from(code).expect("a code"))
                    .collect()
            })
            .collect();
        let jobs: Vec<(usize, &[u16])> = codes.iter().map(|input| (0, input.as_slice())).collect();
        for ((_, input), found) in jobs.iter().zip(executable.run(&jobs)) {
            let input: Vec<i32> = input.iter().map(|&code| code.into()).collect();
            assert_eq!(found.output, integer::output(&compiled.network, &input));
        }
    }
}

/// A layer may be called as the function of an input is in C: its constant gets another name.
#[test]
fn a_layer_may_have_the_name_of_a_function() {
    let metadata = serde_json::json!({
        "version": 1,
        "name": "names",
        "layout": "keras",
        "inputs": [{ "id": "x", "shape": [3], "range": [-1.0, 1.0], "range_kind": "declared" }],
        "outputs": ["classify"],
        "layers": [
            { "id": "quantize_input", "type": "relu", "range": [0.0, 1.0], "samples": 64 },
            { "id": "predict", "type": "elu", "range": [0.0, 1.0], "samples": 64 },
            { "id": "classify", "type": "concat", "inputs": ["quantize_input", "predict"] },
        ],
    });
    let compiled = compile(&whole::file(&metadata, &[]), &Options::default())
        .unwrap_or_else(|errors| panic!("{errors}"));
    let input = [0, 130, 255];
    let expected = reference::outcome(&compiled, &input);
    let folder = scratch("ports-names");
    let executable = header::compile(&[&compiled.program], &folder, header::C99);
    assert_eq!(executable.run(&[(0, &input[..])]), [expected]);
}
