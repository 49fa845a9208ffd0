//! Embeddings: one kernel, which copies rows.

use super::{Candidate, Kernel};
use crate::network::Embedding;

pub(super) fn candidate(embedding: &Embedding) -> Candidate {
    Candidate {
        kernel: Kernel::Embedding(embedding.clone()),
        scratch_words: 0,
    }
}
