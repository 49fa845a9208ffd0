//! Kernels, example models and random networks do on Xtensa what spec and the reference demand.
//!
//! Needs: xtensa-sim-none-elf, xtensa-lx106-elf-gcc, qemu-system-xtensa

use bitneural_targets::XTENSA;
use bitneural_tests::machines;
use bitneural_tests::runners::emulated::is_skipped;

#[test]
fn kernels_obey_the_specification() {
    if is_skipped() {
        return;
    }
    machines::kernels_obey_the_specification(XTENSA);
}

#[test]
fn networks_agree_with_the_reference() {
    if is_skipped() {
        return;
    }
    machines::networks_agree_with_the_reference(XTENSA);
}
