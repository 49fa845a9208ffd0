//! The C of example models and random networks does on Xtensa what the reference demands.
//!
//! Needs: xtensa-lx106-elf-gcc, qemu-system-xtensa

use bitneural_targets::XTENSA;
use bitneural_tests::machines;
use bitneural_tests::runners::emulated::is_skipped;

#[test]
fn networks_agree_with_the_reference() {
    if is_skipped() {
        return;
    }
    machines::headers_agree_with_the_reference(XTENSA);
}
