//! QEMU's `mps2-an386` with a Cortex-M4F: an FPU for `f32`, which start-up turns on.

use core::arch::{asm, global_asm};
use core::slice;

/// The console: a byte written to the first register appears on the host, when the second says that there is room.
const UART: *mut u32 = 0x4000_4000 as *mut u32;
/// Counts down 25 million times a second, 24 bits.
const SYSTICK_VALUE: *const u32 = 0xe000_e018 as *const u32;
/// Semihosting: ends the emulation with an exit code.
const EXIT_EXTENDED: u32 = 0x20;
const APPLICATION_EXIT: u32 = 0x2_0026;
/// Where the host puts its data; `bitneural-targets` has the same number.
const DATA: usize = 0x2100_0000;
/// RAM for what a program allocates.
const FREE: usize = 0x2180_0000;
const FREE_BYTES: usize = 0x0080_0000;

global_asm!(
    ".syntax unified",
    ".section .vectors, \"a\"",
    ".word _stack_top",
    ".word board_start",
    // What should not happen.
    ".rept 14",
    ".word board_fault",
    ".endr",
    ".section .text.start, \"ax\"",
    ".thumb_func",
    ".globl board_start",
    ".type board_start, %function",
    "board_start:",
    // The FPU: full access to coprocessors 10 and 11.
    "ldr r0, =0xe000ed88",
    "ldr r1, [r0]",
    "orr r1, r1, #0xf00000",
    "str r1, [r0]",
    "dsb",
    "isb",
    // The console: some baud rate, and on.
    "ldr r0, =0x40004000",
    "movs r1, #16",
    "str r1, [r0, #16]",
    "movs r1, #1",
    "str r1, [r0, #8]",
    // The counter: all of its 24 bits, by the processor's clock.
    "ldr r0, =0xe000e010",
    "ldr r1, =0xffffff",
    "str r1, [r0, #4]",
    "str r1, [r0, #8]",
    "movs r1, #5",
    "str r1, [r0]",
    "ldr r0, =_bss_start",
    "ldr r1, =_bss_end",
    "movs r2, #0",
    "1: cmp r0, r1",
    "bhs 2f",
    "str r2, [r0], #4",
    "b 1b",
    "2: bl board_run",
    ".ltorg",
    // Fills the free stack below the caller with a pattern, and returns its stack pointer. Uses no stack itself.
    ".section .text.board_paint, \"ax\"",
    ".thumb_func",
    ".globl board_paint",
    ".type board_paint, %function",
    "board_paint:",
    "ldr r1, =_stack_bottom",
    "mov r2, sp",
    "1: cmp r1, r2",
    "bhs 2f",
    "str r0, [r1], #4",
    "b 1b",
    "2: mov r0, sp",
    "bx lr",
    ".ltorg",
    // Counts a thousand times two instructions, the one that loads the number, and one of the two readings: 2002.
    ".section .text.board_loop, \"ax\"",
    ".thumb_func",
    ".globl board_loop",
    ".type board_loop, %function",
    "board_loop:",
    "ldr r3, =0xe000e018",
    "ldr r1, [r3]",
    "movw r0, #1000",
    "1: subs r0, r0, #1",
    "bne 1b",
    "ldr r2, [r3]",
    "subs r0, r1, r2",
    "bx lr",
    ".ltorg",
);

unsafe extern "C" {
    static _stack_bottom: u32;
    fn board_paint(pattern: u32) -> usize;
    fn board_loop() -> u32;
}

/// A fault ends the emulation with a code of its own.
// SAFETY: no other function has this name.
#[unsafe(no_mangle)]
extern "C" fn board_fault() -> ! {
    exit(102)
}

pub(crate) fn put(byte: u8) {
    // SAFETY: the device is at this address, and start-up has turned it on.
    unsafe {
        while UART.add(1).read_volatile() & 1 != 0 {}
        UART.write_volatile(byte.into());
    }
}

/// Ends the emulation: QEMU exits with this code.
pub fn exit(code: u16) -> ! {
    let block = [APPLICATION_EXIT, code.into()];
    loop {
        // SAFETY: the emulator reads the block, which lives on.
        unsafe {
            asm!("bkpt #0xab", in("r0") EXIT_EXTENDED, in("r1") block.as_ptr(), options(nostack));
        }
    }
}

/// Instructions from ticks, of which there are 1.6 each: of 64 ns instructions and 40 ns ticks.
fn of_ticks(ticks: u32) -> u32 {
    ((ticks & 0x00ff_ffff) * 5 + 4) / 8
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

/// Fills the stack that is free with `pattern`; gives the stack pointer of the caller.
#[inline(always)]
pub(crate) fn paint_stack(pattern: u32) -> usize {
    // SAFETY: writes below the stack pointer only, where nothing lives: no interrupt is enabled.
    unsafe { board_paint(pattern) }
}

pub(crate) fn stack_bottom() -> *const u32 {
    &raw const _stack_bottom
}
