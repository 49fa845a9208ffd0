//! What a stream keeps from one frame to the next: lines of frames, and counters.

use core::cell::Cell;

use crate::params::Line;
use crate::slots::Element;

/// Words in front of the counters: whether the stream has begun, and whether there is an output: 0, [`OLD`] or [`NEW`].
const FLAGS: usize = 2;
/// There is an output, but not of the last frame.
const OLD: u32 = 1;
/// There is one of the last frame.
const NEW: u32 = 2;

/// Moves a line on by a frame: the oldest one goes.
#[inline(never)]
pub fn push<T: Element>(layer: &Line, frame: &[T], line: &mut [T]) {
    let cells = Cell::from_mut(line).as_slice_of_cells();
    let width = layer.width as usize;
    for (place, next) in cells.iter().zip(cells.get(width..).unwrap_or(&[])) {
        place.set(next.get());
    }
    let last = width.wrapping_mul((layer.frames as usize).wrapping_sub(1));
    for (place, &value) in cells.get(last..).unwrap_or(&[]).iter().zip(frame) {
        place.set(value);
    }
}

/// Whether the next frame is the first one.
#[inline(always)]
pub fn is_new(counters: &[u32]) -> bool {
    counters.first() == Some(&0)
}

/// Says that there is a frame; counters are zeros then.
#[inline(always)]
pub fn begin(counters: &mut [u32]) {
    if let Some(begun) = counters.first_mut() {
        *begun = 1;
    }
}

/// Says that there is none.
#[inline(always)]
pub fn forget(counters: &mut [u32]) {
    counters.fill(0);
}

/// Counts a frame of a clock; whether it is the `first`, or one of every `period` behind it.
#[inline(always)]
pub fn tick(counters: &mut [u32], clock: usize, first: u32, period: u32) -> bool {
    let Some(counter) = counters.get_mut(FLAGS.wrapping_add(clock).wrapping_sub(1)) else {
        return false;
    };
    *counter = counter.wrapping_add(1);
    let is_now = *counter == first;
    if is_now {
        // The next time is a period away.
        *counter = first.wrapping_sub(period);
    }
    is_now
}

/// Says whether this frame gave an output.
#[inline(always)]
pub fn give(counters: &mut [u32], is_given: bool) {
    if let Some(given) = counters.get_mut(1) {
        *given = match (is_given, *given) {
            (true, _) => NEW,
            (false, 0) => 0,
            (false, _) => OLD,
        };
    }
}

/// Whether the last frame gave an output.
#[inline(always)]
pub fn gives(counters: &[u32]) -> bool {
    counters.get(1) == Some(&NEW)
}

/// Whether any frame did.
#[inline(always)]
pub fn has_output(counters: &[u32]) -> bool {
    counters.get(1).is_some_and(|&given| given != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_forget_the_oldest_frame() {
        let mut line = [0_u8; 6];
        let layer = Line {
            width: 2,
            frames: 3,
        };
        for frame in [[1, 2], [3, 4], [5, 6], [7, 8]] {
            push(&layer, &frame, &mut line);
        }
        assert_eq!(line, [3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn clocks_tick_when_they_should() {
        let ticks = |first: u32, period: u32| -> std::vec::Vec<u32> {
            let mut counters = [1, 0, 0];
            (1..=12)
                .filter(|_| tick(&mut counters, 1, first, period))
                .collect()
        };
        assert_eq!(ticks(1, 3), [1, 4, 7, 10]);
        assert_eq!(ticks(5, 2), [5, 7, 9, 11]);
        assert_eq!(ticks(4, 1), [4, 5, 6, 7, 8, 9, 10, 11, 12]);
    }

    #[test]
    fn outputs_stay_until_all_is_forgotten() {
        let mut counters = [1, 0];
        for (given, gives_now, has) in [
            (false, false, false),
            (true, true, true),
            (false, false, true),
        ] {
            give(&mut counters, given);
            assert_eq!((gives(&counters), has_output(&counters)), (gives_now, has));
        }
        forget(&mut counters);
        assert!(is_new(&counters) && !has_output(&counters));
    }
}
