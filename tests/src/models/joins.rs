//! Values that several layers read, and layers that read several values.

use serde_json::{Value, json};

use super::custom;
use super::file::Builder;
use super::layers::{Branch, Branches, Grouping, Join, Padding, Weights, Window};

impl Builder<'_> {
    /// Joins the second input with the first.
    pub(super) fn second_input(&mut self, join: Join) {
        let inputs = ["x", "y"].map(str::to_owned).to_vec();
        self.join(join, inputs, "linear", None);
    }

    /// A layer of several inputs of the current shape.
    fn join(&mut self, join: Join, inputs: Vec<String>, activation: &str, axis: Option<usize>) {
        let count = inputs.len();
        let mut layer = match join {
            Join::All(kind) | Join::Two(kind) => json!({ "type": kind }),
            Join::Concat => json!({ "type": "concat" }),
            Join::Custom => custom::join(count),
        };
        match layer["type"].as_str() {
            Some("concat") => {
                // The shape has the channels last; the file may not.
                // A sequence is an image of one row, of which the file has no axis.
                let hidden = usize::from(self.is_sequence() && self.shape.len() == 3);
                let rank = self.shape.len() - hidden;
                let last = if self.torch() { 0 } else { rank - 1 };
                let named = axis.filter(|&axis| axis < rank);
                if let Some(axis) = named {
                    layer["axis"] = json!(axis);
                }
                let axis = named.unwrap_or(last);
                let axis = if self.torch() {
                    (axis + rank - 1) % rank
                } else {
                    axis
                };
                self.shape[hidden + axis] *= count;
            }
            Some("maximum" | "minimum" | "custom") => {}
            _ => layer["activation"] = json!(activation),
        }
        layer["inputs"] = json!(inputs);
        self.push(layer);
        // No output may be in the order of a flatten.
        if !self.pending {
            self.joined.push(self.current.clone());
        }
    }

    /// The inputs, of which one is given, and the outputs, when all layers are there.
    pub(super) fn ports(&mut self, mut input: Value) -> (Vec<Value>, Vec<String>) {
        let mut inputs = vec![input.clone()];
        if self.network.second.is_some() {
            input["id"] = json!("y");
            inputs.push(input);
        }
        let mut outputs = vec![self.current.clone()];
        let joined = self.joined.iter().filter(|&id| *id != self.current);
        outputs.extend(joined.take(self.network.outputs).cloned());
        if self.network.reversed {
            self.layers.reverse();
        }
        (inputs, outputs)
    }

    /// Branches of the current value, which join again.
    pub(super) fn branches(&mut self, branches: &Branches) {
        let value = self.current.clone();
        let mut inputs = vec![value.clone()];
        let most = match branches.join {
            Join::Two(_) => 1,
            // Large concats of concats take long.
            Join::Concat if self.shape.iter().product::<usize>() > 400 => return,
            Join::Concat | Join::Custom if self.pending => return,
            Join::Custom => 2,
            Join::All(_) | Join::Concat => 3,
        };
        for branch in branches.branches.iter().take(most) {
            self.current = value.clone();
            self.branch(branch, branches.join);
            inputs.push(self.current.clone());
        }
        let count = inputs.len();
        inputs.rotate_left(branches.first % count);
        self.join(branches.join, inputs, branches.activation, branches.axis);
    }

    /// Makes the current value what a branch makes of it.
    fn branch(&mut self, branch: &Branch, join: Join) {
        let repeats = matches!(
            join,
            Join::All("add" | "maximum" | "minimum") | Join::Two(_)
        );
        match branch {
            Branch::Itself => {}
            Branch::Means if repeats && self.shape.len() == 3 => {
                self.push(json!({ "type": "global_average_pool2d" }));
            }
            Branch::Weights(weights, shared) if !self.pending => self.same_shape(weights, *shared),
            Branch::Relu | Branch::Means | Branch::Weights(_, _) => {
                self.push(json!({ "type": "relu" }));
            }
        }
    }

    /// A layer with weights that keeps the shape, perhaps twice.
    fn same_shape(&mut self, weights: &Weights, shared: bool) {
        let shape = self.shape.clone();
        match shape[..] {
            [_, _, channels] => {
                let window = Window {
                    kernel: [3, 2],
                    stride: [1, 1],
                    dilation: [1, 1],
                    padding: Some(Padding::Same),
                };
                self.conv(&window, Grouping::One, channels, weights);
            }
            _ => self.dense(shape[0], weights),
        }
        if shared {
            let mut again: Value = self.layers[self.layers.len() - 1].clone();
            if let Some(fields) = again.as_object_mut() {
                fields.remove("inputs");
            }
            self.push(again);
        }
    }
}
