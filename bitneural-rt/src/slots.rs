//! The arena of a model, and typed, disjoint views of it.
//!
//! The planner gives every tensor and scratch area a [`Slot`] of one word-aligned arena. Views are checked: a slot that
//! does not lie within the arena, or that overlaps another of the same call, is seen as empty, and kernels do nothing
//! with an empty slice. So a wrong plan gives wrong numbers, never undefined behaviour and never a panic.

use core::cell::Cell;
use core::marker::PhantomData;
use core::mem::size_of;
use core::ops::Range;

/// Working memory of a model: `WORDS` words of four bytes, all zero at first, so that a static lies in `.bss`.
pub struct Arena<const WORDS: usize> {
    words: [u32; WORDS],
}

/// A range of an arena that holds `len` elements of type `T`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot<T> {
    /// Index of the first word.
    word: usize,
    /// Number of elements.
    len: usize,
    element: PhantomData<T>,
}

/// The slot of `len` elements that begins at word `word`.
pub const fn slot<T: Element>(word: usize, len: usize) -> Slot<T> {
    Slot {
        word,
        len,
        element: PhantomData,
    }
}

impl<T: Element> Slot<T> {
    /// The words that the elements touch; the last one perhaps in part.
    fn words(self) -> Range<usize> {
        let words = self.len.saturating_mul(size_of::<T>()).div_ceil(4);
        self.word..self.word.saturating_add(words)
    }
}

impl<const WORDS: usize> Arena<WORDS> {
    /// An arena of zeros.
    pub const fn new() -> Self {
        Self { words: [0; WORDS] }
    }

    /// The elements of a slot.
    pub fn read<T: Element>(&self, slot: Slot<T>) -> &[T] {
        view(self.words.get(slot.words()).unwrap_or(&[]), slot.len)
    }

    /// The elements of a slot, to be changed.
    pub fn write<T: Element>(&mut self, slot: Slot<T>) -> &mut [T] {
        view_mut(
            self.words.get_mut(slot.words()).unwrap_or(&mut []),
            slot.len,
        )
    }

    /// The slots of a kernel's input and output, both empty if they overlap.
    pub fn two<A: Element, B: Element>(
        &mut self,
        input: Slot<A>,
        output: Slot<B>,
    ) -> (&[A], &mut [B]) {
        match self.words.get_disjoint_mut([input.words(), output.words()]) {
            Ok([a, b]) => (view(a, input.len), view_mut(b, output.len)),
            Err(_) => (&[], &mut []),
        }
    }

    /// The slots of a kernel of several inputs. They are cells, so that one may be given twice, and the output may be
    /// one of the inputs.
    pub fn several<const N: usize, T: Element>(
        &mut self,
        inputs: [Slot<T>; N],
        output: Slot<T>,
    ) -> ([&[Cell<T>]; N], &[Cell<T>]) {
        let words = Cell::from_mut(self.words.as_mut_slice()).as_slice_of_cells();
        let cells = |slot: Slot<T>| view_cells(words.get(slot.words()).unwrap_or(&[]), slot.len);
        (inputs.map(cells), cells(output))
    }

    /// The elements that a layer of the user's reads and writes; a slot may be read twice. An input that overlaps the output
    /// is empty; all are if the output lies outside.
    pub fn gather<const N: usize, T: Element>(
        &mut self,
        inputs: [Slot<T>; N],
        output: Slot<T>,
    ) -> ([&[T]; N], &mut [T]) {
        let range = output.words();
        let Some((before, rest)) = self.words.split_at_mut_checked(range.start) else {
            return ([&[]; N], &mut []);
        };
        let Some((own, behind)) = rest.split_at_mut_checked(range.len()) else {
            return ([&[]; N], &mut []);
        };
        let (before, behind): (&[u32], &[u32]) = (before, behind);
        let inputs = inputs.map(|slot| {
            let words = slot.words();
            let found = match words.start.checked_sub(range.end) {
                Some(start) => behind.get(start..words.end.saturating_sub(range.end)),
                None => before.get(words),
            };
            view(found.unwrap_or(&[]), slot.len)
        });
        (inputs, view_mut(own, output.len))
    }

