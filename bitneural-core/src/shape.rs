//! Shapes of values: as many axes as the file gives, channels last.

use std::fmt;

/// The extents of a value, channels last: `[features]`, `[time, channels]` or
/// `[height, width, channels]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(pub Vec<usize>);

impl Shape {
    /// A vector of `features` elements.
    pub fn flat(features: usize) -> Self {
        Self(vec![features])
    }

    /// The number of elements; saturates instead of overflowing, so that a hostile shape compares
    /// as "too large".
    pub fn elements(&self) -> usize {
        self.0
            .iter()
            .fold(1, |product: usize, &axis| product.saturating_mul(axis))
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The extent of the last axis, 1 for a scalar.
    pub fn channels(&self) -> usize {
        self.0.last().copied().unwrap_or(1)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A window that slides over an image; height first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Positions of the input.
    pub input: [usize; 2],
    /// Positions of the output.
    pub output: [usize; 2],
    /// Taps.
    pub kernel: [usize; 2],
    /// Positions of the input from one output to the next.
    pub stride: [usize; 2],
    /// Positions of the input from one tap to the next.
    pub dilation: [usize; 2],
    /// Positions in front of the image.
    pub before: [usize; 2],
}

impl Window {
    /// The one position that reads the whole image.
    pub fn whole(input: [usize; 2]) -> Self {
        Self {
            input,
            output: [1, 1],
            kernel: input,
            stride: [1, 1],
            dilation: [1, 1],
            before: [0, 0],
        }
    }

    /// A window of one tap at every position.
    pub fn point(input: [usize; 2]) -> Self {
        Self {
            input,
            output: input,
            kernel: [1, 1],
            stride: [1, 1],
            dilation: [1, 1],
            before: [0, 0],
        }
    }

    /// The number of taps.
    pub fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// The number of output positions.
    pub fn positions(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Whether an input of so many channels has `from` elements, and an output of so many `to`.
    pub fn fits(&self, channels: usize, outputs: usize, from: usize, to: usize) -> bool {
        from == self.input[0] * self.input[1] * channels && to == self.positions() * outputs
    }

    /// Whether there is one tap, which lies on the image at every output position: what it sees needs no
    /// copy.
    pub fn is_pixelwise(&self) -> bool {
        let inside = |axis: usize| (self.output[axis] - 1) * self.stride[axis] < self.input[axis];
        self.kernel == [1, 1] && self.before == [0, 0] && inside(0) && inside(1)
    }

    /// The position of the input under each tap of an output position, in the order of the taps;
    /// `None` for padding.
    pub fn under(&self, y: usize, x: usize) -> impl Iterator<Item = Option<usize>> + '_ {
        let at = move |axis: usize, output: usize, tap: usize| {
            (output * self.stride[axis] + tap * self.dilation[axis])
                .checked_sub(self.before[axis])
                .filter(|&position| position < self.input[axis])
        };
        (0..self.kernel[0]).flat_map(move |ky| {
            (0..self.kernel[1]).map(move |kx| Some(at(0, y, ky)? * self.input[1] + at(1, x, kx)?))
        })
    }
}

/// An image in another frame: rows and columns cut off, positions repeated, borders added; height first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Positions of the input.
    pub input: [usize; 2],
    /// Positions of the output.
    pub output: [usize; 2],
    /// Positions of the input in front of the first one that is seen.
    pub cut: [usize; 2],
    /// Positions of the output in front of the image.
    pub before: [usize; 2],
    /// Positions of the output for each that is seen.
    pub repeat: [usize; 2],
}

impl Frame {
    /// The position of the input that an output position shows; `None` for a border.
    pub fn shows(&self, y: usize, x: usize) -> Option<usize> {
        let at = |axis: usize, output: usize| {
            let position = output.checked_sub(self.before[axis])? / self.repeat[axis];
            Some(position + self.cut[axis]).filter(|&position| position < self.input[axis])
        };
        Some(at(0, y)? * self.input[1] + at(1, x)?)
    }

    /// The positions of the input that the output shows, one after the other.
    pub fn shown(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        let [height, width] = self.output;
        (0..height).flat_map(move |y| (0..width).map(move |x| self.shows(y, x)))
    }

    /// Whether borders are all that it adds.
    pub fn only_pads(&self) -> bool {
        self.cut == [0, 0] && self.repeat == [1, 1]
    }
}
