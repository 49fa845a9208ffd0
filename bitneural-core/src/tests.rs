//! Small models for the tests of the stages: parts of a file that a test changes before it is read.

use serde_json::{Value, json};

use crate::error::Errors;
use crate::graph::Graph;
use crate::network::Network;
use crate::options::Options;
use crate::plan::{Optimize, Plan, plan};
use crate::writer::{NamedTensor, TensorData, model_bytes};
use crate::{compile, graph, passes, quantize, source};

/// A model file in parts.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) metadata: Value,
    pub(crate) tensors: Vec<NamedTensor>,
}

/// Floats with axes and a name.
pub(crate) fn floats(name: &str, shape: &[usize], values: &[f32]) -> NamedTensor {
    NamedTensor {
        name: name.to_owned(),
        shape: shape.to_vec(),
        data: TensorData::F32(values.to_vec()),
    }
}

/// Trits (or what should be trits) with axes and a name.
pub(crate) fn trits(name: &str, shape: &[usize], values: &[i8]) -> NamedTensor {
    NamedTensor {
        name: name.to_owned(),
        shape: shape.to_vec(),
        data: TensorData::I8(values.to_vec()),
    }
}

/// `[2, 3]` → flatten → `fc1`, 4 outputs, I8 trits → `act`, a relu → `fc2`, 2 outputs, F32 weights → softmax.
pub(crate) fn mlp() -> Model {
    let metadata = json!({
        "version": 1, "name": "mlp", "layout": "keras",
        "inputs": [{"id": "x", "shape": [2, 3], "range": [-1.0, 1.0], "range_kind": "declared"}],
        "outputs": ["probabilities"],
        "layers": [
            {"id": "flatten", "type": "flatten"},
            {"id": "fc1", "type": "dense", "units": 4, "range": [-2.0, 2.0], "samples": 40,
             "tensors": {"kernel": "fc1/kernel", "scale": "fc1/scale", "bias": "fc1/bias"}},
            {"id": "act", "type": "relu", "range": [0.0, 2.0], "samples": 40},
            {"id": "fc2", "type": "dense", "units": 2, "range": [-3.0, 2.0], "samples": 40,
             "tensors": {"kernel": "fc2/kernel"}},
            {"id": "probabilities", "type": "softmax"},
        ],
    });
    #[rustfmt::skip]
    let kernel = [
        1, 0, -1, 1,
        0, 1, -1, 0,
        1, 1, 0, -1,
        0, 0, 1, 1,
        -1, 0, 1, 0,
        1, -1, 0, 1,
    ];
    Model {
        metadata,
        tensors: vec![
            trits("fc1/kernel", &[6, 4], &kernel),
            floats("fc1/scale", &[4], &[0.5, 0.25, 0.75, 0.5]),
            floats("fc1/bias", &[4], &[0.1, -0.1, 0.0, 0.2]),
            floats(
                "fc2/kernel",
                &[4, 2],
                &[0.9, -0.1, 0.05, 0.8, -0.7, 0.6, 0.3, -1.0],
            ),
        ],
    }
}

