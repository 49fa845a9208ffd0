//! Tables of vectors.

/// The row of each index, the last row for one beyond it (R33).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedding {
    /// The number of rows, at least 1.
    pub rows: usize,
    /// Codes of each.
    pub width: usize,
    /// The codes, row after row.
    pub codes: Vec<u8>,
}

impl Embedding {
    /// Whether it has all its codes, reads so many indices and yields so many codes.
    pub fn fits(&self, from: usize, to: usize) -> bool {
        self.rows > 0
            && self.width > 0
            && self.codes.len() == self.rows.saturating_mul(self.width)
            && to == from.saturating_mul(self.width)
    }
}
