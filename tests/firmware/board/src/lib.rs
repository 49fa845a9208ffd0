//! An emulated machine, seen from a program: start-up, console, exit, instruction counter, painted stack.
//!
//! A program defines `run` with [`main!`] and prints lines `key value…` for the host to read. It ends with exit code 0
//! when `run` returns, and with [`PANIC_CODE`] when it panics.
#![no_std]

mod allocate;
mod console;
#[cfg_attr(target_arch = "arm", path = "arm.rs")]
#[cfg_attr(target_arch = "riscv32", path = "riscv32.rs")]
#[cfg_attr(target_arch = "xtensa", path = "xtensa.rs")]
mod machine;
mod owned;
mod stack;

use core::panic::PanicInfo;

pub use allocate::allocate;
pub use console::{Console, line};
pub use machine::{exit, instructions};
pub use owned::Owned;
pub use stack::{stack_bytes, stack_bytes_of};

/// The exit code of a program that panicked.
pub const PANIC_CODE: u16 = 101;

/// Makes a function the program's entry point.
#[macro_export]
macro_rules! main {
    ($run:path) => {
        /// Called by the start-up code, with a stack and a zeroed `.bss`.
        // SAFETY: the start-up code calls the one function of this name; `main!` is used once in a program.
        #[unsafe(no_mangle)]
        extern "C" fn board_run() -> ! {
            let run: fn() = $run;
            run();
            $crate::exit(0)
        }
    };
}

/// The instructions that `work` takes, and its result.
///
/// The counter wraps at 2^32 instructions.
pub fn count<R>(work: impl FnOnce() -> R) -> (u32, R) {
    let start = instructions();
    let result = work();
    let end = instructions();
    (end.wrapping_sub(start), result)
}

/// Does a piece of the work, and prints `step NAME INSTRUCTIONS`.
pub fn step<R>(name: &str, work: impl FnOnce() -> R) -> R {
    let (instructions, result) = count(work);
    line("step").text(name).number(instructions);
    result
}

/// The data that the host put in memory; none if it gave none.
#[must_use]
pub fn data() -> &'static [u32] {
    machine::data()
}

/// Prints the count of 2002 instructions, so that the host can tell a counter that cannot be trusted.
pub fn print_calibration() {
    line("calibration").number(machine::calibrate());
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    board_panicked(info)
}

/// Every panic that a program can come to goes through here, so a program whose symbols lack it cannot panic.
// SAFETY: no other function has this name.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn board_panicked(info: &PanicInfo) -> ! {
    if let Some(place) = info.location() {
        // The panic may have come in the middle of a line.
        line("");
        line("panic").text(place.file()).number(place.line());
    }
    exit(PANIC_CODE)
}
