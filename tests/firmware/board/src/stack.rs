//! How much stack a piece of work takes: the free stack is painted before, and searched for paint afterwards.

use crate::machine::{paint_stack, stack};

const PAINT: u32 = 0x5aa5_c33c;

/// The bytes of stack that `work` uses, its own frame included, and its result.
#[inline(never)]
pub fn stack_bytes<R>(work: impl FnOnce() -> R) -> (u32, R) {
    painted(stack().0, work)
}

/// The same in less time, for work that uses little of the upper `bytes` of the stack, of which others have the rest.
#[inline(never)]
pub fn stack_bytes_of<R>(bytes: usize, work: impl FnOnce() -> R) -> (u32, R) {
    let (bottom, top) = stack();
    painted(bottom.max(top.wrapping_byte_sub(bytes)), work)
}

/// Part of its caller, whose stack pointer it takes.
#[inline(always)]
fn painted<R>(lowest: *const u32, work: impl FnOnce() -> R) -> (u32, R) {
    let pointer = paint_stack(PAINT, lowest);
    let result = apart(work);
    (
        pointer.saturating_sub(lowest_touched(lowest, pointer)) as u32,
        result,
    )
}

/// Work that were inlined into the function that paints would use that function's frame, which is not painted.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// The address of the first word from `word` on that has lost its paint, at most `end`.
#[inline(never)]
fn lowest_touched(mut word: *const u32, end: usize) -> usize {
    // SAFETY: reads words of the stack, up to the stack pointer at most. Volatile, because the compiler knows nothing
    // of what other functions left there.
    while word.addr() < end && unsafe { word.read_volatile() } == PAINT {
        word = word.wrapping_add(1);
    }
    word.addr()
}
