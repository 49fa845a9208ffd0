//! The windows that convolutions and pools look through.

/// Height and width. A single number stands for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Along the first axis.
    pub height: usize,
    /// Along the second axis.
    pub width: usize,
}

impl Extent {
    /// One position.
    pub(crate) const ONE: Self = Self {
        height: 1,
        width: 1,
    };

    /// What lies along time, which is an image of height 1.
    pub(crate) fn along_time(width: usize) -> Self {
        Self { height: 1, width }
    }
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

/// How the borders are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Padding {
    /// They are not: only where the whole kernel lies inside of the input.
    Valid,
    /// ⌈input / stride⌉ outputs; if the padding is odd, the larger half comes last.
    Same,
    /// As many outputs, all of the padding in front: no output sees what comes after it.
    Causal,
}

/// What moves over an image, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taps {
    pub(crate) kernel: Extent,
    /// Positions from one output to the next.
    pub(crate) stride: Extent,
    /// Positions from one tap to the next.
    pub(crate) dilation: Extent,
    pub(crate) padding: Padding,
}

impl Taps {
    /// Those of a pool: one beside the other, none of them on padding.
    pub(crate) fn pool(pool: Extent) -> Self {
        Self {
            kernel: pool,
            stride: pool,
            dilation: Extent::ONE,
            padding: Padding::Valid,
        }
    }

    /// Where they come to lie on an input of this size; `None` if they fit nowhere or an extent is 0.
    pub(crate) fn on(self, input: Extent) -> Option<Window> {
        let Self {
            kernel,
            stride,
            dilation,
            padding,
        } = self;
        let rows = Axis {
            kernel: kernel.height,
            stride: stride.height,
            dilation: dilation.height,
        };
        let columns = Axis {
            kernel: kernel.width,
            stride: stride.width,
            dilation: dilation.width,
        };
        let (height, [top, bottom]) = rows.on(padding, input.height)?;
        let (width, [left, right]) = columns.on(padding, input.width)?;
        Some(Window {
            kernel,
            stride,
            dilation,
            padding: [top, bottom, left, right],
            input,
            output: Extent { height, width },
        })
    }
}

/// A kernel that moves over an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) kernel: Extent,
    pub(crate) stride: Extent,
    pub(crate) dilation: Extent,
    /// Rows and columns of zeros: top, bottom, left, right.
    pub(crate) padding: [usize; 4],
    pub(crate) input: Extent,
    pub(crate) output: Extent,
}

/// [`Taps`] along one axis.
#[derive(Debug, Clone, Copy)]
struct Axis {
    kernel: usize,
    stride: usize,
    dilation: usize,
}

impl Axis {
    /// Outputs, and padding in front and behind.
    fn on(self, padding: Padding, input: usize) -> Option<(usize, [usize; 2])> {
        if self.kernel == 0 || self.stride == 0 || self.dilation == 0 || input == 0 {
            return None;
        }
        let span = (self.kernel - 1) * self.dilation + 1;
        let output = input.div_ceil(self.stride);
        match padding {
            Padding::Valid => Some((input.checked_sub(span)? / self.stride + 1, [0, 0])),
            Padding::Same => {
                let total = ((output - 1) * self.stride + span).saturating_sub(input);
                Some((output, [total / 2, total - total / 2]))
            }
            Padding::Causal => Some((output, [span - 1, 0])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_those_of_keras() {
        use Padding::{Causal, Same, Valid};
        // Kernel, stride, dilation, padding, input; outputs, padding in front, behind.
        for (kernel, stride, dilation, padding, input, expected) in [
            (5, 2, 1, Same, 28, Some((14, [1, 2]))),
            (3, 2, 1, Same, 14, Some((7, [0, 1]))),
            (3, 2, 1, Same, 7, Some((4, [1, 1]))),
            (3, 1, 1, Same, 7, Some((7, [1, 1]))),
            (3, 1, 2, Same, 7, Some((7, [2, 2]))),
            (1, 2, 1, Same, 8, Some((4, [0, 0]))),
            (3, 1, 1, Valid, 7, Some((5, [0, 0]))),
            (3, 1, 3, Valid, 7, Some((1, [0, 0]))),
            (2, 2, 1, Valid, 5, Some((2, [0, 0]))),
            (3, 1, 1, Causal, 7, Some((7, [2, 0]))),
            (3, 2, 4, Causal, 7, Some((4, [8, 0]))),
            (3, 1, 1, Valid, 2, None),
            (3, 1, 4, Valid, 8, None),
            (0, 1, 1, Same, 2, None),
            (1, 0, 1, Valid, 2, None),
            (1, 1, 0, Valid, 2, None),
        ] {
            let axis = Axis {
                kernel,
                stride,
                dilation,
            };
            assert_eq!(
                axis.on(padding, input),
                expected,
                "{axis:?}, {padding:?}, {input}"
            );
        }
    }
}
