//! The C of example models and random networks does on rv32imc what the reference demands.
//!
//! Needs: riscv64-unknown-elf-gcc, qemu-system-riscv32

use bitneural_targets::RV32IMC;
use bitneural_tests::machines;
use bitneural_tests::runners::emulated::is_skipped;

#[test]
fn networks_agree_with_the_reference() {
    if is_skipped() {
        return;
    }
    machines::headers_agree_with_the_reference(RV32IMC);
}

#[test]
fn wrong_constants_are_found() {
    if is_skipped() {
        return;
    }
    machines::wrong_constants_are_found_in_headers(RV32IMC);
}
