//! The two-dimensional convolution, before it has weights, and the windows that it and pooling look through.

use super::Encoding;
use super::dense::Settings;

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
    pub(crate) same: bool,
    pub(crate) settings: Settings,
}

/// Height and width. A single number stands for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Along the first axis.
    pub height: usize,
    /// Along the second axis.
    pub width: usize,
}

impl From<usize> for Extent {
    fn from(both: usize) -> Self {
        Self::from([both, both])
    }
}

impl From<[usize; 2]> for Extent {
    fn from([height, width]: [usize; 2]) -> Self {
        Self { height, width }
    }
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
            same: false,
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
        self.same = true;
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

    /// Where the kernel comes to lie on an input of this size; `None` if it fits nowhere or an extent is 0.
    pub(crate) fn window(&self, input: Extent) -> Option<Window> {
        Window::new(self.kernel, self.stride, self.same, input)
    }
}

/// A kernel that moves over an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) kernel: Extent,
    pub(crate) stride: Extent,
    /// Rows and columns of zeros: top, bottom, left, right.
    pub(crate) padding: [usize; 4],
    pub(crate) input: Extent,
    pub(crate) output: Extent,
}

impl Window {
    pub(crate) fn new(kernel: Extent, stride: Extent, same: bool, input: Extent) -> Option<Self> {
        let (height, [top, bottom]) = along(kernel.height, stride.height, same, input.height)?;
        let (width, [left, right]) = along(kernel.width, stride.width, same, input.width)?;
        Some(Self {
            kernel,
            stride,
            padding: [top, bottom, left, right],
            input,
            output: Extent { height, width },
        })
    }
}

/// Outputs and padding along one axis.
fn along(kernel: usize, stride: usize, same: bool, input: usize) -> Option<(usize, [usize; 2])> {
    if kernel == 0 || stride == 0 || input == 0 {
        return None;
    }
    if !same {
        return Some((input.checked_sub(kernel)? / stride + 1, [0, 0]));
    }
    let output = input.div_ceil(stride);
    let total = ((output - 1) * stride + kernel).saturating_sub(input);
    Some((output, [total / 2, total - total / 2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_those_of_keras() {
        // Kernel, stride, same, input; outputs, padding in front, behind.
        for (kernel, stride, same, input, expected) in [
            (5, 2, true, 28, Some((14, [1, 2]))),
            (3, 2, true, 14, Some((7, [0, 1]))),
            (3, 2, true, 7, Some((4, [1, 1]))),
            (3, 1, true, 7, Some((7, [1, 1]))),
            (1, 2, true, 8, Some((4, [0, 0]))),
            (3, 1, false, 7, Some((5, [0, 0]))),
            (2, 2, false, 5, Some((2, [0, 0]))),
            (3, 1, false, 2, None),
            (0, 1, true, 2, None),
            (1, 0, false, 2, None),
        ] {
            assert_eq!(
                along(kernel, stride, same, input),
                expected,
                "{kernel}, {stride}, {same}, {input}"
            );
        }
    }
}