/// `[6, 5, 4]` → `conv`, 3×3 in two groups, stride 2, 4 channels, F32 → `norm` → `act`, leaky → `pool`, the
/// largest of 2×2 → `deep`, depthwise 2×2, I8 codes → `mean` of 2×2, stride 1 → `top`, the largest of all → `fc`,
/// 2 outputs.
pub(crate) fn images() -> Model {
    let ranged = |mut layer: Value, low: f64, high: f64| {
        layer["range"] = json!([low, high]);
        layer["samples"] = json!(40);
        layer
    };
    let conv = json!({
        "id": "conv", "type": "conv2d", "kernel": 3, "stride": 2, "padding": "same", "groups": 2,
        "tensors": {"kernel": "conv/kernel"},
    });
    let norm = json!({
        "id": "norm", "type": "batch_norm", "epsilon": 0.25,
        "tensors": {"gamma": "norm/gamma", "mean": "norm/mean", "variance": "norm/variance"},
    });
    let deep = json!({
        "id": "deep", "type": "depthwise_conv2d", "kernel": 2, "padding": "same", "weights": "int8",
        "tensors": {"kernel": "deep/kernel", "scale": "deep/scale"},
    });
    let mean = json!({
        "id": "mean", "type": "average_pool2d", "pool": 2, "stride": 1, "padding": "same",
    });
    let fc = json!({"id": "fc", "type": "dense", "tensors": {"kernel": "fc/kernel"}});
    let layers = json!([
        ranged(conv, -4.0, 4.0),
        ranged(norm, -4.0, 4.0),
        ranged(json!({"id": "act", "type": "leaky_relu", "slope": 0.25}), -1.0, 4.0),
        {"id": "pool", "type": "max_pool2d", "pool": 2, "stride": 1},
        ranged(deep, -3.0, 3.0),
        ranged(mean, -3.0, 3.0),
        {"id": "top", "type": "global_max_pool2d"},
        ranged(fc, -5.0, 5.0),
    ]);
    let wave = |count: usize| -> Vec<f32> {
        (0..count)
            .map(|at| ((at * 5) % 9) as f32 / 4.0 - 1.0)
            .collect()
    };
    let mut model = bare("keras", &[6, 5, 4], layers);
    model.tensors = vec![
        floats("conv/kernel", &[3, 3, 2, 4], &wave(72)),
        floats("norm/gamma", &[4], &[1.0, -0.5, 2.0, -1.0]),
        floats("norm/mean", &[4], &[0.25, -0.5, 0.0, 1.0]),
        floats("norm/variance", &[4], &[0.75, 2.0, 3.75, 0.0]),
        trits(
            "deep/kernel",
            &[2, 2, 4, 1],
            &[
                127, -3, 50, 0, -127, 9, 0, 80, 64, 64, -1, -80, 5, -100, 30, 1,
            ],
        ),
        floats("deep/scale", &[4], &[0.01, 0.02, 0.005, 0.01]),
        floats("fc/kernel", &[4, 2], &wave(8)),
    ];
    model
}

/// Only layers without tensors, on an input of `shape`.
pub(crate) fn bare(layout: &str, shape: &[usize], layers: Value) -> Model {
    let last = layers.as_array().and_then(|layers| layers.last());
    let output = last.map_or(Value::Null, |layer| layer["id"].clone());
    Model {
        metadata: json!({
            "version": 1, "name": "bare", "layout": layout,
            "inputs": [{"id": "x", "shape": shape, "range": [-1.0, 1.0], "range_kind": "declared"}],
            "outputs": [output], "layers": layers,
        }),
        tensors: Vec::new(),
    }
}

impl Model {
    /// The same, with `value` in place of what `pointer` (RFC 6901) points at; a last part that is
    /// not there yet is added.
    pub(crate) fn with(mut self, pointer: &str, value: Value) -> Self {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer with a slash");
        let parent = self.metadata.pointer_mut(parent).expect("a parent");
        match parent {
            Value::Array(items) => items[key.parse::<usize>().expect("an index")] = value,
            parent => parent[key] = value,
        }
        self
    }

    /// The same, without the field that `pointer` points at.
    pub(crate) fn without(mut self, pointer: &str) -> Self {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer with a slash");
        let parent = self.metadata.pointer_mut(parent).expect("a parent");
        let removed = parent.as_object_mut().and_then(|fields| fields.remove(key));
        assert!(removed.is_some(), "{pointer} is not there");
        self
    }

    /// The same, with this tensor in place of the one of its name, or added.
    pub(crate) fn with_tensor(mut self, tensor: NamedTensor) -> Self {
        self.tensors.retain(|known| known.name != tensor.name);
        self.tensors.push(tensor);
        self
    }

    /// The same, without a tensor.
    pub(crate) fn without_tensor(mut self, name: &str) -> Self {
        self.tensors.retain(|known| known.name != name);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        model_bytes(&self.metadata, &self.tensors).expect("shapes fit elements")
    }

    /// The graph as it is built.
    pub(crate) fn built(&self) -> Result<Graph, Errors> {
        graph::build(&source::read(&self.bytes())?)
    }

    /// The graph behind the passes.
    pub(crate) fn graph(&self) -> Result<Graph, Errors> {
        let mut graph = compile::float_network(&source::read(&self.bytes())?, &Options::default())?;
        passes::run(&mut graph).expect("no pass breaks an invariant");
        Ok(graph)
    }

    pub(crate) fn network(&self) -> Result<Network, Errors> {
        quantize::quantize(&self.graph()?)
    }

    pub(crate) fn plan(&self, optimize: Optimize) -> Plan {
        plan(&self.network().expect("a valid model"), optimize)
    }
}

/// Each problem as `place: what`, for comparisons.
pub(crate) fn problems(errors: &Errors) -> Vec<String> {
    errors
        .iter()
        .map(|error| format!("{}: {}", error.location, error.kind))
        .collect()
}
