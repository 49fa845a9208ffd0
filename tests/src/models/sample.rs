//! The same random networks each time, for places where a run costs too much to draw new ones.

use bitneural_core::plan::Optimize;
use bitneural_core::{Compiled, ErrorKind, Errors, Options, compile};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use super::{Network, networks};
use crate::custom::options;

/// Networks of the sample that runs on a chip.
pub const ON_A_CHIP: usize = 200;

/// Inputs of each network.
const INPUTS: usize = 6;
/// Where each step compiles C, more would take minutes.
const SHRINK_STEPS: u32 = 200;

/// A network of the sample.
pub struct Sampled {
    /// Which one: the same whatever the size of the sample.
    pub number: usize,
    /// The network.
    pub network: Network,
    /// What becomes of it; the kernels are chosen for balance, speed and size in turns.
    pub compiled: Compiled,
    /// What shrinks it.
    pub tree: Box<dyn ValueTree<Value = Network>>,
}

impl Network {
    /// The compiled network; `None` if its scales are such that the rules refuse it.
    ///
    /// # Panics
    /// If it is refused for another reason.
    pub fn compiled(&self, optimize: Optimize) -> Option<Compiled> {
        let options = Options {
            optimize,
            ..options()
        };
        unless_refused(compile(&self.bytes(), &options))
    }
}

/// What becomes of a network unless its ranges and scales are such that R8 has no constants.
///
/// # Panics
/// If it is refused for another reason.
pub(super) fn unless_refused(compiled: Result<Compiled, Errors>) -> Option<Compiled> {
    let errors = match compiled {
        Ok(compiled) => return Some(compiled),
        Err(errors) => errors,
    };
    let refused = errors.iter().all(|error| {
        matches!(
            error.kind,
            ErrorKind::SumTooWide
                | ErrorKind::OutputTooCoarse { .. }
                | ErrorKind::ScaleTooFine { .. }
                | ErrorKind::ScalesTooFarApart { .. }
                | ErrorKind::SoftmaxTooCoarse { .. }
                | ErrorKind::EpsilonTooLarge { .. }
        )
    });
    assert!(refused, "{errors}");
    None
}

impl Sampled {
    /// Inputs in codes: zeros, the largest, and random ones.
    pub fn inputs(&self) -> Vec<Vec<u16>> {
        self.network.inputs(INPUTS)
    }

    /// The smallest network found for which `difference` finds one, and what it finds there; `None` if it
    /// finds none to begin with.
    ///
    /// # Panics
    /// If proptest gives up, which it does for tests that reject networks.
    pub fn shrink(
        self,
        difference: impl Fn(&Compiled, &[Vec<u16>]) -> Option<String>,
    ) -> Option<(Network, String)> {
        let optimize = optimize(self.number);
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            max_shrink_iters: SHRINK_STEPS,
            ..Config::default()
        });
        let result = runner.run_one(self.tree, |network| {
            let found = network
                .compiled(optimize)
                .and_then(|compiled| difference(&compiled, &network.inputs(INPUTS)));
            found.map_or(Ok(()), |found| Err(TestCaseError::fail(found)))
        });
        match result {
            Ok(_) => None,
            Err(TestError::Fail(reason, network)) => Some((network, reason.message().to_owned())),
            Err(TestError::Abort(reason)) => panic!("{reason}"),
        }
    }
}

/// What the kernels of a network of the sample are chosen for.
#[must_use]
pub fn optimize(number: usize) -> Optimize {
    [Optimize::Balanced, Optimize::Speed, Optimize::Size][number % 3]
}

/// Random networks from a fixed seed, those that the rules refuse left out.
///
/// # Panics
/// If the rules refuse most of them.
#[must_use]
pub fn sample(count: usize) -> Vec<Sampled> {
    let mut runner = TestRunner::deterministic();
    let strategy = networks().boxed();
    let mut found = Vec::new();
    let mut drawn = 0;
    while found.len() < count {
        let tree = strategy.new_tree(&mut runner).expect("a network");
        let network = tree.current();
        drawn += 1;
        let number = found.len();
        assert!(
            drawn < 3 * count,
            "most random networks are refused: {number} of {drawn} kept"
        );
        if let Some(compiled) = network.compiled(optimize(number)) {
            found.push(Sampled {
                number,
                network,
                compiled,
                tree,
            });
        }
    }
    found
}
