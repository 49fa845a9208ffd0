//! What each emulated machine is asked: the ops of spec, the example models, random networks.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use bitneural_core::compile;
use bitneural_core::plan::Kernel;
use bitneural_targets::{Machine, root};

use crate::bench::models::input;
use crate::custom::options;
use crate::elf::Elf;
use crate::models::{Fault, ON_A_CHIP, sample};
use crate::runners::emulated::{OptLevel, build};
use crate::runners::header_emulated;
use crate::runners::kernels::{Job as Op, difference, run};
use crate::runners::networks::{self, Job, Networks};

/// All networks are in one program.
pub const LEVEL: OptLevel = OptLevel::Three;
/// Random networks of every day; thoroughly it is all that rv32imc runs.
const EVERY_DAY: usize = 24;
/// Inputs of each example model.
const INPUTS: u64 = 3;
/// Random networks that are given wrong constants.
const FAULTY: usize = 6;

/// The kernels of Rust do what spec demands, without panics and software floats.
///
/// # Panics
/// If they do not, with the cases.
pub fn kernels_obey_the_specification(machine: Machine) {
    let program =
        build(machine, "kernels", "kernels", LEVEL, &[]).unwrap_or_else(|error| panic!("{error}"));
    ask(machine, program.elf());
    let jobs = Op::of_spec();
    let answers = run(&program, &jobs).unwrap_or_else(|error| panic!("{error}"));
    let differences: Vec<_> = jobs
        .iter()
        .zip(&answers)
        .filter_map(|(job, rows)| difference(job, rows))
        .collect();
    assert!(
        differences.is_empty(),
        "on {}:\n{}",
        machine.name,
        differences.join("\n")
    );
}

/// The networks of Rust do what the reference does, without panics and software floats.
///
/// # Panics
/// If they do not, with the first networks and their ops that differ.
pub fn networks_agree_with_the_reference(machine: Machine) {
    let program = agree(machine, "Rust", &|programs| {
        networks::emulate(machine, programs, LEVEL)
    });
    ask(machine, program.elf());
}

/// The networks of C do what the reference does.
///
/// # Panics
/// As [`networks_agree_with_the_reference`].
pub fn headers_agree_with_the_reference(machine: Machine) {
    agree(machine, "C", &|programs| {
        header_emulated::emulate(machine, programs)
    });
}

/// The comparison of C is worth something: wrong constants of some kernels are found, and their ops named.
///
/// # Panics
/// If they are not.
pub fn wrong_constants_are_found_in_headers(machine: Machine) {
    let faults = Fault::each(&sample(FAULTY));
    let jobs: Vec<Job> = faults
        .values()
        .map(|fault| (fault.compiled.clone(), vec![fault.input.clone()]))
        .collect();
    let expected: Vec<(usize, Option<String>)> = faults
        .values()
        .map(|fault| Some(fault.difference.to_string()))
        .enumerate()
        .collect();
    assert!(expected.len() > 5);
    let build: networks::Build<'_> = &|programs| header_emulated::emulate(machine, programs);
    let found = networks::of_jobs(build, &jobs)
        .and_then(|program| networks::differences(&program, &jobs, jobs.len(), build));
    assert_eq!(found.unwrap_or_else(|error| panic!("{error}")), expected);
}

/// What linked programs of Rust must not have.
fn ask(machine: Machine, elf: &Path) {
    let elf = Elf::open(elf).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(elf.panics(), [""; 0], "on {}", machine.name);
    assert_eq!(elf.soft_floats(), [""; 0], "on {}", machine.name);
    assert_eq!(elf.data_bytes(), 0, "on {}", machine.name);
}

fn agree(machine: Machine, language: &str, build: networks::Build<'_>) -> Networks {
    let (names, jobs) = jobs();
    let program = networks::of_jobs(build, &jobs).unwrap_or_else(|error| panic!("{error}"));
    let differences = networks::differences(&program, &jobs, 3, build);
    let differences = differences.unwrap_or_else(|error| panic!("{error}"));
    let differences: Vec<String> = differences
        .iter()
        .map(|(index, reason)| {
            let reason = reason.as_deref().unwrap_or("differs too");
            format!("{}: {reason}", names[*index])
        })
        .collect();
    assert!(
        differences.is_empty(),
        "{language} on {}; the same random networks on this machine: `cargo xtask test differential`\n{}",
        machine.name,
        differences.join("\n")
    );
    program
}

/// The example models and the random networks, with their inputs.
fn jobs() -> (Vec<String>, Vec<Job>) {
    let mut named = examples();
    let is_thorough = env::var_os("BITNEURAL_THOROUGH").is_some();
    let count = if is_thorough { ON_A_CHIP } else { EVERY_DAY };
    named.extend(sample(count).into_iter().map(|sampled| {
        let name = format!("network {} of the sample", sampled.number);
        let inputs = sampled.inputs();
        (name, (sampled.compiled, inputs))
    }));
    named.into_iter().unzip()
}

/// The models of the examples and of `tests/data/models`, but those that have layers of their own.
fn examples() -> Vec<(String, Job)> {
    let models = files().into_iter().map(|path| {
        let bytes = fs::read(&path).expect("a committed model");
        let compiled = compile(&bytes, &options()).unwrap_or_else(|errors| panic!("{errors}"));
        let inputs = compiled.program.inputs.iter();
        let elements = inputs
            .map(|port| port.shape.iter().product::<usize>())
            .sum();
        let codes = |seed| {
            input(seed, elements)
                .into_iter()
                .map(|code| code as u16)
                .collect()
        };
        let inputs = (0..INPUTS).map(codes).collect();
        (path.display().to_string(), (compiled, inputs))
    });
    let is_custom = |job: &Job| {
        let mut steps = job.0.plan.steps.iter();
        steps.any(|step| matches!(step.kernel, Kernel::Custom(_)))
    };
    models.filter(|(_, job)| !is_custom(job)).collect()
}

/// The committed model files, sorted.
fn files() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("examples")).expect("the examples");
    let mut folders: Vec<PathBuf> = folders
        .map(|folder| folder.expect("an entry").path().join("models"))
        .collect();
    folders.push(root().join("tests/data/models"));
    let files = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok());
    let mut files: Vec<PathBuf> = files
        .flatten()
        .map(|file| file.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "safetensors"))
        .filter(|path| !path.display().to_string().ends_with(".cases.safetensors"))
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// As docs/targets.md has it.
    #[test]
    fn two_models_have_layers_of_their_users_own() {
        let run: Vec<String> = examples().into_iter().map(|(name, _)| name).collect();
        let left_out: Vec<String> = files()
            .iter()
            .filter(|path| !run.contains(&path.display().to_string()))
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(left_out, ["centered_digits", "valve"]);
    }

    #[test]
    fn random_networks_of_every_day_have_layers_of_their_own_and_many_kernels() {
        let sample = sample(EVERY_DAY);
        let steps = sample
            .iter()
            .flat_map(|sampled| &sampled.compiled.plan.steps);
        let kernels: BTreeSet<&str> = steps.map(|step| step.kernel.name()).collect();
        println!("{kernels:?}");
        assert!(kernels.contains("custom") && kernels.len() > 15);
    }
}
