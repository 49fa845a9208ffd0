//! The kernels of images do on an emulated chip what they do here, on random layers.
//!
//! Needs: riscv32imc-unknown-none-elf, qemu-system-riscv32

use bitneural_targets::RV32IMC;
use bitneural_tests::images::{KERNELS, Layer, layers};
use bitneural_tests::runners::emulated::{OptLevel, build, is_skipped};
use bitneural_tests::runners::host;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Layers for each kernel.
const CASES: usize = 20;

fn random_layers() -> Vec<Layer> {
    let mut runner = TestRunner::deterministic();
    let one = |kernel| layers(kernel).new_tree(&mut runner).unwrap().current();
    KERNELS
        .iter()
        .flat_map(|&kernel| (0..CASES).map(move |_| kernel))
        .map(one)
        .collect()
}

#[test]
fn kernels_do_what_they_do_here_at_each_level() {
    if is_skipped() {
        return;
    }
    let layers = random_layers();
    let data: Vec<u32> = layers.iter().flat_map(Layer::job).collect();
    for level in OptLevel::ALL {
        let program = build(RV32IMC, "kernels", "kernels", level, &[])
            .unwrap_or_else(|error| panic!("{error}"));
        let transcript = program.run(&data).unwrap_or_else(|error| panic!("{error}"));
        let rows = transcript.all_numbers("row").unwrap();
        assert_eq!(rows.len(), layers.len(), "at opt-level {}", level.name());
        for (layer, row) in layers.iter().zip(rows) {
            let expected = host::answer(&layer.request());
            let expected: Vec<i64> = expected.iter().map(|y| y.cast_signed().into()).collect();
            // Before the outputs: case, row, instructions, stack.
            assert_eq!(
                row[4..],
                expected,
                "at opt-level {}: {layer:?}",
                level.name()
            );
        }
    }
}
