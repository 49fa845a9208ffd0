//! Several inputs, element by element (R14, R16), and pieces of each in turn (R15).
//!
//! Inputs and output are cells: an input may be given twice, and the output may be one of the inputs. Every element is
//! read before the one of the same index is written. Inputs that are repeated begin again after `run` elements.

use core::cell::Cell;

use crate::params::{Add, Concat, Multiply, Operand, Pick};
use crate::requant::{requantize, split_at_most};

/// Codes that others may read and write too.
type Codes = [Cell<u8>];

/// The weighted sum of all inputs (R14).
#[inline(never)]
pub fn add(layer: &Add, inputs: &[&Codes], output: &Codes) {
    let (bias, shift) = (layer.bias, u32::from(layer.shift));
    let (low, high) = (i32::from(layer.low), i32::from(layer.high));
    // In this order LLVM branches over one move for each bound; in the other it moves both values before each, four
    // instructions an element more on RISC-V.
    let finish = |sum: i32| low.max(high.min(sum.wrapping_shr(shift))) as u8;
    if let (&[a, b], &[first, second]) = (inputs, layer.terms) {
        let a = Source::new(a, first.repeated);
        let b = Source::new(b, second.repeated);
        return pairs(layer.run, a, b, output, |a, b| {
            let first = first.multiplier.wrapping_mul(a.into());
            let second = second.multiplier.wrapping_mul(b.into());
            finish(first.wrapping_add(bias).wrapping_add(second))
        });
    }
    let terms = || inputs.iter().zip(layer.terms);
    blocks(layer.run, output, |from, start, output| {
        let mut sums = [bias; BLOCK];
        for (input, term) in terms() {
            let codes = Source::new(input, term.repeated).at(from, start);
            for (sum, u) in sums.iter_mut().zip(codes) {
                *sum = sum.wrapping_add(term.multiplier.wrapping_mul(u.get().into()));
            }
        }
        for (y, &sum) in output.iter().zip(&sums) {
            y.set(finish(sum));
        }
    });
}

/// The product of two inputs (R16); nothing if there are more or fewer.
#[inline(never)]
pub fn multiply(layer: &Multiply, inputs: &[&Codes], output: &Codes) {
    let &[a, b] = inputs else { return };
    let a = Source::new(a, layer.first_repeated);
    let b = Source::new(b, layer.second_repeated);
    let (first_zero, second_zero) = (i32::from(layer.first_zero), i32::from(layer.second_zero));
    // By value: writing outputs cannot change them, and they stay in registers.
    let (channel, requant) = (layer.channel, layer.requant);
    pairs(layer.run, a, b, output, |a, b| {
        let a = i32::from(a).wrapping_sub(first_zero);
        let b = i32::from(b).wrapping_sub(second_zero);
        requantize(a.wrapping_mul(b), &channel, &requant)
    });
}

/// The largest of all inputs, in the format of the output.
#[inline(never)]
pub fn maximum(layer: &Pick, inputs: &[&Codes], output: &Codes) {
    pick(layer, inputs, output, i32::max);
}

/// The smallest of all inputs, in the format of the output.
#[inline(never)]
pub fn minimum(layer: &Pick, inputs: &[&Codes], output: &Codes) {
    pick(layer, inputs, output, i32::min);
}

#[inline(always)]
fn pick(layer: &Pick, inputs: &[&Codes], output: &Codes, best: impl Fn(i32, i32) -> i32) {
    // The clamp comes last: it keeps the order.
    if let (&[a, b], &[first, second]) = (inputs, layer.operands) {
        let a = Source::new(a, first.repeated);
        let b = Source::new(b, second.repeated);
        return pairs(layer.run, a, b, output, |a, b| {
            clamped(best(rescale(a, &first), rescale(b, &second)))
        });
    }
    let Some((&first, others)) = inputs.split_first() else {
        return;
    };
    let Some((operand, operands)) = layer.operands.split_first() else {
        return;
    };
    blocks(layer.run, output, |from, start, output| {
        let mut found = [0; BLOCK];
        let codes = Source::new(first, operand.repeated).at(from, start);
        for (y, u) in found.iter_mut().zip(codes) {
            *y = rescale(u.get(), operand);
        }
        for (input, operand) in others.iter().zip(operands) {
            let codes = Source::new(input, operand.repeated).at(from, start);
            for (y, u) in found.iter_mut().zip(codes) {
                *y = best(*y, rescale(u.get(), operand));
            }
        }
        for (y, &found) in output.iter().zip(&found) {
            y.set(clamped(found));
        }
    });
}

/// A code in the format of the output, before its clamp (R14 with one input).
#[inline(always)]
fn rescale(code: u8, operand: &Operand) -> i32 {
    let product = operand.multiplier.wrapping_mul(code.into());
    product
        .wrapping_add(operand.bias)
        .wrapping_shr(operand.shift.into())
}

