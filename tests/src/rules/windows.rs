//! Windows: how far a kernel is moved over an image, what lies in front of it, and which are refused.

use bitneural_core::error::Errors;
use bitneural_core::graph::{self, NodeKind};
use bitneural_core::shape;
use bitneural_core::source;
use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Session;
use super::graphs::refusal;
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
    #[serde(default)]
    pool: bool,
    output: Option<usize>,
    before: Option<usize>,
    after: Option<usize>,
    error: Option<String>,
}

impl Session {
    /// By model files whose only layer is a convolution of one row, then of one column; or a pool of each
    /// kind.
    pub(super) fn windows(&mut self, case: &Raw) {
        let given: Padding = case.read();
        let types: &[&str] = match given.pool {
            true => &["max_pool2d", "average_pool2d"],
            false => &["conv2d"],
        };
        for (axis, layer) in [0, 1]
            .into_iter()
            .flat_map(|axis| types.iter().map(move |layer| (axis, layer)))
        {
            let window = match (window(&given, axis, layer), &given.error) {
                (Ok(window), None) => window,
                (found, expected) => {
                    let problem = found.as_ref().err().and_then(|errors| errors.iter().next());
                    let refusal = problem.map(|problem| refusal(&problem.kind));
                    self.compiler(case, "error", &[expected], &[&refusal]);
                    let place = problem.and_then(|problem| problem.location.layer.as_deref());
                    self.compiler(case, "the layer of the error", &[Some(LAYER)], &[place]);
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

/// The `id` of the layer.
const LAYER: &str = "sees";

/// The window that the compiler makes of the case along an axis, in a layer of this type; the other axis has a
/// single position.
fn window(given: &Padding, axis: usize, layer: &str) -> Result<shape::Window, Errors> {
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
    let mut fields =
        json!({"id": LAYER, "type": layer, "stride": along(given.stride, 1), "padding": padding});
    let mut tensors = Vec::new();
    if given.pool {
        assert_eq!(given.dilation, 1, "no file has a dilated pool");
        fields["pool"] = json!([height, width]);
    } else {
        fields["kernel"] = json!([height, width]);
        fields["dilation"] = json!(along(given.dilation, 1));
        fields["tensors"] = json!({"kernel": "kernel"});
        tensors.push(NamedTensor {
            name: "kernel".to_owned(),
            shape: vec![height, width, 1, 1],
            data: TensorData::F32(vec![1.0; given.kernel]),
        });
    }
    let [rows, columns] = along(given.input, 1);
    let metadata = json!({
        "version": 1, "name": "window", "layout": "keras", "outputs": [LAYER],
        "inputs": [{"id": "x", "shape": [rows, columns, 1], "bits": 8, "range": [0, 1], "range_kind": "declared"}],
        "layers": [fields],
    });
    let bytes = model_bytes(&metadata, &tensors).expect("a shape that fits");
    let graph = graph::build(&source::read(&bytes)?)?;
    match &graph.nodes[..] {
        [node] => match &node.kind {
            NodeKind::Conv(conv) => Ok(conv.window),
            NodeKind::Pool(pool) => Ok(pool.window),
            other => panic!("a convolution or a pool, not {other:?}"),
        },
        nodes => panic!("one node, not {nodes:?}"),
    }
}