    /// The slots of a kernel's input, output and scratch, all empty if two of them overlap.
    pub fn three<A: Element, B: Element, S: Element>(
        &mut self,
        input: Slot<A>,
        output: Slot<B>,
        scratch: Slot<S>,
    ) -> (&[A], &mut [B], &mut [S]) {
        let ranges = [input.words(), output.words(), scratch.words()];
        match self.words.get_disjoint_mut(ranges) {
            Ok([a, b, s]) => (
                view(a, input.len),
                view_mut(b, output.len),
                view_mut(s, scratch.len),
            ),
            Err(_) => (&[], &mut [], &mut []),
        }
    }
}

/// Two slots to be changed, as words.
type Pair<'a> = [&'a mut [u32]; 2];

impl<const WORDS: usize> Arena<WORDS> {
    /// The slots of a kernel's input, output, scratch and state, all empty if two of them overlap.
    pub fn four<A: Element, B: Element>(
        &mut self,
        input: Slot<A>,
        output: Slot<B>,
        [scratch, state]: [Slot<u32>; 2],
    ) -> (&[A], &mut [B], Pair<'_>) {
        let ranges = [
            input.words(),
            output.words(),
            scratch.words(),
            state.words(),
        ];
        match self.words.get_disjoint_mut(ranges) {
            Ok([a, b, c, d]) => (view(a, input.len), view_mut(b, output.len), [c, d]),
            Err(_) => (&[], &mut [], [&mut [], &mut []]),
        }
    }
}

impl<const WORDS: usize> Default for Arena<WORDS> {
    fn default() -> Self {
        Self::new()
    }
}

mod sealed {
    /// # Safety
    /// Implementors are integers of 1, 2 or 4 bytes, or `f32`.
    pub unsafe trait Number: Copy {}
}

/// What a slot may hold: integers of one, two or four bytes, and `f32`.
pub trait Element: sealed::Number {}

macro_rules! elements {
    ($($number:ty),*) => { $(
        // SAFETY: It is one.
        unsafe impl sealed::Number for $number {}
        impl Element for $number {}
    )* };
}

elements!(u8, i16, u16, i32, u32, f32);

/// The first `len` elements that lie in the words, all of them if there are fewer.
pub(crate) fn view<T: Element>(words: &[u32], len: usize) -> &[T] {
    let elements = len.min(words.len() * (4 / size_of::<T>()));
    // SAFETY: T is an integer of 1, 2 or 4 bytes, or f32: its size is a power of two that divides 4, its alignment at most
    // its size (Reference, "Type layout", "Primitive data layout": most primitives are aligned to their size; none of
    // these is aligned to more than u32 is), so the pointer, aligned for u32, is aligned for T. `elements` of them fill no
    // more than the bytes of `words`, which are initialized, and every bit pattern is a T (Reference, "Numeric types").
    // The words stay borrowed, shared, for as long as the result lives.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast::<T>(), elements) }
}

/// The first `len` elements that lie in the words, all of them if there are fewer.
pub(crate) fn view_mut<T: Element>(words: &mut [u32], len: usize) -> &mut [T] {
    let elements = len.min(words.len() * (4 / size_of::<T>()));
    // SAFETY: As in `view`; besides, every T leaves valid u32s behind, since these too have no invalid bit patterns, and
    // the words stay borrowed exclusively for as long as the result lives.
    unsafe { core::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<T>(), elements) }
}

