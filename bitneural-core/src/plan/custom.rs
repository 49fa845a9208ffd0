//! Custom ops: the user's function, without working memory.

use super::{Candidate, Kernel};
use crate::network::Custom;

pub(super) fn candidate(custom: &Custom) -> Candidate {
    Candidate {
        kernel: Kernel::Custom(custom.clone()),
        scratch_words: 0,
    }
}
