//! Element-wise functions by table.

/// `y = entries[x]` (R13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The value for each code.
    pub entries: Box<[u8; 256]>,
}
