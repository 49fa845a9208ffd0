//! The convolution along time, before it has weights.

use super::Encoding;
use super::dense::Settings;
use super::window::{Extent, Padding, Taps};

/// A convolution along time, `[time, channels]` to `[time, filters]`.
///
/// ```
/// use bitneural_train::Conv1d;
///
/// // Seven taps, every second position, as many outputs as there are positions; weights of eight bits.
/// let first = Conv1d::new("conv1", 8, 7).stride(2).same().int8().batch_norm().relu();
/// // Sees nothing that comes later, and looks back over nine positions.
/// let past = Conv1d::new("conv2", 16, 3).causal().dilation(4).batch_norm().relu();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conv1d {
    pub(crate) id: String,
    pub(crate) filters: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) dilation: usize,
    pub(crate) padding: Padding,
    pub(crate) settings: Settings,
}

impl Conv1d {
    /// A bare convolution: stride 1, only where the whole kernel lies inside of the input ("valid").
    #[must_use]
    pub fn new(id: impl Into<String>, filters: usize, kernel: usize) -> Self {
        Self {
            id: id.into(),
            filters,
            kernel,
            stride: 1,
            dilation: 1,
            padding: Padding::Valid,
            settings: Settings::BARE,
        }
    }

    /// The distance between neighbouring outputs, at least 1.
    #[must_use]
    pub fn stride(mut self, stride: usize) -> Self {
        self.stride = stride;
        self
    }

    /// The distance between neighbouring taps, at least 1.
    #[must_use]
    pub fn dilation(mut self, dilation: usize) -> Self {
        self.dilation = dilation;
        self
    }

    /// Pads with zeros, as Keras does: ⌈input / stride⌉ outputs, and if the padding is odd, the larger half is at the
    /// end.
    #[must_use]
    pub fn same(mut self) -> Self {
        self.padding = Padding::Same;
        self
    }

    /// Pads with zeros in front only: ⌈input / stride⌉ outputs, none of which sees what comes after it.
    #[must_use]
    pub fn causal(mut self) -> Self {
        self.padding = Padding::Causal;
        self
    }

    /// Weights of eight bits instead of trits (R31). For the first layer, if its input has one to three channels:
    /// there it costs few bytes and gains most.
    #[must_use]
    pub fn int8(mut self) -> Self {
        self.settings.encoding = Encoding::Int8;
        self
    }

    /// Normalizes each channel over batch and time. It costs nothing on the device: export folds it into scale and
    /// bias.
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

    /// Learns the scale of each filter, as a gain on that of the quantizer. For layers without batch norm, which has
    /// a gain of its own.
    #[must_use]
    pub fn learned_scale(mut self) -> Self {
        self.settings.learned_scale = true;
        self
    }

    pub(crate) fn taps(&self) -> Taps {
        Taps {
            kernel: Extent::along_time(self.kernel),
            stride: Extent {
                height: 1,
                width: self.stride,
            },
            dilation: Extent {
                height: 1,
                width: self.dilation,
            },
            padding: self.padding,
        }
    }
}
