//! What every reader yields.

/// Numbers with axes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Array {
    /// The axes, as many as the file gives; their product is the number of values.
    pub(crate) shape: Vec<usize>,
    /// The values, the last axis fastest.
    pub(crate) values: Vec<f32>,
}

/// The number of elements of `shape`, `None` if it cannot be counted.
pub(crate) fn elements(shape: &[usize]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1_usize, |product, &axis| product.checked_mul(axis))
}
