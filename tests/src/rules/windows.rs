//! Windows: how far a kernel is moved over an image, and what lies in front of it.

use bitneural_core::error::Errors;
use bitneural_core::graph::{self, NodeKind};
use bitneural_core::shape;
use bitneural_core::source;
use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Session;
use super::graphs::refusal_of;
use crate::spec::raw::Raw;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Padding {
    input: usize,
    kernel: usize,
    stride: usize,
    dilation: usize,
    mode: String,
    explicit: Option<[usize; 2]>,
    output: Option<usize>,
    before: Option<usize>,
    after: Option<usize>,
    error: Option<String>,
}

impl Session {
    /// By model files whose only layer is a convolution of one row, then of one column.
    pub(super) fn windows(&mut self, case: &Raw) {
        let given: Padding = case.read();
        for axis in [0, 1] {
            let window = match (window(&given, axis), &given.error) {
                (Ok(window), None) => window,
                (found, expected) => {
                    let found = found.as_ref().err().map(refusal_of);
                    self.compiler(case, "error", &[expected], &[&found]);
                    continue;
                }
            };
            let (output, before) = (window.output[axis], window.before[axis]);
            let after = match given.explicit {
                // As given: the window may not reach so far.
                Some([_, after]) => after,
                None => {
                    let last = (output - 1) * given.stride + (given.kernel - 1) * given.dilation;
                    (last + 1).saturating_sub(before + given.input)
                }
            };
            let expected = [given.output, given.before, given.after];
            let found = [output, before, after].map(Some);
            self.compiler(case, "output, before and after", &expected, &found);
            let other = 1 - axis;
            let other = [window.output[other], window.before[other]];
            self.compiler(case, "the other axis", &[1, 0], &other);
        }
    }
}

/// The window that the compiler makes of the case along an axis; the other one has a single position.
fn window(given: &Padding, axis: usize) -> Result<shape::Window, Errors> {
    let along = |number: usize, other: usize| {
        let mut pair = [other; 2];
        pair[axis] = number;
        pair
    };
    let padding = match (given.mode.as_str(), given.explicit) {
        ("valid" | "same", None) => Value::from(given.mode.as_str()),
        ("explicit", Some(sides)) => {
            let mut both = [[0, 0]; 2];
            both[axis] = sides;
            json!(both)
        }
        (mode, sides) => panic!("no padding {mode} with {sides:?}"),
    };
    let [height, width] = along(given.kernel, 1);
    let kernel = NamedTensor {
        name: "kernel".to_owned(),
        shape: vec![height, width, 1, 1],
        data: TensorData::F32(vec![1.0; given.kernel]),
    };
    let [rows, columns] = along(given.input, 1);
    let metadata = json!({
        "version": 1, "name": "window", "layout": "keras", "outputs": ["conv"],
        "inputs": [{"id": "x", "shape": [rows, columns, 1], "bits": 8, "range": [0, 1], "range_kind": "declared"}],
        "layers": [{
            "id": "conv", "type": "conv2d", "kernel": [height, width], "stride": along(given.stride, 1),
            "dilation": along(given.dilation, 1), "padding": padding, "tensors": {"kernel": "kernel"},
        }],
    });
    let bytes = model_bytes(&metadata, &[kernel]).expect("a shape that fits");
    let graph = graph::build(&source::read(&bytes)?)?;
    match &graph.nodes[..] {
        [node] => match &node.kind {
            NodeKind::Conv(conv) => Ok(conv.window),
            other => panic!("a convolution, not {other:?}"),
        },
        nodes => panic!("one node, not {nodes:?}"),
    }
}
