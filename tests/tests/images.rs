//! The C kernels of images do what the Rust kernels do, on random layers.
//!
//! Needs: gcc, g++

use std::cell::RefCell;

use bitneural_tests::images::{KERNELS, layers};
use bitneural_tests::runners::c::{COMPILERS, build, kernels, start};
use bitneural_tests::runners::requests::Answerer;
use bitneural_tests::runners::{host, scratch};
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// Layers for each kernel and compiler.
const CASES: u32 = 100;

#[test]
fn c_and_rust_agree() {
    for compiler in COMPILERS {
        let file = build(compiler, &kernels(), &scratch("images")).unwrap();
        for kernel in KERNELS {
            let c = RefCell::new(start(compiler.name, &file).unwrap().answerer);
            let config = Config {
                cases: CASES,
                failure_persistence: None,
                ..Config::default()
            };
            let result = TestRunner::new(config).run(&layers(kernel), |layer| {
                let request = layer.request();
                let (found, expected) = (c.borrow_mut().answer(&request), host::answer(&request));
                if found == expected {
                    return Ok(());
                }
                Err(TestCaseError::fail(format!(
                    "{found:?}, but Rust {expected:?}"
                )))
            });
            assert!(
                result.is_ok(),
                "{} {kernel:?}: {}",
                compiler.name,
                result.unwrap_err()
            );
        }
    }
}
