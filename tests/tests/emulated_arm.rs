//! Kernels, example models and random networks do on Arm, Cortex-M3 and M0, what spec and the reference demand.
//!
//! Needs: thumbv7m-none-eabi, thumbv6m-none-eabi, qemu-system-arm

use bitneural_targets::{CORTEX_M0, CORTEX_M3};
use bitneural_tests::machines;
use bitneural_tests::runners::emulated::{Error, Program, build, is_skipped};

#[test]
fn kernels_obey_the_specification_on_the_m3() {
    if is_skipped() {
        return;
    }
    machines::kernels_obey_the_specification(CORTEX_M3);
}

#[test]
fn networks_agree_with_the_reference_on_the_m3() {
    if is_skipped() {
        return;
    }
    machines::networks_agree_with_the_reference(CORTEX_M3);
}

#[test]
fn kernels_obey_the_specification_on_the_m0() {
    if is_skipped() {
        return;
    }
    machines::kernels_obey_the_specification(CORTEX_M0);
}

#[test]
fn networks_agree_with_the_reference_on_the_m0() {
    if is_skipped() {
        return;
    }
    machines::networks_agree_with_the_reference(CORTEX_M0);
}

/// What runs on the M0 has none of a larger processor's instructions: with them, it faults.
#[test]
fn the_m0_refuses_the_code_of_the_m3() {
    if is_skipped() {
        return;
    }
    let program = build(CORTEX_M3, "kernels", "kernels", machines::LEVEL, &[])
        .unwrap_or_else(|error| panic!("{error}"));
    let moved = Program::new(CORTEX_M0, program.elf().to_owned());
    let error = moved.run(&[]).expect_err("a fault");
    assert!(
        matches!(
            error,
            Error::Failed {
                code: Some(102),
                ..
            }
        ),
        "{error}"
    );
}
