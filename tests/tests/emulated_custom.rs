//! Layers of the user's own do on an emulated chip what the references do, in the memory that the model states.
//!
//! Needs: riscv32imc-unknown-none-elf, qemu-system-riscv32

use bitneural_core::{Compiled, compile, reference};
use bitneural_targets::RV32IMC;
use bitneural_tests::bench::models;
use bitneural_tests::custom::options;
use bitneural_tests::elf::{Elf, Place};
use bitneural_tests::fixtures::whole::{file, floats};
use bitneural_tests::runners::emulated::{OptLevel, is_skipped};
use bitneural_tests::runners::model::emulate;
use serde_json::{Value, json};

/// Inputs of the last layer.
const INPUTS: usize = 12;

/// Layers of one, two and twelve inputs, of which the last one takes much of the stack; beside them a convolution,
/// of all our kernels the one that takes most.
fn compiled() -> Compiled {
    let custom = |name: &str, inputs: &[&str]| -> Value {
        json!({
            "id": name, "type": "custom", "name": name, "inputs": inputs, "range": [-1.0, 1.0], "samples": 64,
        })
    };
    let mut stamp = custom("stamp", &["x"]);
    stamp["parameters"] = json!([0.25, -3.0]);
    let mut pairs = custom("pairs", &["stamp"]);
    pairs["shape"] = json!([5, 4, 3]);
    let metadata = json!({
        "version": 1, "name": "custom", "layout": "keras",
        "inputs": [{"id": "x", "shape": [5, 4, 6], "range": [-1.0, 1.0], "range_kind": "declared"}],
        "outputs": ["deep"],
        "layers": [
            stamp,
            pairs,
            custom("mask", &["pairs", "pairs"]),
            {"id": "conv", "type": "conv2d", "kernel": 3, "padding": "same", "tensors": {"kernel": "conv"},
             "range": [-2.0, 2.0], "samples": 64},
            custom("deep", &["conv", "mask"].repeat(INPUTS / 2)),
        ],
    });
    let kernel = floats("conv", &[3, 3, 3, 3], &[1.0, -1.0, 0.5].repeat(27));
    compile(&file(&metadata, &[kernel]), &options()).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn custom_layers_agree_and_state_their_size() {
    if is_skipped() {
        return;
    }
    let compiled = compiled();
    let mut inputs = vec![vec![0; 120], vec![255; 120]];
    inputs.extend((0..6).map(|seed| models::input(seed, 120)));
    let of_last = reference::integer::output(&compiled.network, &inputs[7]);
    assert!(of_last.iter().any(|&code| code != of_last[0]));
    let mut painted = Vec::new();
    for level in OptLevel::ALL {
        let name = format!("opt-level {}", level.name());
        let program =
            emulate(RV32IMC, &compiled, level).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = program
            .run(&inputs)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        for (input, answer) in inputs.iter().zip(&found.answers) {
            let expected = reference::integer::output(&compiled.network, input);
            assert_eq!(answer.output, expected, "{name}, input {input:?}");
        }
        let stack = found.answers.iter().map(|answer| answer.stack_bytes);
        painted.push(usize::try_from(stack.max().unwrap()).unwrap());

        let elf = Elf::open(program.elf()).unwrap();
        assert_eq!(elf.panics(), [""; 0], "{name}");
        assert_eq!(elf.soft_floats(), [""; 0], "{name}");
        assert_eq!(elf.data_bytes(), 0, "{name}");
        let bytes = |layer: &str| elf.bytes(&format!("model::_::{layer}"), Place::ReadOnly);
        assert!(bytes("") <= compiled.report.flash_bytes as u64, "{name}");
        // For speed the compiler puts the numbers into the code.
        if level != OptLevel::Three {
            assert_eq!(bytes("STAMP"), 36 + 20 + 2 * 4, "{name}");
            assert_eq!(bytes("DEEP"), 36 + 20 * INPUTS as u64, "{name}");
        }
    }
    // What the calls take is counted, and what the last layer's op says of it.
    let stated = compiled.report.stack_bytes;
    let most = painted.iter().copied().max().unwrap();
    assert!(
        most <= stated && stated <= most + 80,
        "{painted:?} bytes of stack painted at 3, s, z; {stated} stated"
    );
}
