//! The C of example models and random networks does on Arm, Cortex-M4F, M3 and M0, what the reference demands.
//!
//! Needs: arm-none-eabi-gcc, qemu-system-arm

use bitneural_targets::{CORTEX_M0, CORTEX_M3, CORTEX_M4F};
use bitneural_tests::machines;
use bitneural_tests::runners::emulated::is_skipped;

#[test]
fn networks_agree_with_the_reference() {
    if is_skipped() {
        return;
    }
    for machine in [CORTEX_M4F, CORTEX_M3, CORTEX_M0] {
        machines::headers_agree_with_the_reference(machine);
    }
}
