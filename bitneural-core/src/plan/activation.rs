//! Element-wise ops: a table look-up, or the function of a gate.

use super::{Candidate, Kernel, Step};
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

/// The first of the steps that has a table of the same entries: it is stored once.
pub(super) fn first_with(steps: &[Step], entries: &[u8; 256]) -> Option<usize> {
    steps
        .iter()
        .position(|step| matches!(&step.kernel, Kernel::Table(other) if **other == *entries))
}
