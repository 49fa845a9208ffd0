//! Several inputs, element by element, and pieces of each in turn: see [`crate::kernels::elementwise`], whose walk over
//! cells this is.

use core::cell::Cell;

use super::clamped;
use crate::kernels::elementwise::{BLOCK, Source, blocks, each, pairs};
use crate::params::float::{FloatConcat, FloatJoin};
use crate::requant::split_at_most;

/// Values that others may read and write too.
type Values = [Cell<f32>];

/// The sum of all inputs.
#[inline(never)]
pub fn add(layer: &FloatJoin, inputs: &[&Values], output: &Values) {
    sum(layer, inputs, output, 1.0);
}

/// The mean of all inputs.
#[inline(never)]
pub fn average(layer: &FloatJoin, inputs: &[&Values], output: &Values) {
    sum(layer, inputs, output, 1.0 / inputs.len() as f32);
}

/// The first input without the second.
#[inline(never)]
pub fn subtract(layer: &FloatJoin, inputs: &[&Values], output: &Values) {
    fold(layer, inputs, output, |a, b| a - b);
}

/// The product of all inputs.
#[inline(never)]
pub fn multiply(layer: &FloatJoin, inputs: &[&Values], output: &Values) {
    fold(layer, inputs, output, |a, b| a * b);
}

/// The largest of all inputs.
#[inline(never)]
pub fn maximum(layer: &FloatJoin, inputs: &[&Values], output: &Values) {
    fold(layer, inputs, output, |a, b| if b > a { b } else { a });
}

/// The smallest of all inputs.
#[inline(never)]
pub fn minimum(layer: &FloatJoin, inputs: &[&Values], output: &Values) {
    fold(layer, inputs, output, |a, b| if b < a { b } else { a });
}

/// The sum of all inputs times a factor.
#[inline(always)]
fn sum(layer: &FloatJoin, inputs: &[&Values], output: &Values, factor: f32) {
    each_of(layer, inputs, output, |a, b| a + b, |sum| sum * factor);
}

/// What `join` makes of the first two inputs, of that and the third, and so on.
#[inline(always)]
fn fold(layer: &FloatJoin, inputs: &[&Values], output: &Values, join: impl Fn(f32, f32) -> f32) {
    each_of(layer, inputs, output, join, |y| y);
}

#[inline(always)]
fn each_of(
    layer: &FloatJoin,
    inputs: &[&Values],
    output: &Values,
    join: impl Fn(f32, f32) -> f32,
    finish: impl Fn(f32) -> f32,
) {
    let (low, high) = (layer.low, layer.high);
    let finish = |y: f32| clamped(finish(y), low, high);
    let mut sources = inputs.iter().zip(layer.operands);
    let mut next = move || {
        let (input, operand) = sources.next()?;
        Some(Source::new(input, operand.repeated))
    };
    let (Some(first), Some(second)) = (next(), next()) else {
        return;
    };
    if inputs.len() == 2 {
        return pairs(layer.run, first, second, output, |a, b| finish(join(a, b)));
    }
    blocks(layer.run, output, |from, start, output| {
        let mut found = [0.0_f32; BLOCK];
        for (y, x) in found.iter_mut().zip(first.at(from, start)) {
            *y = x.get();
        }
        for (input, operand) in inputs.iter().zip(layer.operands).skip(1) {
            let values = Source::new(input, operand.repeated).at(from, start);
            for (y, x) in found.iter_mut().zip(values) {
                *y = join(*y, x.get());
            }
        }
        for (y, &found) in output.iter().zip(&found) {
            y.set(finish(found));
        }
    });
}

/// Pieces of each input in turn.
#[inline(never)]
pub fn concat(layer: &FloatConcat, inputs: &[&Values], output: &Values) {
    let mut start = 0_usize;
    for (&input, piece) in inputs.iter().zip(layer.pieces) {
        let len = piece.len as usize;
        let mut values = input;
        let mut to = output.get(start..).unwrap_or(&[]);
        while !values.is_empty() && !to.is_empty() && len > 0 {
            let (now, rest) = split_at_most(values, len);
            let (written, _) = split_at_most(to, now.len());
            each(now, written, |x| x);
            values = rest;
            to = to.get(layer.round as usize..).unwrap_or(&[]);
        }
        start = start.wrapping_add(len);
    }
}
