//! QEMU's `virt` machine with a 32-bit RISC-V processor.

use core::arch::{asm, global_asm};
use core::slice;

/// The console: a byte written here appears on the host.
const UART: *mut u8 = 0x1000_0000 as *mut u8;
/// The test device: ends the emulation.
const TEST_DEVICE: *mut u32 = 0x10_0000 as *mut u32;
const PASS: u32 = 0x5555;
const FAIL: u32 = 0x3333;
/// Where the host puts its data; `bitneural-targets` has the same number.
const DATA: usize = 0x8400_0000;
/// RAM for what a program allocates.
const FREE: usize = 0x8600_0000;
const FREE_BYTES: usize = 0x0200_0000;

global_asm!(
    ".section .text.start",
    ".globl _start",
    "_start:",
    "la sp, _stack_top",
    "la t0, _bss_start",
    "la t1, _bss_end",
    "1: bgeu t0, t1, 2f",
    "sw zero, 0(t0)",
    "addi t0, t0, 4",
    "j 1b",
    "2: j board_run",
    // Fills the free stack below the caller with a pattern, and returns its stack pointer. Uses no stack itself.
    ".section .text.board_paint",
    ".globl board_paint",
    "board_paint:",
    "la t0, _stack_bottom",
    "1: bgeu t0, sp, 2f",
    "sw a0, 0(t0)",
    "addi t0, t0, 4",
    "j 1b",
    "2: mv a0, sp",
    "ret",
    // Counts a thousand times two instructions, the one that loads the number, and one of the two readings: 2002.
    ".section .text.board_loop",
    ".globl board_loop",
    "board_loop:",
    "csrr t1, minstret",
    "li t0, 1000",
    "1: addi t0, t0, -1",
    "bnez t0, 1b",
    "csrr a0, minstret",
    "sub a0, a0, t1",
    "ret",
);

unsafe extern "C" {
    static _stack_bottom: u32;
    fn board_paint(pattern: u32) -> usize;
    fn board_loop() -> u32;
}

pub(crate) fn put(byte: u8) {
    // SAFETY: the device is at this address, and a byte may be written at any time.
    unsafe { UART.write_volatile(byte) }
}

/// Ends the emulation: QEMU exits with this code.
pub fn exit(code: u16) -> ! {
    let word = if code == 0 {
        PASS
    } else {
        FAIL | u32::from(code) << 16
    };
    // SAFETY: the device is at this address.
    unsafe { TEST_DEVICE.write_volatile(word) }
    loop {
        core::hint::spin_loop();
    }
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

/// Fills the stack that is free with `pattern`; gives the stack pointer of the caller.
#[inline(always)]
pub(crate) fn paint_stack(pattern: u32) -> usize {
    // SAFETY: writes below the stack pointer only, where nothing lives: no interrupt is enabled.
    unsafe { board_paint(pattern) }
}

pub(crate) fn stack_bottom() -> *const u32 {
    &raw const _stack_bottom
}
