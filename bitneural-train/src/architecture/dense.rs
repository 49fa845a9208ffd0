//! The dense layer, before it has weights.

use super::Encoding;

/// A dense layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dense {
    pub(crate) id: String,
    pub(crate) units: usize,
    pub(crate) settings: Settings,
}

/// What layers with weights have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) encoding: Encoding,
    pub(crate) norm: bool,
    pub(crate) relu: bool,
    pub(crate) learned_scale: bool,
}

impl Settings {
    /// Ternary and bare.
    pub(super) const BARE: Self = Self {
        encoding: Encoding::Ternary,
        norm: false,
        relu: false,
        learned_scale: false,
    };
}

impl Dense {
    /// A bare dense layer.
    #[must_use]
    pub fn new(id: impl Into<String>, units: usize) -> Self {
        Self {
            id: id.into(),
            units,
            settings: Settings::BARE,
        }
    }

    /// Weights of eight bits instead of trits (R31).
    #[must_use]
    pub fn int8(mut self) -> Self {
        self.settings.encoding = Encoding::Int8;
        self
    }

    /// Normalizes the outputs over the batch. It costs nothing on the device: export folds it into scale and bias.
    #[must_use]
    pub fn batch_norm(mut self) -> Self {
        self.settings.norm = true;
        self
    }

    /// Applies max(x, 0) last.
    #[must_use]
    pub fn relu(mut self) -> Self {
        self.settings.relu = true;
        self
    }

    /// Learns the scale of each output channel, as a gain on that of the quantizer. For layers without batch norm,
    /// which has a gain of its own.
    #[must_use]
    pub fn learned_scale(mut self) -> Self {
        self.settings.learned_scale = true;
        self
    }
}
