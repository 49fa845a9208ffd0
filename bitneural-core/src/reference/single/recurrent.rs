//! Recurrent ops of f32 mode: the cells as docs/format.md defines them, in `f64`, stored in `f32` after each step.

use crate::graph::Cell;
use crate::network::float::FloatGates;
use crate::network::{Matrix, Recurrent};

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Σ w·x of each column.
fn sums(matrix: &Matrix, x: &[f64]) -> Vec<f64> {
    let rows = matrix.weights.chunks(x.len());
    let row = |row: &[i8]| row.iter().zip(x).map(|(&w, x)| f64::from(w) * x).sum();
    rows.map(row).collect()
}

/// The state that goes along time.
struct State {
    h: Vec<f64>,
    /// Of an LSTM.
    c: Vec<f64>,
}

pub(super) fn run(op: &Recurrent<FloatGates>, input: &[f32]) -> Vec<f32> {
    let zeros = || vec![0.0; op.units];
    let mut state = State {
        h: zeros(),
        c: zeros(),
    };
    let mut frames: Vec<&[f32]> = input.chunks(op.inputs).collect();
    if op.reads_backwards {
        frames.reverse();
    }
    let states = frames.into_iter().map(|frame| {
        let x: Vec<f64> = frame.iter().map(|&x| x.into()).collect();
        step(op, &x, &mut state);
        state.h.iter().map(|&h| h as f32).collect()
    });
    let mut states: Vec<Vec<f32>> = states.collect();
    if op.writes_backwards {
        states.reverse();
    }
    if !op.sequences {
        states.drain(..op.steps - 1);
    }
    states.concat()
}

fn step(op: &Recurrent<FloatGates>, x: &[f64], state: &mut State) {
    let units = op.units;
    let constants = &op.constants;
    let of_inputs = sums(&op.kernel, x);
    let gx = |column: usize| {
        let constants = constants.columns[column];
        of_inputs[column] * f64::from(constants.input_scale) + f64::from(constants.bias)
    };
    let scaled = |sums: &[f64], column: usize| {
        sums[column] * f64::from(constants.columns[column].state_scale)
    };
    let of_state = sums(&op.recurrent, &state.h);
    let gate = |gate: usize, unit: usize| {
        let column = gate * units + unit;
        gx(column) + scaled(&of_state, column)
    };
    let narrow = |value: f64| f64::from(value as f32);
    match op.cell {
        Cell::SimpleRnn => {
            state.h = (0..units)
                .map(|unit| narrow(gate(0, unit).tanh()))
                .collect();
        }
        Cell::Lstm => {
            for unit in 0..units {
                let new = sigmoid(gate(0, unit)) * gate(2, unit).tanh();
                let c = narrow(sigmoid(gate(1, unit)) * state.c[unit] + new);
                state.c[unit] = c;
                state.h[unit] = narrow(sigmoid(gate(3, unit)) * c.tanh());
            }
        }
        Cell::Gru => {
            for unit in 0..units {
                let column = 2 * units + unit;
                let gh = scaled(&of_state, column) + f64::from(constants.state_biases[unit]);
                let n = (gx(column) + sigmoid(gate(1, unit)) * gh).tanh();
                let z = sigmoid(gate(0, unit));
                state.h[unit] = narrow(z * state.h[unit] + (1.0 - z) * n);
            }
        }
        Cell::GruResetBefore => {
            let reset: Vec<f64> = (0..units)
                .map(|unit| sigmoid(gate(1, unit)) * state.h[unit])
                .collect();
            let of_reset = sums(&op.recurrent, &reset);
            for unit in 0..units {
                let column = 2 * units + unit;
                let n = (gx(column) + scaled(&of_reset, column)).tanh();
                let z = sigmoid(gate(0, unit));
                state.h[unit] = narrow(z * state.h[unit] + (1.0 - z) * n);
            }
        }
    }
}
