//! Models in f32 mode on an emulated chip, by soft float: near the float reference, no panics, and of the stated size.
//!
//! Needs: riscv32imc-unknown-none-elf, qemu-system-riscv32

use bitneural_core::options::Activations;
use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
use bitneural_core::{Compiled, Options, compile};
use bitneural_targets::{RV32IMC, root};
use bitneural_tests::bench::models;
use bitneural_tests::elf::{Elf, Place};
use bitneural_tests::fixtures::{floats, whole};
use bitneural_tests::models::Random;
use bitneural_tests::runners::emulated::{OptLevel, is_skipped};
use bitneural_tests::runners::float::expected;
use bitneural_tests::runners::float_emulated::{emulate, run};
use serde_json::{Value, json};

fn compiled(bytes: &[u8]) -> Compiled {
    let options = Options {
        activations: Activations::F32,
        ..Options::default()
    };
    compile(bytes, &options).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A model of one layer, so that its kernel decides the stack.
fn single(shape: &[usize], layer: &str, tensors: &[(&str, &[usize], i8)]) -> Compiled {
    let layer: Value = serde_json::from_str(layer).expect("a layer");
    let id = layer["id"].clone();
    let metadata = json!({
        "version": 1, "name": "single", "layout": "keras", "inputs": [{"id": "x", "shape": shape}],
        "layers": [layer], "outputs": [id],
    });
    let mut random = Random::new(9);
    let mut all = Vec::new();
    for &(name, shape, largest) in tensors {
        let count: usize = shape.iter().product();
        let mut one = || (f64::from(largest) * random.symmetric()).round() as i8;
        all.push(NamedTensor {
            name: name.to_owned(),
            shape: shape.to_vec(),
            data: TensorData::I8((0..count).map(|_| one()).collect()),
        });
        all.push(NamedTensor {
            name: format!("{name}_scale"),
            shape: vec![1],
            data: TensorData::F32(vec![0.125]),
        });
    }
    compiled(&model_bytes(&metadata, &all).expect("a model"))
}

fn singles() -> Vec<(&'static str, Compiled)> {
    let names = r#""tensors": {"kernel": "k", "scale": "k_scale"}"#;
    let conv = |kind: &str, weights: &str| {
        format!(
            r#"{{"id": "a", "type": "{kind}", "kernel": 3, "padding": "same", "weights": "{weights}", {names}}}"#
        )
    };
    let int8_dense = format!(r#"{{"id": "a", "type": "dense", "weights": "int8", {names}}}"#);
    let image = &[6, 6, 4];
    let kernel = &[3, 3, 4, 5];
    let deep = &[3, 3, 4, 1];
    vec![
        (
            "dense int8",
            single(&[20], &int8_dense, &[("k", &[20, 5], 127)]),
        ),
        (
            "conv",
            single(image, &conv("conv2d", "ternary"), &[("k", kernel, 1)]),
        ),
        (
            "conv int8",
            single(image, &conv("conv2d", "int8"), &[("k", kernel, 127)]),
        ),
        (
            "depthwise",
            single(
                image,
                &conv("depthwise_conv2d", "ternary"),
                &[("k", deep, 1)],
            ),
        ),
        (
            "depthwise int8",
            single(
                image,
                &conv("depthwise_conv2d", "int8"),
                &[("k", deep, 127)],
            ),
        ),
        (
            "max pool",
            single(
                image,
                r#"{"id": "a", "type": "max_pool2d", "pool": 2}"#,
                &[],
            ),
        ),
        (
            "average pool",
            single(
                image,
                r#"{"id": "a", "type": "average_pool2d", "pool": 2}"#,
                &[],
            ),
        ),
        (
            "relu",
            single(
                &[9],
                r#"{"id": "a", "type": "relu", "threshold": 0.25}"#,
                &[],
            ),
        ),
        (
            "softmax",
            single(&[9], r#"{"id": "a", "type": "softmax"}"#, &[]),
        ),
    ]
}

fn all() -> Vec<(&'static str, Compiled)> {
    let mnist = root().join("examples/digits/models/mnist_cnn.safetensors");
    let mnist = std::fs::read(mnist).expect("the committed model");
    let mut all = singles();
    all.extend([
        ("dense", compiled(&models::dense("a", &[70, 33, 10], true))),
        ("one layer", compiled(&models::dense("c", &[41, 3], false))),
        ("channels first", compiled(&whole::channels_first())),
        ("mnist_cnn", compiled(&mnist)),
        ("functions", compiled(&floats::functions())),
        ("joins", compiled(&floats::joins())),
    ]);
    all
}

fn inputs(compiled: &Compiled, count: usize) -> Vec<Vec<f32>> {
    let mut random = Random::new(7);
    let elements = compiled.network.interface.input_elements();
    let mut input = || (0..elements).map(|_| random.unit() as f32).collect();
    (0..count).map(|_| input()).collect()
}

#[test]
fn models_are_near_the_reference_and_of_the_stated_size() {
    if is_skipped() {
        return;
    }
    let mut wrong = Vec::new();
    for (name, compiled) in all() {
        let inputs = inputs(&compiled, 2);
        let painted = OptLevel::at_each(|level| {
            let program =
                emulate(RV32IMC, &compiled, level).unwrap_or_else(|e| panic!("{name}: {e}"));
            let answers = run(&program, &inputs).unwrap_or_else(|e| panic!("{name}: {e}"));
            for (input, answer) in inputs.iter().zip(&answers) {
                let output = compiled.network.outputs[0];
                let expected = &expected(&compiled.graph, input)[output.index()];
                for (expected, &found) in expected.iter().zip(&answer.output) {
                    assert!(expected.allows(found), "{name}: {found}, {expected:?}");
                }
            }
            let elf = Elf::open(program.elf()).unwrap();
            assert_eq!(elf.panics(), [""; 0], "{name}");
            assert_eq!(elf.data_bytes(), 0, "{name}");
            let state = usize::try_from(elf.bytes("float::NET", Place::Zeroed)).unwrap();
            let arena = compiled.report.ram_bytes;
            assert!(
                (arena..=arena + 4).contains(&state),
                "{name}: {state}, {arena}"
            );
            let statics = usize::try_from(elf.bytes("float::_::", Place::ReadOnly)).unwrap();
            let stated = compiled.report.flash_bytes;
            // As with integers: for speed constants go into the code, for size records of at most 68 bytes do.
            let records = 68 * compiled.plan.steps.len() + 8;
            let is_near = statics + records >= stated || level == OptLevel::Three;
            assert!(
                statics <= stated && is_near,
                "{name}: {statics}, {stated} stated"
            );
            println!(
                "{name}, {}: {} instructions",
                level.name(),
                answers[0].instructions
            );
            answers
                .iter()
                .map(|answer| answer.stack_bytes)
                .max()
                .unwrap()
        });
        println!(
            "{name}: {painted:?} bytes painted, {} stated",
            compiled.report.stack_bytes
        );
        let most = *painted.iter().max().unwrap();
        let bound = compiled.report.stack_bytes;
        // Alone, a kernel and its functions are often one: the bound is for models of several layers.
        let far = if compiled.plan.steps.len() == 1 { 4 } else { 3 };
        if most > bound || 2 * bound > far * most {
            wrong.push(format!(
                "{name}: {painted:?} bytes painted at 3, s, z; {bound} stated"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "by bitneural-core/src/plan/float.rs: {wrong:#?}"
    );
}
