//! Layers with a state that goes along time: LSTM, GRU, simple RNN (R24 to R28).
//!
//! A step takes the sums of the inputs and of the state's codes, column by column, and makes of them gates, then the new
//! state. Both matrices are in the encodings *digits* or *int8* of [`super::dense`].
//!
//! Scratch, in words: one for each column (gates · units), ⌈units / 4⌉ for the codes of the state, and ⌈units / 2⌉ for
//! what the cell keeps in 16 bits (c of an LSTM, h of a GRU; nothing of a simple RNN). [`gru_reset_before`] needs
//! ⌈units / 4⌉ more, behind the codes.

use super::Code;
use super::dense::{BLOCK_OUTPUTS, INT8_OUTPUTS, digit_sums, int8_sums};
use super::gate::{sigmoid, tangent};
use super::sequence::Order;
use crate::params::{GateColumn, Recurrent, StateBias};
use crate::requant::high_product;
use crate::slots::view_mut;

/// What a cell keeps beside gates and codes.
#[derive(Clone, Copy)]
struct Needs {
    /// Columns of each unit.
    gates: usize,
    /// c of an LSTM, h of a GRU.
    inner: bool,
    /// The codes that a reset leaves.
    reset: bool,
}

/// The kernels of a cell: a whole sequence from a state of zeros, and a step from the state that is given.
macro_rules! cell {
    ($(#[$doc:meta])* $whole:ident, $one:ident, $needs:expr, $step:expr) => {
        $(#[$doc])*
        #[inline(never)]
        pub fn $whole<I: Code>(
            layer: &Recurrent,
            input: &[I],
            output: &mut [u8],
            scratch: &mut [u32],
        ) {
            let needs: Needs = $needs;
            let gates = needs.gates.wrapping_mul(layer.units as usize);
            let Some((gates, state)) = scratch.split_at_mut_checked(gates) else {
                return;
            };
            if let Some(mut memory) = Memory::new(layer, needs, gates, state) {
                memory.codes.fill(128);
                memory.inner.fill(0);
                run(layer, input, output, &mut memory, |x, memory| $step(layer, x, memory));
            }
        }

        $(#[$doc])*
        /// One step; the state stays in `state`: codes, those behind a reset, and what else the cell keeps.
        #[inline(never)]
        pub fn $one<I: Code>(
            layer: &Recurrent,
            input: &[I],
            output: &mut [u8],
            scratch: &mut [u32],
            state: &mut [u32],
        ) {
            if let Some(mut memory) = Memory::new(layer, $needs, scratch, state) {
                run(layer, input, output, &mut memory, |x, memory| $step(layer, x, memory));
            }
        }
    };
}

cell!(
    /// Long short-term memory (R25).
    lstm,
    lstm_step,
    Needs { gates: 4, inner: true, reset: false },
    |layer, x: &[I], memory: &mut Memory<'_>| {
        gates(layer, x, memory);
        lstm_units(layer, memory);
    }
);

cell!(
    /// A gated unit whose reset comes after the matrix (R26).
    gru,
    gru_step,
    Needs { gates: 3, inner: true, reset: false },
    |layer, x: &[I], memory: &mut Memory<'_>| {
        gates(layer, x, memory);
        gru_units(layer, memory);
    }
);

cell!(
    /// A gated unit whose reset comes before the matrix (R26).
    gru_reset_before,
    gru_reset_before_step,
    Needs { gates: 3, inner: true, reset: true },
    reset_before_step
);

cell!(
    /// A plain tanh (R27).
    simple_rnn,
    simple_rnn_step,
    Needs { gates: 1, inner: false, reset: false },
    |layer, x: &[I], memory: &mut Memory<'_>| {
        gates(layer, x, memory);
        for (u, &gate) in memory.codes.iter_mut().zip(memory.gates.iter()) {
            *u = code(i32::from(tangent(gate as i16)));
        }
    }
);

/// What a step reads and leaves behind.
struct Memory<'a> {
    /// Pre-activations: of each column; of a candidate whose parts stand alone both halves, that of the input below.
    gates: &'a mut [u32],
    /// The codes of the state.
    codes: &'a mut [u8],
    /// Those that a reset leaves, if the matrix sees them.
    reset: &'a mut [u8],
    /// c of an LSTM, h of a GRU.
    inner: &'a mut [i16],
}

