//! Layers as Keras lists them → layers of a model file.

use serde_json::{Map, Value, json};

use crate::Result;

/// A layer of a model file.
pub(crate) struct Layer {
    /// Its fields but for `weights` and `tensors`.
    pub(crate) fields: Map<String, Value>,
    /// The tensors that it reads: what they are to it, and their names.
    pub(crate) tensors: Vec<(&'static str, String)>,
    /// How many of the last axes of its kernel are outputs; 0 for a layer without a kernel.
    pub(crate) output_axes: usize,
}

/// The layers of an architecture, a list of JSON objects.
pub(crate) fn layers(architecture: &str) -> Result<Vec<Layer>> {
    let list: Vec<Map<String, Value>> = serde_json::from_str(architecture)?;
    let is_input = |layer: &Map<String, Value>| layer["class"] == "InputLayer";
    let layers = list.iter().filter(|layer| !is_input(layer)).map(layer);
    layers.collect()
}

/// Fields that have another name in a model file, and those that have the same.
const FIELDS: [(&str, &str); 11] = [
    ("name", "id"),
    ("kernel_size", "kernel"),
    ("pool_size", "pool"),
    ("strides", "stride"),
    ("dilation_rate", "dilation"),
    ("depth_multiplier", "multiplier"),
    ("filters", "filters"),
    ("units", "units"),
    ("padding", "padding"),
    ("epsilon", "epsilon"),
    ("rate", "rate"),
];

fn layer(layer: &Map<String, Value>) -> Result<Layer> {
    let word = |field: &str| layer.get(field).and_then(Value::as_str).unwrap_or_default();
    let name = word("name");
    let activation = word("activation");
    let (kind, tensors, output_axes): (_, &[_], _) = match word("class") {
        "Conv2D" => ("conv2d", &["kernel", "bias"], 1),
        "DepthwiseConv2D" => ("depthwise_conv2d", &["kernel", "bias"], 2),
        "Dense" => ("dense", &["kernel", "bias"], 1),
        "BatchNormalization" => ("batch_norm", &["gamma", "beta", "mean", "variance"], 0),
        "MaxPooling2D" => ("max_pool2d", &[], 0),
        "AveragePooling2D" => ("average_pool2d", &[], 0),
        "Flatten" => ("flatten", &[], 0),
        "Dropout" => ("dropout", &[], 0),
        "Activation" if activation == "relu" => ("relu", &[], 0),
        other => {
            return Err(format!("layer {name}: {other} {activation} has no counterpart").into());
        }
    };
    let mut fields = Map::new();
    for (theirs, ours) in FIELDS {
        if let Some(value) = layer.get(theirs) {
            fields.insert(ours.to_owned(), value.clone());
        }
    }
    fields.insert("type".to_owned(), json!(kind));
    if output_axes > 0 {
        fields.insert("activation".to_owned(), json!(activation));
    }
    let has_bias = layer.get("use_bias") != Some(&json!(false));
    let tensors = tensors.iter().filter(|&&role| role != "bias" || has_bias);
    let tensors = tensors.map(|&role| match role {
        "mean" | "variance" => (role, format!("{name}/moving_{role}")),
        _ => (role, format!("{name}/{role}")),
    });
    Ok(Layer {
        fields,
        tensors: tensors.collect(),
        output_axes,
    })
}
