//! Shapes of values: as many axes as the file gives, channels last.

use std::fmt;

/// The extents of a value, channels last: `[features]`, `[time, channels]` or
/// `[height, width, channels]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(pub Vec<usize>);

impl Shape {
    /// A vector of `features` elements.
    pub fn flat(features: usize) -> Self {
        Self(vec![features])
    }

    /// The number of elements; saturates instead of overflowing, so that a hostile shape compares
    /// as "too large".
    pub fn elements(&self) -> usize {
        self.0
            .iter()
            .fold(1, |product: usize, &axis| product.saturating_mul(axis))
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The extent of the last axis, 1 for a scalar.
    pub fn channels(&self) -> usize {
        self.0.last().copied().unwrap_or(1)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