impl<'a> Memory<'a> {
    /// Views of working memory and of a state; `None` if one is too short.
    #[inline(always)]
    fn new(
        layer: &Recurrent,
        needs: Needs,
        gates: &'a mut [u32],
        state: &'a mut [u32],
    ) -> Option<Self> {
        let units = layer.units as usize;
        let gates = gates.get_mut(..needs.gates.wrapping_mul(units))?;
        let codes_words = units.div_ceil(4);
        let (codes, rest) = state.split_at_mut_checked(codes_words)?;
        let reset_words = if needs.reset { codes_words } else { 0 };
        let (reset, rest) = rest.split_at_mut_checked(reset_words)?;
        let inner_words = if needs.inner { units.div_ceil(2) } else { 0 };
        let inner = rest.get_mut(..inner_words)?;
        Some(Self {
            gates,
            codes: view_mut(codes, units),
            reset: view_mut(reset, units),
            inner: view_mut(inner, units),
        })
    }
}

/// Goes through a sequence, and writes the codes of the states.
#[inline(always)]
fn run<'a, I: Code>(
    layer: &Recurrent,
    input: &[I],
    output: &mut [u8],
    memory: &mut Memory<'a>,
    step: impl Fn(&[I], &mut Memory<'a>),
) {
    let order = Order {
        inputs: layer.inputs,
        units: layer.units,
        steps: layer.steps,
        sequences: layer.sequences,
        reads_backwards: layer.reads_backwards,
        writes_backwards: layer.writes_backwards,
    };
    order.walk(input, output, memory, step, |memory| &*memory.codes);
}

/// Calls `put` with Σ w·u of each row, and of those that fill up the last block.
#[inline(always)]
fn each_sum<I: Code>(weights: &[u32], is_int8: bool, input: &[I], mut put: impl FnMut(u32)) {
    let mut weights = weights;
    while let Some((block, rest)) = weights.split_at_checked(input.len())
        && !block.is_empty()
    {
        weights = rest;
        let mut sums = [0; BLOCK_OUTPUTS];
        let (total, rows) = if is_int8 {
            for (sum, found) in sums.iter_mut().zip(int8_sums(block, input)) {
                *sum = found as u32;
            }
            (0, INT8_OUTPUTS)
        } else {
            (digit_sums(block, input, &mut sums), BLOCK_OUTPUTS)
        };
        for &sum in sums.iter().take(rows) {
            put(sum.wrapping_sub(total));
        }
    }
}

/// `mulh(acc·2^P, m)` (R24).
#[inline(always)]
fn product(sum: u32, pre_shift: u8, multiplier: i32) -> i32 {
    high_product(sum.wrapping_shl(u32::from(pre_shift)) as i32, multiplier)
}

/// `clamp16(t >> S)` (R24).
#[inline(always)]
fn shifted(t: i32, shift: u8) -> i32 {
    clamp16(t.wrapping_shr(u32::from(shift)))
}

#[inline(always)]
fn clamp16(value: i32) -> i32 {
    // Not `clamp`, which panics if the bounds are exchanged.
    if value > 32767 {
        32767
    } else {
        value.max(-32768)
    }
}

/// The pre-activations of all columns.
#[inline(always)]
fn gates<I: Code>(layer: &Recurrent, x: &[I], memory: &mut Memory<'_>) {
    input_part(layer, x, memory.gates);
    state_part(
        layer,
        layer.recurrent,
        memory.codes,
        layer.columns,
        memory.gates,
    );
}

/// The part of the inputs, with the bias.
#[inline(never)]
fn input_part<I: Code>(layer: &Recurrent, x: &[I], gates: &mut [u32]) {
    let mut columns = gates.iter_mut().zip(layer.columns);
    each_sum(layer.kernel, layer.int8_kernel, x, |sum| {
        if let Some((gate, column)) = columns.next() {
            let part = product(sum, layer.input_pre_shift, column.input_multiplier);
            *gate = part.wrapping_add(column.bias) as u32;
        }
    });
}

/// Adds the part of the state, which ends the pre-activation; the last columns keep both parts apart, if there are biases
/// for it.
#[inline(never)]
fn state_part(
    layer: &Recurrent,
    weights: &[u32],
    codes: &[u8],
    columns: &[GateColumn],
    gates: &mut [u32],
) {
    let mut joint = columns.len().wrapping_sub(layer.state_biases.len());
    let mut biases = layer.state_biases.iter();
    let mut columns = gates.iter_mut().zip(columns);
    each_sum(weights, layer.int8_recurrent, codes, |sum| {
        let Some((gate, column)) = columns.next() else {
            return;
        };
        let part = product(sum, layer.state_pre_shift, column.state_multiplier);
        let input_part = *gate as i32;
        if joint > 0 {
            joint = joint.wrapping_sub(1);
            *gate = shifted(input_part.wrapping_add(part), layer.shift) as u32;
        } else if let Some(&StateBias { bias }) = biases.next() {
            let input_part = shifted(input_part, layer.shift);
            let part = shifted(part.wrapping_add(bias), layer.shift);
            *gate = (part as u32) << 16 | (input_part as u32) & 0xffff;
        }
    });
}

