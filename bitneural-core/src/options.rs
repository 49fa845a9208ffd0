//! What a user can ask of the compiler.

use crate::custom::CustomOps;
use crate::plan::Optimize;
use crate::ternarize::Quantizer;

/// Options of a compilation; the default is what the macro does without arguments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// Overrides the quantizers that the file records.
    pub quantizer: Option<Quantizer>,
    /// What the choice of kernels aims at.
    pub optimize: Optimize,
    /// What the model may cost.
    pub budget: Budget,
    /// What custom layers compute; only what runs a network needs them.
    pub custom_ops: CustomOps,
    /// The custom layers that a type is named for; `None` if that is not to be checked.
    pub custom_types: Option<Vec<String>>,
}

/// What a model may cost; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of read-only statics.
    pub flash_bytes: Option<usize>,
    /// Bytes of the arena.
    pub ram_bytes: Option<usize>,
}
