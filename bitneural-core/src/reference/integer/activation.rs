//! R13: a look-up; R23: a table with lines between its entries.

use crate::network::{Gate, Table};

pub(super) fn run(table: &Table, input: &[i32]) -> Vec<i32> {
    input
        .iter()
        .map(|&code| i32::from(table.entries[code as usize]))
        .collect()
}

/// `T[i]`, computed here so that the committed tables are checked against it. No entry lies so near to a half that
/// the tangent of a standard library could decide it.
pub fn tangent(i: i64) -> i64 {
    let real = ((i - 128) as f64 / 16.0).tanh();
    ((32768.0 * real + 0.5).floor() as i64).min(32767)
}

/// tanh of R23.
pub fn tanh_q(g: i64) -> i64 {
    let i = (g + 32768) >> 8;
    let f = g + 32768 - 256 * i;
    tangent(i) + (((tangent(i + 1) - tangent(i)) * f + 128) >> 8)
}

/// The sigmoid of R23.
pub fn sigm_q(g: i64) -> i64 {
    (tanh_q(g >> 1) + 32768) >> 1
}

pub(super) fn gate(gate: Gate, input: &[i32]) -> Vec<i32> {
    let function = match gate {
        Gate::Tanh => tanh_q,
        Gate::Sigmoid => sigm_q,
    };
    input
        .iter()
        .map(|&g| function(i64::from(g)) as i32)
        .collect()
}
