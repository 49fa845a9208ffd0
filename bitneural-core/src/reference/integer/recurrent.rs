//! R24 to R28: gates, cells, and a sequence of steps.

use super::activation::{sigm_q, tanh_q};
use crate::graph::Cell;
use crate::network::Recurrent;

/// `clamp16` of R1.
fn clamp16(x: i64) -> i64 {
    x.clamp(-32768, 32767)
}

/// A sum that the rules say fits `i32`.
fn checked(x: i64) -> i64 {
    assert!(i32::try_from(x).is_ok(), "R24: {x} does not fit i32");
    x
}

/// The code of h (R25).
fn view(h: i64) -> i64 {
    ((h + 128) >> 8).clamp(-128, 127) + 128
}

/// One unit of an LSTM (R25): what the gates i, f, g, o are, then c, its tangent, and h.
pub fn lstm(gates: [i64; 4], c: i64, k: u32) -> ([i64; 4], [i64; 3]) {
    let [i, f, g, o] = gates;
    let (i, f, g, o) = (sigm_q(i), sigm_q(f), tanh_q(g), sigm_q(o));
    let sum = checked(f * c + ((i * g) >> (15 - k)) + (1 << 14));
    let c = clamp16(sum >> 15);
    let tangent = tanh_q(clamp16(c << (12 - k)));
    let h = checked(o * tangent + (1 << 14)) >> 15;
    ([i, f, g, o], [c, tangent, h])
}

/// The argument of n where the reset comes after the matrix (R26).
pub fn candidate(r: i64, gx: i64, gh: i64) -> i64 {
    clamp16(gx + (checked(r * gh + (1 << 14)) >> 15))
}

/// The state that the matrix sees where the reset comes before (R26).
pub fn reset(r: i64, h: i64) -> i64 {
    checked(r * h + (1 << 14)) >> 15
}

/// The new state of a GRU (R26).
pub fn blend(z: i64, h: i64, n: i64) -> i64 {
    checked(z * h + (32768 - z) * n + (1 << 14)) >> 15
}

/// `mulh(acc·2^P, m)`.
fn product(acc: i64, pre_shift: u32, multiplier: i32) -> i64 {
    (checked(acc << pre_shift) * i64::from(multiplier)) >> 32
}

impl Recurrent {
    fn parts(&self, column: usize, ax: i64, ah: i64) -> [i64; 2] {
        let constants = self.constants.columns[column];
        [
            product(ax, self.constants.pre_shifts[0], constants.input_multiplier),
            product(ah, self.constants.pre_shifts[1], constants.state_multiplier),
        ]
    }

    /// The pre-activation of a column (R24).
    pub fn gate(&self, column: usize, ax: i64, ah: i64) -> i64 {
        let [x, h] = self.parts(column, ax, ah);
        let bias = i64::from(self.constants.columns[column].bias);
        clamp16(checked(checked(x + h) + bias) >> self.constants.shift)
    }

    /// gx and gh of a candidate (R26).
    pub fn apart(&self, column: usize, ax: i64, ah: i64) -> [i64; 2] {
        let [x, h] = self.parts(column, ax, ah);
        let state_bias = self.constants.state_biases
            [column - (self.constants.columns.len() - self.constants.state_biases.len())];
        let biases = [self.constants.columns[column].bias, state_bias].map(i64::from);
        [x + biases[0], h + biases[1]].map(|t| clamp16(checked(t) >> self.constants.shift))
    }
}

/// Accumulators of all columns (R6).
fn sums(weights: &[i8], codes: &[i64]) -> Vec<i64> {
    let rows = weights.chunks(codes.len());
    rows.map(|row| row.iter().zip(codes).map(|(&w, &u)| i64::from(w) * u).sum())
        .collect()
}

/// What a layer keeps between steps.
struct State {
    /// The codes of h.
    u: Vec<i64>,
    /// c of an LSTM, h of a GRU.
    inner: Vec<i64>,
}

fn step(op: &Recurrent, x: &[i64], state: &State) -> State {
    let units = op.units;
    let ax = sums(&op.kernel.weights, x);
    let ah = sums(&op.recurrent.weights, &state.u);
    let gate = |gate: usize, unit: usize| {
        let column = gate * units + unit;
        op.gate(column, ax[column], ah[column])
    };
    let (u, inner) = match op.cell {
        Cell::Lstm => (0..units)
            .map(|unit| {
                let gates = [0, 1, 2, 3].map(|index| gate(index, unit));
                let (_, [c, _, h]) = lstm(gates, state.inner[unit], op.constants.cell_shift);
                (view(h), c)
            })
            .unzip(),
        Cell::SimpleRnn => {
            let u = (0..units).map(|unit| view(tanh_q(gate(0, unit))));
            (u.collect(), state.inner.clone())
        }
        Cell::Gru | Cell::GruResetBefore => {
            let z: Vec<i64> = (0..units).map(|unit| sigm_q(gate(0, unit))).collect();
            let r: Vec<i64> = (0..units).map(|unit| sigm_q(gate(1, unit))).collect();
            let arguments: Vec<i64> = if op.cell == Cell::Gru {
                let columns = (0..units).map(|unit| {
                    let column = 2 * units + unit;
                    let [gx, gh] = op.apart(column, ax[column], ah[column]);
                    candidate(r[unit], gx, gh)
                });
                columns.collect()
            } else {
                let before = (0..units).map(|unit| view(reset(r[unit], state.inner[unit])));
                let ah = sums(&op.recurrent.weights, &before.collect::<Vec<_>>());
                let columns = (0..units).map(|unit| {
                    let column = 2 * units + unit;
                    op.gate(column, ax[column], ah[column])
                });
                columns.collect()
            };
            let h =
                (0..units).map(|unit| blend(z[unit], state.inner[unit], tanh_q(arguments[unit])));
            h.map(|h| (view(h), h)).unzip()
        }
    };
    State { u, inner }
}

/// All steps of a sequence, from a state of zeros (R28).
pub(super) fn run(op: &Recurrent, input: &[i32]) -> Vec<i32> {
    let input: Vec<i64> = input.iter().map(|&code| code.into()).collect();
    let mut steps: Vec<&[i64]> = input.chunks(op.inputs).collect();
    if op.reads_backwards {
        steps.reverse();
    }
    let mut state = State {
        u: vec![128; op.units],
        inner: vec![0; op.units],
    };
    let mut outputs = Vec::with_capacity(steps.len());
    for x in steps {
        state = step(op, x, &state);
        outputs.push(state.u.clone());
    }
    if !op.sequences {
        outputs = vec![state.u];
    }
    if op.writes_backwards {
        outputs.reverse();
    }
    outputs.concat().into_iter().map(|u| u as i32).collect()
}

/// h and its code of a simple RNN (R27).
pub fn simple(gate: i64) -> [i64; 2] {
    let h = tanh_q(gate);
    [h, view(h)]
}

/// The code of a state.
pub fn code(h: i64) -> i64 {
    view(h)
}
