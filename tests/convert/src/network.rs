//! The model file: float as it was trained, then quantized with the ranges that are seen.

use bitneural_core::graph::{self, Node, NodeKind};
use bitneural_core::options::Options;
use bitneural_core::reference::float;
use bitneural_core::ternarize::Precision;
use bitneural_core::writer::{NamedTensor, TensorData, model_bytes, with_ranges};
use bitneural_core::{calibrate, compile, source};
use serde_json::{Value, json};

use crate::keras::Layer;
use crate::source::Source;
use crate::{Framework, Model, Result, kernels};

/// What a model file says of the network; the layers without their tensors.
pub(crate) struct Metadata<'a> {
    /// All but `layers`.
    head: Value,
    layers: &'a [Layer],
}

pub(crate) fn metadata<'a>(
    model: &Model,
    layers: &'a [Layer],
    labels: Vec<String>,
) -> Metadata<'a> {
    let layout = match model.framework {
        Framework::Keras => "keras",
        Framework::Torch(_) => "torch",
    };
    let mut input =
        json!({"id": "input", "shape": model.shape, "mean": model.mean, "std": model.std});
    if let Some(bounds) = model.bounds {
        let range = bounds.map(|bound| (bound - model.mean[0]) / model.std[0]);
        input["range"] = json!(range);
        input["range_kind"] = json!("declared");
    }
    // PyTorch's recurrent networks read time first.
    if layout == "torch" && model.shape.len() == 2 {
        input["channels"] = json!("last");
    }
    let last = layers.last().map(|layer| &layer.fields["id"]);
    let head = json!({
        "version": 1, "name": model.name, "layout": layout, "inputs": [input], "outputs": [last],
        "labels": labels,
    });
    Metadata { head, layers }
}

/// A model file with the kernels that `convert` makes of float ones.
fn file(
    metadata: &Metadata<'_>,
    weights: &Source,
    mut convert: impl FnMut(&Layer, &str, NamedTensor, &mut Value) -> Result<Vec<NamedTensor>>,
) -> Result<Vec<u8>> {
    let mut tensors = Vec::new();
    let mut layers = Vec::new();
    for layer in metadata.layers {
        let mut described = Value::Object(layer.fields.clone());
        // Reported by the compiler if it cannot do without.
        for (role, name) in layer.tensors.iter().filter(|(_, name)| weights.has(name)) {
            let tensor = NamedTensor {
                name: name.clone(),
                shape: layer.axes(&weights.tensor(name)?.shape),
                data: TensorData::F32(weights.floats(name)?),
            };
            described["tensors"][*role] = json!(name);
            tensors.extend(convert(layer, role, tensor, &mut described)?);
        }
        layers.push(described);
    }
    let mut all = metadata.head.clone();
    all["layers"] = Value::Array(layers);
    Ok(model_bytes(&all, &tensors)?)
}

/// What the float network makes of inputs, one after the other.
pub(crate) struct Outputs {
    pub(crate) logits: Vec<f32>,
    pub(crate) outputs: Vec<f32>,
}

/// Runs the network as it was trained.
pub(crate) fn float(
    metadata: &Metadata<'_>,
    weights: &Source,
    inputs: &[Vec<f32>],
) -> Result<Outputs> {
    let bytes = file(metadata, weights, |_, _, tensor, _| Ok(vec![tensor]))?;
    let graph = graph::build(&source::read(&bytes)?)?;
    let last = graph.outputs[0];
    let softmax = graph.nodes.last();
    let softmax = softmax.filter(|node| matches!(node.kind, NodeKind::Softmax(_)));
    let scores = softmax.map_or(last, Node::input);
    let (mut logits, mut outputs) = (Vec::new(), Vec::new());
    for input in inputs {
        let values = float::run(&graph, input);
        logits.extend(&values[scores.index()]);
        outputs.extend(&values[last.index()]);
    }
    Ok(Outputs { logits, outputs })
}

/// The model file with quantized kernels and the ranges seen on `inputs`, and what became of the kernels.
pub(crate) fn quantized(
    metadata: &Metadata<'_>,
    weights: &Source,
    inputs: &[Vec<f32>],
) -> Result<(Vec<u8>, String)> {
    let (mut ternary, mut int8) = (0, 0);
    let bytes = file(metadata, weights, |layer, role, tensor, described| {
        let TensorData::F32(values) = &tensor.data else {
            return Err("sources are floats".into());
        };
        let (weights, scale) = match role {
            "kernel" => ("weights", "scale"),
            "recurrent_kernel" => ("recurrent_weights", "recurrent_scale"),
            _ => return Ok(vec![tensor]),
        };
        let (outputs, order) = layer.outputs(&tensor.shape);
        let kernel = kernels::quantize(values, outputs, order);
        let word = match kernel.precision {
            Precision::Ternary => {
                ternary += 1;
                "ternary"
            }
            Precision::Int8 => {
                int8 += 1;
                "int8"
            }
        };
        let scales = NamedTensor {
            name: tensor
                .name
                .replace("/kernel", "/scale")
                .replace("/recurrent_kernel", "/recurrent_scale")
                .replace(".weight", ".scale"),
            shape: vec![outputs],
            data: TensorData::F32(kernel.scales),
        };
        described[weights] = json!(word);
        described["tensors"][scale] = json!(scales.name);
        let kernel = NamedTensor {
            data: TensorData::I8(kernel.values),
            ..tensor
        };
        Ok(vec![kernel, scales])
    })?;
    let graph = compile::float_network(&source::read(&bytes)?, &Options::default())?;
    let observed = calibrate::observe(&graph, inputs.iter().map(Vec::as_slice));
    let bytes = with_ranges(&bytes, &graph, &observed, inputs.len())?;
    Ok((
        bytes,
        format!("{ternary} ternary kernels, {int8} of 8 bits"),
    ))
}
