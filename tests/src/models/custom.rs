//! Random layers of the tests' own: which one, and what the file says of it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::file::Builder;

/// A layer of one value.
#[derive(Debug, Clone)]
pub struct Custom {
    /// Its name in the file.
    name: &'static str,
    /// Numbers that are handed to it.
    parameters: Vec<f32>,
}

pub(super) fn custom() -> impl Strategy<Value = Custom> {
    let parameters = prop::collection::vec(-9.0..9.0_f32, 0..4);
    let name = prop_oneof![3 => Just("stamp"), 1 => Just("pairs")];
    (name, parameters).prop_map(|(name, parameters)| Custom { name, parameters })
}

/// A layer of two or three values.
pub(super) fn join(inputs: usize) -> Value {
    match inputs {
        // Its parameter is a threshold of one code.
        2 => json!({ "type": "custom", "name": "mask", "parameters": [0.5] }),
        _ => json!({ "type": "custom", "name": "mean" }),
    }
}

impl Builder<'_> {
    pub(super) fn custom(&mut self, custom: &Custom) {
        let mut layer = json!({ "type": "custom", "name": custom.name });
        if !custom.parameters.is_empty() {
            layer["parameters"] = json!(custom.parameters);
        }
        if custom.name == "pairs" {
            let channels = self.shape.len() - 1;
            self.shape[channels] = self.shape[channels].div_ceil(2);
            // A sequence is an image of one row, of which the file has no axis.
            let hidden = usize::from(self.is_sequence() && self.shape.len() == 3);
            let mut shape = self.shape[hidden..].to_vec();
            if self.torch() {
                shape.rotate_right(1);
            }
            layer["shape"] = json!(shape);
        }
        self.push(layer);
    }
}
