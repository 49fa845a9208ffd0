//! Random networks give on an emulated chip the bits of the reference.
//!
//! Needs: riscv32imc-unknown-none-elf, qemu-system-riscv32

use bitneural_core::emit::program::Program;
use bitneural_targets::RV32IMC;
use bitneural_tests::elf::Elf;
use bitneural_tests::models::{Fault, KERNELS, ON_A_CHIP, sample};
use bitneural_tests::runners::emulated::{Error, OptLevel, is_skipped};
use bitneural_tests::runners::networks::{self, Job};

/// Networks of the sample.
const COUNT: usize = ON_A_CHIP;
/// All networks are in one program.
const LEVEL: OptLevel = OptLevel::Three;

fn build(programs: &[&Program]) -> Result<networks::Networks, Error> {
    networks::emulate(RV32IMC, programs, LEVEL)
}

fn emulate(jobs: &[Job]) -> networks::Networks {
    networks::of_jobs(&build, jobs).unwrap_or_else(|error| panic!("{error}"))
}

fn differences(
    program: &networks::Networks,
    jobs: &[Job],
    explained: usize,
) -> Vec<(usize, Option<String>)> {
    networks::differences(program, jobs, explained, &build)
        .unwrap_or_else(|error| panic!("{error}"))
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
