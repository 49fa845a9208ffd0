//! Layers of f32 mode with a state that goes along time: LSTM, GRU, simple RNN. The encodings are those of
//! [`crate::kernels::dense`], *digits* or *int8* for each matrix.
//!
//! Scratch, in words: one for each column (gates · units), then `units` for the state, and as many for the cell of an
//! LSTM, for the halves beside the state of the candidates of [`gru`], or for the state that the candidates of
//! [`gru_reset_before`] see.

use super::dense::{BLOCK_OUTPUTS, INT8_OUTPUTS, add_trits, int8_sums};
use super::functions::{sigmoid, tanh};
use crate::kernels::sequence::Order;
use crate::params::float::{FloatGateColumn, FloatRecurrent};
use crate::slots::view_mut;

/// Long short-term memory.
#[inline(never)]
pub fn lstm(layer: &FloatRecurrent, input: &[f32], output: &mut [f32], scratch: &mut [u32]) {
    run(layer, 4, true, input, output, scratch, |x, memory| {
        input_part(layer, x, memory.gates);
        let Memory { gates, h, more } = memory;
        state_part(layer, layer.recurrent, h, layer.columns, gates);
        lstm_units(layer, memory.gates, h, more);
    });
}

/// A gated unit whose reset comes after the matrix.
#[inline(never)]
pub fn gru(layer: &FloatRecurrent, input: &[f32], output: &mut [f32], scratch: &mut [u32]) {
    run(layer, 3, true, input, output, scratch, |x, memory| {
        input_part(layer, x, memory.gates);
        gru_step(layer, memory);
    });
}

/// A gated unit whose reset comes before the matrix.
#[inline(never)]
pub fn gru_reset_before(
    layer: &FloatRecurrent,
    input: &[f32],
    output: &mut [f32],
    scratch: &mut [u32],
) {
    run(layer, 3, true, input, output, scratch, |x, memory| {
        input_part(layer, x, memory.gates);
        reset_before_step(layer, memory);
    });
}

/// A plain tanh.
#[inline(never)]
pub fn simple_rnn(layer: &FloatRecurrent, input: &[f32], output: &mut [f32], scratch: &mut [u32]) {
    run(layer, 1, false, input, output, scratch, |x, memory| {
        input_part(layer, x, memory.gates);
        let Memory { gates, h, .. } = memory;
        state_part(layer, layer.recurrent, h, layer.columns, gates);
        for (h, &gate) in h.iter_mut().zip(gates.iter()) {
            *h = tanh(gate);
        }
    });
}

/// What a step reads and leaves behind.
struct Memory<'a> {
    /// A pre-activation for each column.
    gates: &'a mut [f32],
    /// The state.
    h: &'a mut [f32],
    /// What else the cell needs for each unit.
    more: &'a mut [f32],
}

