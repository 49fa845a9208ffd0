//! Random networks give the same bits in the reference, in the kernels on the host and in C.
//! Needs: gcc

use bitneural_core::{Compiled, ErrorKind, Options, compile};
use bitneural_tests::models::{Network, networks};
use bitneural_tests::runners::plan::Host;
use bitneural_tests::runners::{header, network as reference, scratch};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

/// The compiled network; `None` if its scales are such that R8 refuses, as the rules demand.
fn compiled(network: &Network, options: &Options) -> Option<Compiled> {
    match compile(&network.bytes(), options) {
        Ok(compiled) => Some(compiled),
        Err(errors) => {
            let refused = errors.iter().all(|error| {
                matches!(
                    error.kind,
                    ErrorKind::SumTooWide
                        | ErrorKind::ScaleTooFine { .. }
                        | ErrorKind::ScalesTooFarApart { .. }
                        | ErrorKind::SoftmaxTooCoarse { .. }
                )
            });
            assert!(refused, "{errors}");
            None
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 400, ..Config::default() })]

    #[test]
    fn host_kernels_agree_with_the_reference(network in networks(), size in any::<bool>()) {
        let optimize =
            if size { bitneural_core::plan::Optimize::Size } else { bitneural_core::plan::Optimize::Speed };
        let Some(compiled) = compiled(&network, &Options { optimize, ..Options::default() }) else {
            return Ok(());
        };
        let host = Host::new(&compiled.plan);
        for input in network.inputs(6) {
            let expected = reference::run(&compiled.network, &input);
            let difference = reference::first_difference(&expected, &host.run(&input));
            prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
        }
    }
}

/// Random networks from a fixed seed, those that the rules refuse left out.
fn sample(count: usize) -> Vec<(Network, Compiled)> {
    let mut runner = TestRunner::deterministic();
    let mut found = Vec::new();
    let mut drawn = 0;
    while found.len() < count {
        let network = networks()
            .new_tree(&mut runner)
            .expect("a network")
            .current();
        drawn += 1;
        assert!(
            drawn < 3 * count,
            "most random networks are refused: {} of {drawn} kept",
            found.len()
        );
        if let Some(compiled) = compiled(&network, &Options::default()) {
            found.push((network, compiled));
        }
    }
    found
}

fn c_agrees(compiler: header::Compiler, name: &str, count: usize) {
    let sample = sample(count);
    let programs: Vec<_> = sample
        .iter()
        .map(|(_, compiled)| &compiled.program)
        .collect();
    let executable = header::compile(&programs, &scratch(name), compiler);
    let inputs: Vec<Vec<Vec<u8>>> = sample
        .iter()
        .map(|(network, _)| network.inputs(6))
        .collect();
    let jobs: Vec<(usize, &[u8])> = inputs
        .iter()
        .enumerate()
        .flat_map(|(index, inputs)| inputs.iter().map(move |input| (index, input.as_slice())))
        .collect();
    for ((model, input), found) in jobs.iter().zip(executable.run(&jobs)) {
        let (network, compiled) = &sample[*model];
        let codes: Vec<i32> = input.iter().map(|&code| code.into()).collect();
        let tensors = bitneural_core::reference::integer::run(&compiled.network, &codes);
        assert_eq!(
            found.output,
            tensors[compiled.network.output.index()],
            "model {model}: {network:?}"
        );
        let class = bitneural_core::reference::integer::classify(&compiled.network, &tensors);
        assert_eq!(
            found.class, class,
            "the class of model {model}: {network:?}"
        );
    }
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
