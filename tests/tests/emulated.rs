//! The kernels do on an emulated chip what spec/ops demands, without panics and software floats.
//!
//! Needs: riscv32imc-unknown-none-elf, qemu-system-riscv32

use std::collections::BTreeSet;
use std::slice;

use bitneural_targets::RV32IMC;
use bitneural_tests::elf::Elf;
use bitneural_tests::runners::emulated::{OptLevel, build, is_skipped};
use bitneural_tests::runners::kernels::{Job, difference, run};
use bitneural_tests::runners::records::Kernel;
use bitneural_tests::spec::Case;
use bitneural_tests::spec::op::{AveragePool, Conv, Dense, Depthwise, Gate, Op};

#[test]
fn kernels_obey_the_specification_at_each_level() {
    if is_skipped() {
        return;
    }
    let jobs = Job::of_spec();
    assert!(!jobs.is_empty());
    OptLevel::at_each(|level| {
        let program = build(RV32IMC, "kernels", "kernels", level, &[])
            .unwrap_or_else(|error| panic!("{error}"));
        let answers = run(&program, &jobs).unwrap_or_else(|error| panic!("{error}"));
        let differences: Vec<_> = jobs
            .iter()
            .zip(&answers)
            .filter_map(|(job, rows)| difference(job, rows))
            .collect();
        assert!(
            differences.is_empty(),
            "at opt-level {}:\n{}",
            level.name(),
            differences.join("\n")
        );
    });
}

#[test]
fn kernels_cannot_panic_and_use_no_floats() {
    if is_skipped() {
        return;
    }
    OptLevel::at_each(|level| {
        let program = build(RV32IMC, "kernels", "kernels", level, &[])
            .unwrap_or_else(|error| panic!("{error}"));
        let elf = Elf::open(program.elf()).unwrap();
        assert_eq!(elf.panics(), [""; 0], "at opt-level {}", level.name());
        assert_eq!(elf.soft_floats(), [""; 0], "at opt-level {}", level.name());
        assert_eq!(elf.data_bytes(), 0, "at opt-level {}", level.name());
    });
}

/// The comparison is worth something: one wrong constant is found and its case named.
#[test]
fn a_wrong_constant_is_found() {
    if is_skipped() {
        return;
    }
    let program = build(RV32IMC, "kernels", "kernels", OptLevel::Three, &[])
        .unwrap_or_else(|error| panic!("{error}"));
    for kernel in Kernel::ALL {
        let job = Job::of_spec()
            .into_iter()
            .find(|job| job.call.kernel == kernel && outputs_vary(&job.case))
            .unwrap();
        let mut wrong = job.case.clone();
        match &mut wrong.op {
            Op::Dense(Dense { epilogue, .. })
            | Op::Conv(Conv { epilogue, .. })
            | Op::Depthwise(Depthwise { epilogue, .. })
            | Op::AveragePool(AveragePool { epilogue, .. }) => epilogue.multiplier[0] /= 2,
            Op::MaxPool(op) => (op.window.kernel_height, op.window.kernel_width) = (1, 1),
            Op::Add(op) => op.multipliers[0] /= 2,
            Op::Multiply(op) => op.epilogue.multiplier[0] /= 2,
            Op::Pick(op) => op.shifts.iter_mut().for_each(|shift| *shift += 1),
            Op::Concat(op) => op.shifts[0] += 1,
            Op::LayerNorm(op) => op.epilogue.multiplier[0] /= 2,
            Op::Recurrent(op) => op.fields.bias[0] ^= 1 << (op.fields.shift + 12),
            Op::Frame(op) => op.cut_left += 1,
            Op::Table(table) => table[0] ^= 1,
            Op::Embedding(op) => op.table.iter_mut().for_each(|code| *code ^= 1),
            Op::Gate(gate) => {
                *gate = match gate {
                    Gate::Tanh => Gate::Sigmoid,
                    Gate::Sigmoid => Gate::Tanh,
                }
            }
            Op::Softmax(op) => op.multiplier /= 2,
        }
        let mut calls = Job::all(&wrong).into_iter().map(|job| job.call);
        let job = Job {
            call: calls.find(|call| call.kernel == kernel).unwrap(),
            ..job
        };
        let answers =
            run(&program, slice::from_ref(&job)).unwrap_or_else(|error| panic!("{error}"));
        let difference = difference(&job, &answers[0]);
        assert!(
            difference.is_some_and(|text| text.contains(&job.case.name)),
            "{job} passed in spite of it"
        );
    }
}

/// Whether an output is not just the bound of a clamp.
fn outputs_vary(case: &Case) -> bool {
    let first: BTreeSet<i32> = case.output.iter().map(|row| row[0]).collect();
    let all: BTreeSet<i32> = case.output.iter().flatten().copied().collect();
    all.len() > 2
        && first
            .iter()
            .any(|value| ![0, 255, 32767, -32768].contains(value))
        || all.len() == 256
}
