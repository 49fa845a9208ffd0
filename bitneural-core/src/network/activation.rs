//! Element-wise functions by table, and those at the end of a network.

/// `y = entries[x]` (R13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The value for each code.
    pub entries: Box<[u8; 256]>,
}

/// A function of an `i16` in units of 1/4096, in units of 1/32768 (R23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// `tanh_q`.
    Tanh,
    /// `sigm_q`.
    Sigmoid,
}

impl Gate {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
        }
    }
}