#[inline(always)]
fn clamped(y: i32) -> u8 {
    y.clamp(0, 255) as u8
}

/// Pieces of each input in turn, in the format of the output (R15).
#[inline(never)]
pub fn concat(layer: &Concat, inputs: &[&Codes], output: &Codes) {
    let mut start = 0_usize;
    for (&input, piece) in inputs.iter().zip(layer.pieces) {
        let len = piece.len as usize;
        let operand = Operand {
            multiplier: piece.multiplier,
            bias: piece.bias,
            shift: piece.shift,
            repeated: false,
        };
        let stays = operand.multiplier == 1 && operand.bias == 0 && operand.shift == 0;
        let mut codes = input;
        let mut to = output.get(start..).unwrap_or(&[]);
        while let (Some((now, rest)), Some(written)) = (codes.split_at_checked(len), to.get(..len))
            && len > 0
        {
            if stays {
                each(now, written, |u| u);
            } else {
                each(now, written, |u| clamped(rescale(u, &operand)));
            }
            codes = rest;
            to = to.get(layer.round as usize..).unwrap_or(&[]);
        }
        start = start.wrapping_add(len);
    }
}

/// An input, and where it is read.
#[derive(Clone, Copy)]
pub(super) struct Source<'a, T> {
    codes: &'a [Cell<T>],
    repeated: bool,
}

impl<'a, T: Copy> Source<'a, T> {
    #[inline(always)]
    pub(super) fn new(codes: &'a [Cell<T>], repeated: bool) -> Self {
        Self { codes, repeated }
    }

    /// The codes of a run from `start` on, where the run begins with element `from` of the output.
    #[inline(always)]
    pub(super) fn at(self, from: usize, start: usize) -> &'a [Cell<T>] {
        let from = if self.repeated { 0 } else { from };
        self.codes.get(from.wrapping_add(start)..).unwrap_or(&[])
    }

    /// The codes of this run, the next of which is then that of what is left.
    #[inline(always)]
    fn take(&mut self, run: usize) -> &'a [Cell<T>] {
        let (now, rest) = split_at_most(self.codes, run);
        if !self.repeated {
            self.codes = rest;
        }
        now
    }
}

/// Elements of one input at a time.
const UNROLLED: usize = 4;

/// `function` of every code.
#[inline(always)]
pub(super) fn each<T: Copy>(input: &[Cell<T>], output: &[Cell<T>], function: impl Fn(T) -> T) {
    let (inputs, input) = input.as_chunks::<UNROLLED>();
    let (outputs, output) = output.as_chunks::<UNROLLED>();
    for (from, to) in inputs.iter().zip(outputs) {
        for (u, y) in from.iter().zip(to) {
            y.set(function(u.get()));
        }
    }
    for (u, y) in input.iter().zip(output) {
        y.set(function(u.get()));
    }
}

/// `function` of every pair, run after run.
#[inline(always)]
pub(super) fn pairs<T: Copy>(
    run: u32,
    mut a: Source<'_, T>,
    mut b: Source<'_, T>,
    output: &[Cell<T>],
    function: impl Fn(T, T) -> T,
) {
    let mut rest = output;
    while !rest.is_empty() && run > 0 {
        let (now, after) = split_at_most(rest, run as usize);
        let (firsts, first) = a.take(run as usize).as_chunks::<UNROLLED>();
        let (seconds, second) = b.take(run as usize).as_chunks::<UNROLLED>();
        let (outputs, output) = now.as_chunks::<UNROLLED>();
        for ((first, second), output) in firsts.iter().zip(seconds).zip(outputs) {
            for ((a, b), y) in first.iter().zip(second).zip(output) {
                y.set(function(a.get(), b.get()));
            }
        }
        for ((a, b), y) in first.iter().zip(second).zip(output) {
            y.set(function(a.get(), b.get()));
        }
        rest = after;
    }
}

/// Elements that are computed together where there are more inputs than two.
pub(super) const BLOCK: usize = 16;

/// Calls `block` for the outputs of each run, some at a time, with where the run begins and how far into it they are.
#[inline(always)]
pub(super) fn blocks<T>(run: u32, output: &[Cell<T>], block: impl Fn(usize, usize, &[Cell<T>])) {
    let mut from = 0_usize;
    let mut rest = output;
    while !rest.is_empty() && run > 0 {
        let (mut now, after) = split_at_most(rest, run as usize);
        let mut start = 0_usize;
        while !now.is_empty() {
            let (outputs, later) = split_at_most(now, BLOCK);
            block(from, start, outputs);
            start = start.wrapping_add(BLOCK);
            now = later;
        }
        from = from.wrapping_add(run as usize);
        rest = after;
    }
}

#[cfg(test)]
mod tests;
