//! The two-dimensional convolution, before it has weights.

use super::Encoding;
use super::dense::Settings;
use super::window::{Extent, Padding, Taps};

/// A convolution over height and width, `[height, width, channels]` to `[height, width, filters]`.
///
/// ```
/// use bitneural_train::Conv2d;
///
/// // 5×5, every second position, as many outputs as there are positions; weights of eight bits.
/// let first = Conv2d::new("conv1", 16, 5).stride(2).same().int8().batch_norm().relu();
/// let flat = Conv2d::new("conv2", 16, [1, 9]).stride([1, 2]).relu();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conv2d {
    pub(crate) id: String,
    pub(crate) filters: usize,
    pub(crate) kernel: Extent,
    pub(crate) stride: Extent,
    pub(crate) padding: Padding,
    pub(crate) settings: Settings,
}

impl Conv2d {
    /// A bare convolution: stride 1, only where the whole kernel lies inside of the input ("valid").
    #[must_use]
    pub fn new(id: impl Into<String>, filters: usize, kernel: impl Into<Extent>) -> Self {
        Self {
            id: id.into(),
            filters,
            kernel: kernel.into(),
            stride: 1.into(),
            padding: Padding::Valid,
            settings: Settings::BARE,
        }
    }

    /// The distance between neighbouring outputs, at least 1.
    #[must_use]
    pub fn stride(mut self, stride: impl Into<Extent>) -> Self {
        self.stride = stride.into();
        self
    }

    /// Pads with zeros, as Keras does: ⌈input / stride⌉ outputs, and if the padding is odd, the larger half is at the
    /// bottom and on the right.
    #[must_use]
    pub fn same(mut self) -> Self {
        self.padding = Padding::Same;
        self
    }

    /// Weights of eight bits instead of trits (R31). For the first layer, if its input has one to three channels:
    /// there it costs few bytes and gains most.
    #[must_use]
    pub fn int8(mut self) -> Self {
        self.settings.encoding = Encoding::Int8;
        self
    }

    /// Normalizes each channel over batch and positions. It costs nothing on the device: export folds it into scale
    /// and bias.
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
            kernel: self.kernel,
            stride: self.stride,
            dilation: Extent::ONE,
            padding: self.padding,
        }
    }
}