/// The first `len` elements that lie in the words, all of them if there are fewer.
fn view_cells<T: Element>(words: &[Cell<u32>], len: usize) -> &[Cell<T>] {
    let elements = len.min(words.len() * (4 / size_of::<T>()));
    // SAFETY: As in `view`; a `Cell<T>` has the layout of a T (its documentation, "Memory layout"), and cells may be
    // shared by all who change them, of whatever type, as every bit pattern is a T and a u32. Nobody else has the words
    // as long as the result lives.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast::<Cell<T>>(), elements) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_slots_may_overlap() {
        let mut arena = Arena::<3>::new();
        arena
            .write(slot::<u8>(0, 8))
            .copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
        let (a, b) = (slot::<u8>(0, 5), slot::<u8>(1, 3));
        let ([first, again, second], output) = arena.several([a, a, b], a);
        output[4].set(9);
        let read =
            |codes: &[Cell<u8>]| -> std::vec::Vec<u8> { codes.iter().map(Cell::get).collect() };
        assert_eq!(read(first), [1, 2, 3, 4, 9]);
        assert_eq!(read(again), read(first));
        assert_eq!(read(second), [9, 6, 7]);
        let ([beyond], output) = arena.several([slot::<u8>(2, 5)], slot::<u8>(usize::MAX, 1));
        assert!(beyond.is_empty() && output.is_empty());
    }

    #[test]
    fn views_share_memory_in_native_order() {
        let mut arena = Arena::<3>::new();
        arena
            .write(slot::<u32>(0, 3))
            .copy_from_slice(&[0x0403_0201, 0xffff_8000, 7].map(u32::from_le));
        assert_eq!(arena.read(slot::<u8>(0, 5)), [1, 2, 3, 4, 0]);
        assert_eq!(arena.read(slot::<u8>(1, 2)), [0, 0x80]);
        assert_eq!(
            arena.read(slot::<i16>(1, 3)),
            [i16::from_le(i16::MIN), -1, i16::from_le(7)]
        );
        arena.write(slot::<i16>(2, 2))[1] = -1;
        assert_eq!(arena.read(slot::<u32>(2, 1)), [u32::from_le(0xffff_0007)]);
    }

    #[test]
    fn disjoint_slots_are_seen_at_once() {
        let mut arena = Arena::<4>::new();
        arena.write(slot::<u8>(0, 5)).fill(3);
        let (input, output, scratch) =
            arena.three(slot::<u8>(0, 5), slot::<i16>(2, 1), slot::<u32>(3, 1));
        assert_eq!(input, [3; 5]);
        output[0] = -5;
        scratch[0] = 9;
        let (output, input) = arena.two(slot::<i16>(2, 1), slot::<u8>(0, 8));
        assert_eq!(output, [-5]);
        input[7] = 1;
        assert_eq!(arena.read(slot::<u8>(0, 8)), [3, 3, 3, 3, 3, 0, 0, 1]);
    }

    #[test]
    fn floats_are_words() {
        let mut arena = Arena::<2>::new();
        arena.write(slot::<f32>(0, 2))[1] = -2.5;
        assert_eq!(arena.read(slot::<u32>(1, 1)), [(-2.5_f32).to_bits()]);
        assert_eq!(arena.read(slot::<f32>(0, 3)), [0.0; 0]);
    }

    #[test]
    fn any_number_of_slots_is_read() {
        let mut arena = Arena::<4>::new();
        arena.write(slot::<u8>(0, 4)).fill(3);
        arena.write(slot::<u8>(3, 2)).fill(5);
        let places = [slot::<u8>(3, 2), slot(0, 4), slot(0, 4)];
        let (inputs, output) = arena.gather(places, slot(1, 8));
        assert_eq!(inputs, [&[5, 5][..], &[3; 4], &[3; 4]]);
        assert_eq!(output, [0; 8]);
        output.fill(9);
        // Within the output, across its beginning and its end, and outside of the arena.
        let places = [slot::<u8>(2, 1), slot(0, 5), slot(2, 5), slot(3, 5)];
        let (inputs, output) = arena.gather(places, slot(1, 8));
        assert!(inputs.iter().all(|input| input.is_empty()), "{inputs:?}");
        assert_eq!(output, [9; 8]);
        let (inputs, output) = arena.gather([slot::<u8>(0, 4)], slot(4, 1));
        assert!(output.is_empty() && inputs[0].is_empty());
        let (inputs, output) = arena.gather([slot::<u8>(0, 4)], slot(9, 1));
        assert!(inputs[0].is_empty() && output.is_empty());
    }

    #[test]
    fn overlap_and_excess_are_empty() {
        let mut arena = Arena::<4>::new();
        assert_eq!(arena.read(slot::<u8>(3, 4)).len(), 4);
        assert!(arena.read(slot::<u8>(3, 5)).is_empty());
        assert!(arena.write(slot::<u32>(usize::MAX, usize::MAX)).is_empty());
        // Five bytes touch the second word.
        let (a, b) = arena.two(slot::<u8>(0, 5), slot::<u8>(1, 1));
        assert!(a.is_empty() && b.is_empty());
        let (a, b, c) = arena.three(slot::<u8>(0, 4), slot::<u8>(1, 4), slot::<u32>(4, 1));
        assert!(a.is_empty() && b.is_empty() && c.is_empty());
    }
}