/// Goes through a sequence from a state of zeros; does nothing if the scratch is too short.
#[inline(always)]
fn run(
    layer: &FloatRecurrent,
    gates: usize,
    has_more: bool,
    input: &[f32],
    output: &mut [f32],
    scratch: &mut [u32],
    step: impl Fn(&[f32], &mut Memory<'_>),
) {
    let units = layer.units as usize;
    let columns = gates.wrapping_mul(units);
    let Some((gates, rest)) = scratch.split_at_mut_checked(columns) else {
        return;
    };
    let Some((h, more)) = rest.split_at_mut_checked(units) else {
        return;
    };
    let Some(more) = more.get_mut(..if has_more { units } else { 0 }) else {
        return;
    };
    let mut memory = Memory {
        gates: view_mut(gates, columns),
        h: view_mut(h, units),
        more: view_mut(more, units),
    };
    memory.h.fill(0.0);
    memory.more.fill(0.0);
    let order = Order {
        inputs: layer.inputs,
        units: layer.units,
        steps: layer.steps,
        sequences: layer.sequences,
        reads_backwards: layer.reads_backwards,
        writes_backwards: layer.writes_backwards,
    };
    order.walk(input, output, &mut memory, step, |memory| memory.h);
}

/// Calls `put` with Σ w·x of each row, and of those that fill up the last block.
#[inline(always)]
fn each_sum(weights: &[u32], is_int8: bool, input: &[f32], mut put: impl FnMut(f32)) {
    let mut weights = weights;
    while let Some((block, rest)) = weights.split_at_checked(input.len())
        && !block.is_empty()
    {
        weights = rest;
        let mut sums = [0.0; BLOCK_OUTPUTS];
        let rows = if is_int8 {
            for (sum, found) in sums.iter_mut().zip(int8_sums(block, input)) {
                *sum = found;
            }
            INT8_OUTPUTS
        } else {
            add_trits(block, input, &mut sums);
            BLOCK_OUTPUTS
        };
        for &sum in sums.iter().take(rows) {
            put(sum);
        }
    }
}

/// The part of the inputs, with the bias.
#[inline(never)]
fn input_part(layer: &FloatRecurrent, x: &[f32], gates: &mut [f32]) {
    let mut columns = gates.iter_mut().zip(layer.columns);
    each_sum(layer.kernel, layer.int8_kernel, x, |sum| {
        if let Some((gate, column)) = columns.next() {
            *gate = sum * column.input_scale + column.bias;
        }
    });
}

/// Adds the part of a state.
#[inline(never)]
fn state_part(
    layer: &FloatRecurrent,
    weights: &[u32],
    h: &[f32],
    columns: &[FloatGateColumn],
    gates: &mut [f32],
) {
    let mut columns = gates.iter_mut().zip(columns);
    each_sum(weights, layer.int8_recurrent, h, |sum| {
        if let Some((gate, column)) = columns.next() {
            *gate += sum * column.state_scale;
        }
    });
}

/// c and h of each unit.
#[inline(never)]
fn lstm_units(layer: &FloatRecurrent, gates: &[f32], h: &mut [f32], c: &mut [f32]) {
    let units = layer.units as usize;
    let Some((i, gates)) = gates.split_at_checked(units) else {
        return;
    };
    let Some((f, gates)) = gates.split_at_checked(units) else {
        return;
    };
    let Some((g, o)) = gates.split_at_checked(units) else {
        return;
    };
    let states = h.iter_mut().zip(c);
    for ((((&i, &f), &g), &o), (h, c)) in i.iter().zip(f).zip(g).zip(o).zip(states) {
        *c = sigmoid(f) * *c + sigmoid(i) * tanh(g);
        *h = sigmoid(o) * tanh(*c);
    }
}

/// The new state of a GRU.
#[inline(always)]
fn blend(z: f32, h: f32, candidate: f32) -> f32 {
    let z = sigmoid(z);
    z * h + (1.0 - z) * tanh(candidate)
}

/// What follows the part of the inputs, where the reset comes after.
#[inline(never)]
fn gru_step(layer: &FloatRecurrent, memory: &mut Memory<'_>) {
    let units = layer.units as usize;
    let gated = units.wrapping_mul(2);
    let Memory { gates, h, more } = memory;
    let (mut columns, mut candidates) = (layer.columns.iter(), more.iter_mut());
    let mut biases = layer.state_biases.iter();
    let mut left = gated;
    let mut places = gates.iter_mut();
    each_sum(layer.recurrent, layer.int8_recurrent, h, |sum| {
        let Some(column) = columns.next() else {
            return;
        };
        let part = sum * column.state_scale;
        if left > 0 {
            left = left.wrapping_sub(1);
            if let Some(gate) = places.next() {
                *gate += part;
            }
        } else if let (Some(half), Some(bias)) = (candidates.next(), biases.next()) {
            *half = part + bias.bias;
        }
    });
    let Some((z, rest)) = gates.split_at_checked(units) else {
        return;
    };
    let Some((r, n)) = rest.split_at_checked(units) else {
        return;
    };
    let halves = n.iter().zip(more.iter());
    for (((&z, &r), (&gx, &gh)), h) in z.iter().zip(r).zip(halves).zip(h.iter_mut()) {
        *h = blend(z, *h, gx + sigmoid(r) * gh);
    }
}

/// What follows the part of the inputs, where the reset comes before.
#[inline(never)]
fn reset_before_step(layer: &FloatRecurrent, memory: &mut Memory<'_>) {
    let units = layer.units as usize;
    let rows = units.wrapping_mul(2);
    // Words of the rows of z and r.
    let block = if layer.int8_recurrent {
        INT8_OUTPUTS
    } else {
        BLOCK_OUTPUTS
    };
    let words = rows.div_ceil(block).wrapping_mul(units);
    let Memory { gates, h, more } = memory;
    let Some((of_gates, of_candidates)) = layer.recurrent.split_at_checked(words) else {
        return;
    };
    let Some((gate_columns, candidate_columns)) = layer.columns.split_at_checked(rows) else {
        return;
    };
    let Some((gates, candidates)) = gates.split_at_mut_checked(rows) else {
        return;
    };
    state_part(layer, of_gates, h, gate_columns, gates);
    let Some((z, r)) = gates.split_at_checked(units) else {
        return;
    };
    for ((seen, &r), &h) in more.iter_mut().zip(r).zip(h.iter()) {
        *seen = sigmoid(r) * h;
    }
    state_part(layer, of_candidates, more, candidate_columns, candidates);
    for ((&z, &n), h) in z.iter().zip(candidates.iter()).zip(h.iter_mut()) {
        *h = blend(z, *h, n);
    }
}
