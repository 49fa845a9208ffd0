//! Random networks give the same bits in the reference, in the kernels on the host and in C.
//! Needs: gcc

use std::collections::BTreeSet;

use bitneural_core::Compiled;
use bitneural_core::plan::{Kernel, Optimize};
use bitneural_tests::models::{Fault, KERNELS, ON_A_CHIP, held, networks, optimize, sample};
use bitneural_tests::runners::plan::Host;
use bitneural_tests::runners::{header, network as reference, scratch};
use proptest::prelude::*;
use proptest::test_runner::Config;

/// The first op that the kernels on the host compute otherwise than the reference.
fn difference_on_the_host(compiled: &Compiled, inputs: &[Vec<u16>]) -> Option<String> {
    let host = Host::new(&compiled.plan);
    inputs.iter().find_map(|input| {
        let expected = reference::run(compiled, input);
        let difference = reference::first_difference(&expected, &host.run(input))?;
        Some(difference.to_string())
    })
}

proptest! {
    #![proptest_config(Config { cases: 400, ..Config::default() })]

    #[test]
    fn host_kernels_agree_with_the_reference(network in networks(), size in any::<bool>()) {
        let optimize = if size { Optimize::Size } else { Optimize::Speed };
        let compiled = network.compiled(optimize);
        let difference =
            compiled.and_then(|compiled| difference_on_the_host(&compiled, &network.inputs(6)));
        prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }
}

proptest! {
    #![proptest_config(Config { cases: 200, ..Config::default() })]

    /// Whatever joins what: codes that a file records are those that the network writes.
    #[test]
    fn recorded_codes_are_written(network in networks()) {
        let Some((compiled, recorded)) = network.with_recorded_codes() else {
            return Ok(());
        };
        held(&compiled, &recorded).map_err(TestCaseError::fail)?;
        let difference = difference_on_the_host(&compiled, &network.inputs(4));
        prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }
}

/// The networks that `emulated_networks` runs on a chip: what fails there and here is smaller here.
#[test]
fn host_kernels_agree_on_the_sample_of_the_chip() {
    let mut custom = BTreeSet::new();
    for sampled in sample(ON_A_CHIP) {
        for step in &sampled.compiled.plan.steps {
            if let Kernel::Custom(layer) = &step.kernel {
                custom.insert(layer.name.clone());
            }
        }
        if difference_on_the_host(&sampled.compiled, &sampled.inputs()).is_some() {
            let number = sampled.number;
            let (network, difference) = sampled.shrink(difference_on_the_host).expect("it differs");
            panic!("network {number} of the sample, shrunk: {difference}\n{network:#?}");
        }
    }
    let custom: Vec<String> = custom.into_iter().collect();
    assert_eq!(custom, ["mask", "mean", "pairs", "stamp"], "custom layers");
}

/// The first op that the C of a network computes otherwise than the reference, if an outcome differs.
fn difference_in_c(
    compiled: &Compiled,
    inputs: &[Vec<u16>],
    name: &str,
    compiler: header::Compiler,
) -> Option<String> {
    let folder = scratch(name);
    let executable = header::compile(&[&compiled.program], &folder, compiler);
    let jobs: Vec<(usize, &[u16])> = inputs.iter().map(|input| (0, input.as_slice())).collect();
    let mut outcomes = inputs.iter().zip(executable.run(&jobs));
    let (input, _) =
        outcomes.find(|(input, found)| reference::outcome(compiled, input) != *found)?;
    let steps = header::steps(&compiled.program, input, &folder, compiler);
    Some(reference::explain(compiled, input, &steps))
}

fn c_agrees(compiler: header::Compiler, name: &str, count: usize) {
    let sample = sample(count);
    let programs: Vec<_> = sample
        .iter()
        .map(|sampled| &sampled.compiled.program)
        .collect();
    let executable = header::compile(&programs, &scratch(name), compiler);
    let inputs: Vec<_> = sample.iter().map(|sampled| sampled.inputs()).collect();
    let jobs: Vec<(usize, &[u16])> = inputs
        .iter()
        .enumerate()
        .flat_map(|(index, inputs)| inputs.iter().map(move |input| (index, input.as_slice())))
        .collect();
    let outcomes = executable.run(&jobs);
    let wrong = jobs.iter().zip(&outcomes).find(|((index, input), found)| {
        reference::outcome(&sample[*index].compiled, input) != **found
    });
    let Some(&((index, _), _)) = wrong.as_ref() else {
        return;
    };
    let index = *index;
    let sampled = sample.into_iter().nth(index).expect("as many as jobs say");
    let shrunk = sampled.shrink(|compiled, inputs| {
        difference_in_c(compiled, inputs, &format!("{name}-shrunk"), compiler)
    });
    let (network, difference) =
        shrunk.unwrap_or_else(|| panic!("network {index} differs beside others, and not alone"));
    panic!("network {index} of the sample, shrunk: {difference}\n{network:#?}");
}

#[test]
fn c_agrees_with_the_reference() {
    c_agrees(header::C99, "differential-c", 60);
}

#[test]
fn cpp_agrees_with_the_reference() {
    c_agrees(header::CPP, "differential-cpp", 20);
}

#[test]
fn c_does_nothing_undefined() {
    c_agrees(header::SANITIZED, "differential-sanitized", 20);
}

/// The comparisons are worth something: one wrong constant of each kernel is found, and its op named.
#[test]
fn a_wrong_constant_is_found_at_its_op() {
    let faults = Fault::each(&sample(200));
    assert_eq!(faults.keys().copied().collect::<Vec<_>>(), KERNELS);
    for (kernel, fault) in faults {
        let expected = Some(fault.difference.to_string());
        let inputs = [fault.input];
        assert_eq!(difference_on_the_host(&fault.compiled, &inputs), expected);
        let in_c = difference_in_c(
            &fault.compiled,
            &inputs,
            &format!("fault-{}", kernel.replace("::", "-")),
            header::C99,
        );
        assert_eq!(in_c, expected);
    }
}

/// A fault in the first op of every network: the smallest network that shows it has one layer.
fn shrinks(layers: usize, difference: impl Fn(&Compiled, &[Vec<u16>]) -> Option<String>) {
    let large = sample(100)
        .into_iter()
        .find(|sampled| {
            let choice = optimize(sampled.number);
            let fault = Fault::plant(&sampled.compiled, choice, 0, &sampled.inputs());
            sampled.network.layers() >= layers && fault.is_some()
        })
        .expect("a large network");
    let choice = optimize(large.number);
    let (network, difference) = large
        .shrink(|compiled, inputs| {
            // The flatten of a vector's network comes before what has constants.
            let fault = (0..2).find_map(|op| Fault::plant(compiled, choice, op, inputs))?;
            difference(&fault.compiled, inputs)
        })
        .expect("the fault shows");
    assert!(network.layers() <= 1, "{network:#?}");
    assert!(difference.starts_with("op "), "{difference}");
}

#[test]
fn a_difference_on_the_host_shrinks() {
    shrinks(6, difference_on_the_host);
}

#[test]
fn a_difference_in_c_shrinks() {
    // Small and not optimized, because each step compiles.
    let quick = header::Compiler {
        options: &["-std=c99", "-O0"],
        ..header::C99
    };
    shrinks(3, |compiled, inputs| {
        difference_in_c(compiled, inputs, "differential-shrinks", quick)
    });
}
