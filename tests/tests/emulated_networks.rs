//! Random networks give on an emulated chip the bits of the reference.
//!
//! Needs: riscv32imc-unknown-none-elf, qemu-system-riscv32

use bitneural_core::Compiled;
use bitneural_targets::RV32IMC;
use bitneural_tests::elf::Elf;
use bitneural_tests::models::{Fault, KERNELS, ON_A_CHIP, sample};
use bitneural_tests::runners::emulated::{OptLevel, is_skipped};
use bitneural_tests::runners::{network as reference, networks};

/// Networks of the sample.
const COUNT: usize = ON_A_CHIP;
/// All networks are in one program.
const LEVEL: OptLevel = OptLevel::Three;

/// A network with its inputs.
type Job = (Compiled, Vec<Vec<u16>>);

/// The networks that differ, by their index, and for the first `explained` of them the op that differs:
/// these run again, step by step.
fn differences(
    program: &networks::Networks,
    jobs: &[Job],
    explained: usize,
) -> Vec<(usize, Option<String>)> {
    let inputs: Vec<Vec<Vec<u16>>> = jobs.iter().map(|(_, inputs)| inputs.clone()).collect();
    let found = program
        .run(&inputs)
        .unwrap_or_else(|error| panic!("{error}"));
    let wrong: Vec<(usize, &Compiled, &[u16])> = jobs
        .iter()
        .zip(&found)
        .enumerate()
        .filter_map(|(index, ((compiled, inputs), found))| {
            let mut outcomes = inputs.iter().zip(found);
            let (input, _) =
                outcomes.find(|(input, found)| reference::outcome(compiled, input) != **found)?;
            Some((index, compiled, input.as_slice()))
        })
        .collect();
    let explained = &wrong[..wrong.len().min(explained)];
    let again: Vec<_> = explained
        .iter()
        .map(|&(_, compiled, input)| (&compiled.program, input))
        .collect();
    let steps = if again.is_empty() {
        Vec::new()
    } else {
        networks::steps(RV32IMC, &again, LEVEL).unwrap_or_else(|error| panic!("{error}"))
    };
    let mut reasons = explained
        .iter()
        .zip(&steps)
        .map(|((_, compiled, input), steps)| reference::explain(compiled, input, steps));
    wrong
        .iter()
        .map(|&(index, _, _)| (index, reasons.next()))
        .collect()
}

fn emulate(jobs: &[Job]) -> networks::Networks {
    let programs: Vec<_> = jobs.iter().map(|(compiled, _)| &compiled.program).collect();
    networks::emulate(RV32IMC, &programs, LEVEL).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn networks_agree_with_the_reference() {
    if is_skipped() {
        return;
    }
    let sample = sample(COUNT);
    let jobs: Vec<Job> = sample
        .iter()
        .map(|sampled| (sampled.compiled.clone(), sampled.inputs()))
        .collect();
    let program = emulate(&jobs);
    let elf = Elf::open(program.elf()).unwrap();
    assert_eq!(elf.panics(), [""; 0]);
    assert_eq!(elf.soft_floats(), [""; 0]);
    assert_eq!(elf.data_bytes(), 0);
    let differences: Vec<String> = differences(&program, &jobs, 3)
        .into_iter()
        .map(|(number, reason)| match reason {
            Some(reason) => {
                let network = &sample[number].network;
                format!("network {number} of the sample: {reason}\n{network:?}")
            }
            None => format!("network {number} of the sample"),
        })
        .collect();
    assert!(
        differences.is_empty(),
        "{} of {COUNT} networks differ at opt-level {}; the same ones on this machine: `cargo xtask \
         test differential`\n{}",
        differences.len(),
        LEVEL.name(),
        differences.join("\n")
    );
}

/// The comparison is worth something: one wrong constant of each kernel is found, and the op named.
#[test]
fn a_wrong_constant_is_found_at_its_op() {
    if is_skipped() {
        return;
    }
    let sample = sample(COUNT);
    let faults: Vec<(&str, Fault)> = Fault::each(&sample).into_iter().collect();
    assert_eq!(
        faults.iter().map(|(kernel, _)| *kernel).collect::<Vec<_>>(),
        KERNELS
    );
    // A network without a fault among them is not to be named.
    let right = &sample[0];
    let mut jobs = vec![(right.compiled.clone(), right.inputs())];
    jobs.extend(
        faults
            .iter()
            .map(|(_, fault)| (fault.compiled.clone(), vec![fault.input.clone()])),
    );
    let expected: Vec<(usize, Option<String>)> = faults
        .iter()
        .enumerate()
        .map(|(index, (_, fault))| (index + 1, Some(fault.difference.to_string())))
        .collect();
    let found = differences(&emulate(&jobs), &jobs, jobs.len());
    assert_eq!(found, expected);
}