/// A product of two values in units of 1/32768, in that unit.
#[inline(always)]
fn times(a: i32, b: i32) -> i32 {
    a.wrapping_mul(b).wrapping_add(1 << 14) >> 15
}

/// The code of h (R25).
#[inline(always)]
fn code(h: i32) -> u8 {
    // h is at least -32768, so its view is at least -128.
    ((h.wrapping_add(128) >> 8).min(127).wrapping_add(128)) as u8
}

/// A pre-activation, which has 16 bits.
#[inline(always)]
fn tanh(gate: u32) -> i32 {
    i32::from(tangent(gate as i16))
}

#[inline(always)]
fn sigm(gate: u32) -> i32 {
    sigmoid(gate as i16)
}

/// c, h and its code of each unit (R25).
#[inline(never)]
fn lstm_units(layer: &Recurrent, memory: &mut Memory<'_>) {
    let units = layer.units as usize;
    let (k, gates) = (u32::from(layer.cell_shift), &*memory.gates);
    let (Some((i, gates)), states) = (
        gates.split_at_checked(units),
        memory.codes.iter_mut().zip(memory.inner.iter_mut()),
    ) else {
        return;
    };
    let Some((f, gates)) = gates.split_at_checked(units) else {
        return;
    };
    let Some((g, o)) = gates.split_at_checked(units) else {
        return;
    };
    for ((((&i, &f), &g), &o), (u, cell)) in i.iter().zip(f).zip(g).zip(o).zip(states) {
        let new = sigm(i)
            .wrapping_mul(tanh(g))
            .wrapping_shr(15_u32.wrapping_sub(k));
        let kept = sigm(f).wrapping_mul(i32::from(*cell));
        let c = clamp16(kept.wrapping_add(new).wrapping_add(1 << 14) >> 15);
        *cell = c as i16;
        let seen = clamp16(c.wrapping_shl(12_u32.wrapping_sub(k)));
        *u = code(times(sigm(o), tanh(seen as u32)));
    }
}

/// h and its code of each unit, where the reset comes after (R26).
#[inline(never)]
fn gru_units(layer: &Recurrent, memory: &mut Memory<'_>) {
    let units = layer.units as usize;
    let Some((z, gates)) = memory.gates.split_at_checked(units) else {
        return;
    };
    let Some((r, n)) = gates.split_at_checked(units) else {
        return;
    };
    let states = memory.codes.iter_mut().zip(memory.inner.iter_mut());
    for (((&z, &r), &n), (u, h)) in z.iter().zip(r).zip(n).zip(states) {
        let (gx, gh) = (i32::from(n as i16), (n as i32) >> 16);
        let argument = clamp16(gx.wrapping_add(times(sigm(r), gh)));
        let new = blend(sigm(z), *h, tanh(argument as u32));
        *h = new;
        *u = code(new.into());
    }
}

/// The new state of a GRU (R26).
#[inline(always)]
fn blend(z: i32, h: i16, n: i32) -> i16 {
    let kept = z.wrapping_mul(h.into());
    let new = 32768_i32.wrapping_sub(z).wrapping_mul(n);
    (kept.wrapping_add(new).wrapping_add(1 << 14) >> 15) as i16
}

/// A step where the reset comes before (R26).
#[inline(always)]
fn reset_before_step<I: Code>(layer: &Recurrent, x: &[I], memory: &mut Memory<'_>) {
    let units = layer.units as usize;
    input_part(layer, x, memory.gates);
    let rows = units.wrapping_mul(2);
    // Words of the rows of z and r.
    let block = if layer.int8_recurrent {
        INT8_OUTPUTS
    } else {
        BLOCK_OUTPUTS
    };
    let words = rows.div_ceil(block).wrapping_mul(units);
    let Some((of_gates, of_candidates)) = layer.recurrent.split_at_checked(words) else {
        return;
    };
    let Some((gate_columns, candidate_columns)) = layer.columns.split_at_checked(rows) else {
        return;
    };
    let Some((gates, candidates)) = memory.gates.split_at_mut_checked(rows) else {
        return;
    };
    state_part(layer, of_gates, memory.codes, gate_columns, gates);
    let Some((z, r)) = gates.split_at_checked(units) else {
        return;
    };
    for ((u, &r), &h) in memory.reset.iter_mut().zip(r).zip(memory.inner.iter()) {
        *u = code(times(sigm(r), h.into()));
    }
    state_part(
        layer,
        of_candidates,
        memory.reset,
        candidate_columns,
        candidates,
    );
    let states = memory.codes.iter_mut().zip(memory.inner.iter_mut());
    for ((&z, &n), (u, h)) in z.iter().zip(candidates.iter()).zip(states) {
        let new = blend(sigm(z), *h, tanh(n));
        *h = new;
        *u = code(new.into());
    }
}

#[cfg(test)]
mod tests;
