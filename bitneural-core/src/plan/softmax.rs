//! Softmax ops: one kernel, without working memory.

use super::{Candidate, Kernel};
use crate::network::Softmax;

pub(super) fn candidate(softmax: Softmax) -> Candidate {
    Candidate {
        kernel: Kernel::Softmax(softmax),
        scratch_words: 0,
    }
}
