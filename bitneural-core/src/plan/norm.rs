//! Layer norms: one kernel, without working memory.

use super::{Candidate, Kernel};
use crate::network::LayerNorm;

pub(super) fn candidate(norm: &LayerNorm) -> Candidate {
    Candidate {
        kernel: Kernel::LayerNorm(norm.clone()),
        scratch_words: 0,
    }
}

/// Whether it reads and writes whole positions, with constants for each channel.
pub(super) fn fits(norm: &LayerNorm, from: usize, to: usize) -> bool {
    from == to
        && norm.channels > 0
        && to.is_multiple_of(norm.channels)
        && [norm.signs.len(), norm.requant.channels.len()] == [norm.channels; 2]
}
