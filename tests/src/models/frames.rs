//! Random changes of shape: borders, cuts, repeated positions, other axes.

use proptest::prelude::*;
use serde_json::{Value, json};

/// What becomes of an image, before it is known what it is: sizes are cut to fit.
#[derive(Debug, Clone)]
pub enum Frame {
    /// Zeros around it.
    Pad([[usize; 2]; 2]),
    /// Borders cut off.
    Crop([[usize; 2]; 2]),
    /// Positions repeated.
    Upsample([usize; 2]),
    /// Its first two axes exchanged, where no value moves.
    Permute,
    /// Other extents for the same values.
    Reshape,
}

pub(super) fn frame() -> impl Strategy<Value = Frame> {
    let sides = || {
        let side = || (0..3_usize, 0..3_usize).prop_map(|(a, b)| [a, b]);
        (side(), side()).prop_map(|(h, w)| [h, w])
    };
    prop_oneof![
        3 => sides().prop_map(Frame::Pad),
        3 => sides().prop_map(Frame::Crop),
        2 => (1..4_usize, 1..3_usize).prop_map(|(h, w)| Frame::Upsample([h, w])),
        1 => Just(Frame::Permute),
        1 => Just(Frame::Reshape),
    ]
}

impl Frame {
    /// The record of the layer and the shape of its output; `None` where the image does not allow it.
    pub(super) fn record(
        &self,
        shape: [usize; 3],
        is_sequence: bool,
        torch: bool,
    ) -> Option<(Value, [usize; 3])> {
        let [height, width, channels] = shape;
        let moves_nothing = !torch || channels == 1 || height * width == 1;
        match self {
            Frame::Pad(sides) => {
                let mut sides = *sides;
                if is_sequence {
                    sides[0] = [0, 0];
                }
                let size = |axis: usize| shape[axis] + sides[axis][0] + sides[axis][1];
                let record = json!({ "type": "zero_pad2d", "padding": sides });
                Some((record, [size(0), size(1), channels]))
            }
            Frame::Crop(sides) => {
                let mut sides = *sides;
                for axis in 0..2 {
                    let most = shape[axis] - 1;
                    sides[axis][0] = sides[axis][0].min(most);
                    sides[axis][1] = sides[axis][1].min(most - sides[axis][0]);
                }
                let size = |axis: usize| shape[axis] - sides[axis][0] - sides[axis][1];
                let record = json!({ "type": "crop2d", "cropping": sides });
                Some((record, [size(0), size(1), channels]))
            }
            // Several of them would not fit the arena of the tests.
            Frame::Upsample(_) if height * width > 64 => None,
            Frame::Upsample([rows, columns]) => {
                let rows = if is_sequence { 1 } else { *rows };
                let record = json!({ "type": "upsample2d", "size": [rows, columns] });
                Some((record, [height * rows, width * columns, channels]))
            }
            Frame::Permute if is_sequence || height.min(width) > 1 => None,
            Frame::Permute => {
                let dims = if torch { [1, 3, 2] } else { [2, 1, 3] };
                let record = json!({ "type": "permute", "dims": dims });
                Some((record, [width, height, channels]))
            }
            Frame::Reshape if !moves_nothing || torch && is_sequence && channels > 1 => None,
            Frame::Reshape if is_sequence => {
                let record = json!({ "type": "reshape", "shape": [-1, width] });
                let new = if torch {
                    [1, width, channels]
                } else {
                    [1, channels, width]
                };
                Some((record, new))
            }
            Frame::Reshape => {
                let axes = if torch {
                    [channels, width, height]
                } else {
                    [width, height, channels]
                };
                let record = json!({ "type": "reshape", "shape": axes });
                Some((record, [width, height, channels]))
            }
        }
    }
}
