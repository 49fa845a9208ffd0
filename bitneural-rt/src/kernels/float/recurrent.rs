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

/// The kernels of a cell: a whole sequence from a state of zeros, and a step from the state that is given.
macro_rules! cell {
    ($(#[$doc:meta])* $whole:ident, $one:ident, $gates:literal, $has_more:literal, $step:expr) => {
        $(#[$doc])*
        #[inline(never)]
        pub fn $whole(
            layer: &FloatRecurrent,
            input: &[f32],
            output: &mut [f32],
            scratch: &mut [u32],
        ) {
            let gates = (layer.units as usize).wrapping_mul($gates);
            let Some((gates, state)) = scratch.split_at_mut_checked(gates) else {
                return;
            };
            if let Some(mut memory) = Memory::new(layer, $gates, $has_more, gates, state) {
                memory.h.fill(0.0);
                memory.more.fill(0.0);
                run(layer, input, output, &mut memory, $step);
            }
        }

        $(#[$doc])*
        /// One step; the state stays in `state`.
        #[inline(never)]
        pub fn $one(
            layer: &FloatRecurrent,
            input: &[f32],
            output: &mut [f32],
            scratch: &mut [u32],
            state: &mut [u32],
        ) {
            if let Some(mut memory) = Memory::new(layer, $gates, $has_more, scratch, state) {
                run(layer, input, output, &mut memory, $step);
            }
        }
    };
}

cell!(
    /// Long short-term memory.
    lstm,
    lstm_step,
    4,
    true,
    lstm_frame
);

cell!(
    /// A gated unit whose reset comes after the matrix.
    gru,
    gru_step,
    3,
    true,
    gru_frame
);

cell!(
    /// A gated unit whose reset comes before the matrix.
    gru_reset_before,
    gru_reset_before_step,
    3,
    true,
    reset_before_frame
);

cell!(
    /// A plain tanh.
    simple_rnn,
    simple_rnn_step,
    1,
    false,
    simple_frame
);

/// What follows the part of the inputs.
#[inline(always)]
fn lstm_frame(layer: &FloatRecurrent, memory: &mut Memory<'_>) {
    let Memory { gates, h, more } = memory;
    state_part(layer, layer.recurrent, h, layer.columns, gates);
    lstm_units(layer, gates, h, more);
}

/// What follows the part of the inputs.
#[inline(always)]
fn simple_frame(layer: &FloatRecurrent, memory: &mut Memory<'_>) {
    let Memory { gates, h, .. } = memory;
    state_part(layer, layer.recurrent, h, layer.columns, gates);
    for (h, &gate) in h.iter_mut().zip(gates.iter()) {
        *h = tanh(gate);
    }
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

impl<'a> Memory<'a> {
    /// Views of working memory and of a state; `None` if one is too short.
    #[inline(always)]
    fn new(
        layer: &FloatRecurrent,
        gates_of_unit: usize,
        has_more: bool,
        gates: &'a mut [u32],
        state: &'a mut [u32],
    ) -> Option<Self> {
        let units = layer.units as usize;
        let columns = gates_of_unit.wrapping_mul(units);
        let gates = gates.get_mut(..columns)?;
        let (h, more) = state.split_at_mut_checked(units)?;
        let more = more.get_mut(..if has_more { units } else { 0 })?;
        Some(Self {
            gates: view_mut(gates, columns),
            h: view_mut(h, units),
            more: view_mut(more, units),
        })
    }
}

/// Goes through a sequence; `step` follows the part of the inputs.
#[inline(always)]
fn run<'a>(
    layer: &FloatRecurrent,
    input: &[f32],
    output: &mut [f32],
    memory: &mut Memory<'a>,
    step: impl Fn(&FloatRecurrent, &mut Memory<'a>),
) {
    let order = Order {
        inputs: layer.inputs,
        units: layer.units,
        steps: layer.steps,
        sequences: layer.sequences,
        reads_backwards: layer.reads_backwards,
        writes_backwards: layer.writes_backwards,
    };
    let one = |x: &[f32], memory: &mut Memory<'a>| {
        input_part(layer, x, memory.gates);
        step(layer, memory);
    };
    order.walk(input, output, memory, one, |memory| &*memory.h);
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
fn gru_frame(layer: &FloatRecurrent, memory: &mut Memory<'_>) {
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
fn reset_before_frame(layer: &FloatRecurrent, memory: &mut Memory<'_>) {
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
