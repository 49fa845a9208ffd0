//! How much stack a piece of work takes: the free stack is painted before, and searched for paint afterwards.

use crate::machine::{paint_stack, stack_bottom};

const PAINT: u32 = 0x5aa5_c33c;

/// The bytes of stack that `work` uses, its own frame included, and its result.
#[inline(never)]
pub fn stack_bytes<R>(work: impl FnOnce() -> R) -> (u32, R) {
    let pointer = paint_stack(PAINT);
    let result = apart(work);
    (
        pointer.saturating_sub(lowest_touched(pointer)) as u32,
        result,
    )
}

/// Work that were inlined into the function that paints would use that function's frame, which is not painted.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// The address of the first word from the bottom that has lost its paint, at most `end`.
#[inline(never)]
fn lowest_touched(end: usize) -> usize {
    let mut word = stack_bottom();
    // SAFETY: reads words of the stack, from its bottom to the stack pointer at most. Volatile, because the compiler
    // knows nothing of what other functions left there.
    while word.addr() < end && unsafe { word.read_volatile() } == PAINT {
        word = word.wrapping_add(1);
    }
    word.addr()
}
