//! Models in f32 mode on an emulated Cortex-M4F, whose FPU computes with them, are near the float reference.
//!
//! Needs: thumbv7em-none-eabihf, qemu-system-arm
//! Thorough.

use bitneural_core::options::Activations;
use bitneural_core::{Compiled, Options, compile};
use bitneural_targets::{CORTEX_M4F, root};
use bitneural_tests::elf::Elf;
use bitneural_tests::fixtures::{floats, whole};
use bitneural_tests::models::Random;
use bitneural_tests::runners::emulated::{OptLevel, is_skipped};
use bitneural_tests::runners::float::expected;
use bitneural_tests::runners::float_emulated::{emulate, run};

fn compiled(bytes: &[u8]) -> Compiled {
    let options = Options {
        activations: Activations::F32,
        ..Options::default()
    };
    compile(bytes, &options).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn models_are_near_the_reference() {
    if is_skipped() {
        return;
    }
    let mnist = root().join("examples/digits/models/mnist_cnn.safetensors");
    let mnist = std::fs::read(mnist).expect("the committed model");
    let models = [
        ("functions", floats::functions()),
        ("joins", floats::joins()),
        ("channels first", whole::channels_first()),
        ("mnist_cnn", mnist),
    ];
    for (name, bytes) in models {
        let compiled = compiled(&bytes);
        let mut random = Random::new(7);
        let elements = compiled.network.interface.input_elements();
        let mut input = || (0..elements).map(|_| random.unit() as f32).collect();
        let inputs: Vec<Vec<f32>> = (0..2).map(|_| input()).collect();
        let program = emulate(CORTEX_M4F, &compiled, OptLevel::Three)
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let answers = run(&program, &inputs).unwrap_or_else(|e| panic!("{name}: {e}"));
        for (input, answer) in inputs.iter().zip(&answers) {
            let output = compiled.network.outputs[0];
            let expected = &expected(&compiled.graph, input)[output.index()];
            assert_eq!(expected.len(), answer.output.len(), "{name}");
            for (expected, &found) in expected.iter().zip(&answer.output) {
                assert!(expected.allows(found), "{name}: {found}, {expected:?}");
            }
        }
        let elf = Elf::open(program.elf()).unwrap();
        assert_eq!(elf.panics(), [""; 0], "{name}");
        println!(
            "{name}: about {} instructions, {} bytes of stack",
            answers[0].instructions, answers[0].stack_bytes
        );
    }
}
