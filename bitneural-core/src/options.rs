//! What a user can ask of the compiler.

use crate::custom::CustomOps;
use crate::plan::Optimize;
use crate::ternarize::Quantizer;

/// Options of a compilation; the default is what the macro does without arguments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// How activations are stored.
    pub activations: Activations,
    /// Overrides the quantizers that the file records.
    pub quantizer: Option<Quantizer>,
    /// What the choice of kernels aims at.
    pub optimize: Optimize,
    /// What the model may cost.
    pub budget: Budget,
    /// Whether there is a struct beside that of whole sequences which takes a frame at a time.
    pub streaming: bool,
    /// What custom layers compute; only what runs a network needs them.
    pub custom_ops: CustomOps,
    /// The custom layers that a type is named for; `None` if that is not to be checked.
    pub custom_types: Option<Vec<String>>,
}

/// How activations are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activations {
    /// As codes of 8 bits: integers alone, the same bits everywhere.
    #[default]
    U8,
    /// As floats, for chips with an FPU: no ranges are needed, and there is no quantized interface.
    F32,
}

impl Activations {
    /// The words for them in macro arguments.
    pub const WORDS: [(&'static str, Self); 2] = [("u8", Self::U8), ("f32", Self::F32)];
}

/// What a model may cost; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of read-only statics.
    pub flash_bytes: Option<usize>,
    /// Bytes of the arena.
    pub ram_bytes: Option<usize>,
}
