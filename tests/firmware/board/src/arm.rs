//! QEMU's machines with a Cortex-M: `mps2-an386` with an M4F, `mps2-an385` with an M3, `microbit` with an M0.

use core::arch::{asm, global_asm};
use core::slice;

/// Counts down, 24 bits.
const SYSTICK_VALUE: *const u32 = 0xe000_e018 as *const u32;
/// Where the host puts its data; `bitneural-targets` has the same number.
const DATA: usize = 0x2100_0000;
/// RAM for what a program allocates.
const FREE: usize = 0x2180_0000;
const FREE_BYTES: usize = 0x0080_0000;
/// Ticks of the counter for this many instructions, of 64 ns each: the M0 counts 16 million ticks a second, the
/// others 25 million.
const TICKS: u32 = if cfg!(cortex_m0) { 128 } else { 200 };
const INSTRUCTIONS: u32 = 125;

global_asm!(include_str!("../start/arm.S"), options(raw));

unsafe extern "C" {
    static _stack_bottom: u32;
    static _stack_top: u32;
    fn board_put(byte: u32);
    fn board_exit(code: u32) -> !;
    fn board_paint(pattern: u32, lowest: *const u32) -> usize;
    fn board_loop() -> u32;
}

pub(crate) fn put(byte: u8) {
    // SAFETY: reads its argument only.
    unsafe { board_put(byte.into()) }
}

/// Ends the emulation: QEMU exits with this code.
pub fn exit(code: u16) -> ! {
    // SAFETY: reads its argument only.
    unsafe { board_exit(code.into()) }
}

/// Instructions from ticks.
fn of_ticks(ticks: u32) -> u32 {
    // At most 2^24 ticks, so that the product of their upper half fits, and the remainder's too.
    let ticks = ticks & 0x00ff_ffff;
    let (whole, rest) = (ticks / TICKS, ticks % TICKS);
    whole * INSTRUCTIONS + (rest * INSTRUCTIONS + TICKS / 2) / TICKS
}

/// The instructions executed so far, one more or less; it is right for differences of up to ten million that do not
/// cross a multiple of that.
#[inline(always)]
#[must_use]
pub fn instructions() -> u32 {
    // SAFETY: reads a counter, behind all work on memory that comes before.
    unsafe { asm!("", options(nostack, preserves_flags)) };
    // SAFETY: the device is at this address.
    of_ticks(0x00ff_ffff - unsafe { SYSTICK_VALUE.read_volatile() })
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
    of_ticks(unsafe { board_loop() })
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
