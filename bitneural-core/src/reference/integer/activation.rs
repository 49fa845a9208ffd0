//! R13: a look-up.

use crate::network::Table;

pub(super) fn run(table: &Table, input: &[i32]) -> Vec<i32> {
    input
        .iter()
        .map(|&code| i32::from(table.entries[code as usize]))
        .collect()
}
