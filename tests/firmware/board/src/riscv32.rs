//! QEMU's `virt` machine with a 32-bit RISC-V processor.

use core::arch::{asm, global_asm};
use core::slice;

/// The console: a byte written here appears on the host. Programs in C print by the start-up code's `board_put`; here a
/// call would cost the programs that are measured a few instructions around what they measure.
const UART: *mut u8 = 0x1000_0000 as *mut u8;
/// Where the host puts its data; `bitneural-targets` has the same number.
const DATA: usize = 0x8400_0000;
/// RAM for what a program allocates.
const FREE: usize = 0x8600_0000;
const FREE_BYTES: usize = 0x0200_0000;

global_asm!(include_str!("../start/riscv32.S"), options(raw));

unsafe extern "C" {
    static _stack_bottom: u32;
    static _stack_top: u32;
    fn board_exit(code: u32) -> !;
    fn board_paint(pattern: u32, lowest: *const u32) -> usize;
    fn board_loop() -> u32;
}

pub(crate) fn put(byte: u8) {
    // SAFETY: the device is at this address, and a byte may be written at any time.
    unsafe { UART.write_volatile(byte) }
}

/// Ends the emulation: QEMU exits with this code.
pub fn exit(code: u16) -> ! {
    // SAFETY: reads its argument only.
    unsafe { board_exit(code.into()) }
}

/// The low half of the count of instructions executed so far.
#[inline(always)]
#[must_use]
pub fn instructions() -> u32 {
    let count;
    // SAFETY: reads a counter. It is not `nomem`: work on memory must not be moved across it.
    unsafe { asm!("csrr {0}, minstret", out(reg) count, options(nostack)) };
    count
}

pub(crate) fn data() -> &'static [u32] {
    let start = DATA as *const u32;
    // SAFETY: RAM that nothing else uses, below `FREE`; the host put a number of words and these words
    // there before the start, and zeros are there if it did not.
    unsafe { slice::from_raw_parts(start.add(1), start.read_volatile() as usize) }
}

/// The address of RAM that nobody uses, and its size in bytes.
pub(crate) fn free() -> (usize, usize) {
    (FREE, FREE_BYTES)
}

/// What the counter says of 2002 instructions.
pub(crate) fn calibrate() -> u32 {
    // SAFETY: changes registers that calls may change.
    unsafe { board_loop() }
}

/// Fills the stack from `lowest` on that is free with `pattern`; gives the stack pointer of the caller.
#[inline(always)]
pub(crate) fn paint_stack(pattern: u32, lowest: *const u32) -> usize {
    // SAFETY: writes below the stack pointer only, where nothing lives: no interrupt is enabled.
    unsafe { board_paint(pattern, lowest) }
}

/// The lowest and the highest address of the stack.
pub(crate) fn stack() -> (*const u32, *const u32) {
    (&raw const _stack_bottom, &raw const _stack_top)
}
