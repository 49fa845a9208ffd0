//! Pools: one kernel each, without working memory.

use super::{Candidate, Kernel};
use crate::network::{self, MaxPool, Requant};
use crate::shape::Window;

/// An average pool as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct AveragePool {
    /// What slides over the image.
    pub window: Window,
    /// Channels of the image.
    pub channels: usize,
    /// The code that stands for padding.
    pub padding: u8,
    /// Whether padded taps count.
    pub count_padding: bool,
    /// The numbers of taps that count, ascending.
    pub counts: Vec<usize>,
    /// The epilogue; its channels belong to `counts`.
    pub requant: Requant,
}

pub(super) fn max(pool: MaxPool) -> Candidate {
    Candidate {
        kernel: Kernel::MaxPool(pool),
        scratch_words: 0,
    }
}

pub(super) fn average(pool: &network::AveragePool, padding: i32) -> Candidate {
    let kernel = Kernel::AveragePool(AveragePool {
        window: pool.window,
        channels: pool.channels,
        // The zero point of a code is a code: `Network::verify`.
        padding: padding as u8,
        count_padding: pool.count_padding,
        counts: pool.counts.clone(),
        requant: pool.requant.clone(),
    });
    Candidate {
        kernel,
        scratch_words: 0,
    }
}
