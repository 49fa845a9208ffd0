//! Random windows, cut so that they fit what they slide over.

use serde_json::{Value, json};

use super::layers::{Padding, Window};

/// What a window slides over.
pub(super) struct Over {
    /// Height and width.
    pub(super) shape: [usize; 2],
    /// Whether it is a sequence, of height 1.
    pub(super) is_sequence: bool,
    /// Whether the file is in the torch layout.
    pub(super) torch: bool,
}

impl Over {
    /// The fields of a window, cut so that it fits, and the positions of its output.
    pub(super) fn fit(&self, window: &Window, key: &str) -> (Value, [usize; 2]) {
        let (mut kernel, mut dilation) = (window.kernel, window.dilation);
        let mut strides = window.stride;
        let mut sides = [[0; 2]; 2];
        let mut output = [0; 2];
        let same = matches!(window.padding, Some(Padding::Same));
        for axis in 0..2 {
            let input = self.shape[axis];
            if axis == 0 && self.is_sequence {
                (kernel[0], dilation[0], strides[0], output[0]) = (1, 1, 1, 1);
                continue;
            }
            if let Some(Padding::Explicit(explicit)) = &window.padding {
                sides[axis] = explicit[axis].map(|side| side.min(kernel[axis] - 1));
            }
            if matches!(window.padding, Some(Padding::Causal)) {
                sides[axis] = [dilation[axis] * (kernel[axis] - 1), 0];
            }
            let room = input + sides[axis][0] + sides[axis][1];
            if !same && dilation[axis] * (kernel[axis] - 1) + 1 > room {
                (kernel[axis], dilation[axis], sides[axis]) = (kernel[axis].min(input), 1, [0, 0]);
            }
            let stride = strides[axis];
            let reach = dilation[axis] * (kernel[axis] - 1) + 1;
            if same {
                output[axis] = input.div_ceil(stride);
                let total = ((output[axis] - 1) * stride + reach).saturating_sub(input);
                sides[axis] = [total / 2, total - total / 2];
            } else {
                let room = input + sides[axis][0] + sides[axis][1];
                output[axis] = (room - reach) / stride + 1;
                // The last window must see the image, which a pool demands.
                let last = (output[axis] - 1) * stride;
                if last >= input + sides[axis][0] {
                    sides[axis][1] = 0;
                    output[axis] = (input + sides[axis][0]).saturating_sub(reach) / stride + 1;
                }
            }
        }
        let padding = match (&window.padding, same) {
            (_, true) if !self.torch || strides == [1, 1] => json!("same"),
            (None, _) => json!("valid"),
            _ => json!(sides),
        };
        let fields = json!({
            key: kernel, "stride": strides, "dilation": dilation, "padding": padding,
        });
        (fields, output)
    }
}
