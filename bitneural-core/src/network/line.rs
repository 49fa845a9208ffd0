//! Lines: what a network of frames keeps of the frames before.

use super::{Element, Tensor};

/// The last frames of a value, the oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Line {
    /// How many.
    pub frames: usize,
    /// Elements of a frame.
    pub width: usize,
    /// What stands for the frames before the first one.
    pub fill: Fill,
}

/// What stands for frames that never came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fill {
    /// What stands for 0.
    Zero,
    /// The smallest value that there is.
    Lowest,
}

impl Line {
    /// The 32-bit words of which the line consists before the first frame: one value, four, two or one time.
    pub fn word(&self, tensor: &Tensor) -> u32 {
        let code = match self.fill {
            Fill::Zero => tensor.zero_point,
            Fill::Lowest => tensor.element.bounds().0,
        };
        match tensor.element {
            Element::U8 => (code as u32 & 0xff) * 0x0101_0101,
            Element::U16 | Element::I16 => (code as u32 & 0xffff) * 0x0001_0001,
            Element::F32 => match self.fill {
                Fill::Zero => 0,
                Fill::Lowest => f32::NEG_INFINITY.to_bits(),
            },
        }
    }
}
