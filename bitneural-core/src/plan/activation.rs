//! Element-wise ops: a table look-up, or the function of a gate.

use super::{Candidate, Kernel};
use crate::network::{Gate, Table};

pub(super) fn candidate(table: &Table) -> Candidate {
    Candidate {
        kernel: Kernel::Table(table.entries.clone()),
        scratch_words: 0,
    }
}

pub(super) fn gate(gate: Gate) -> Candidate {
    Candidate {
        kernel: Kernel::Gate(gate),
        scratch_words: 0,
    }
}
