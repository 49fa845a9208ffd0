//! Layers as Keras lists them → layers of a model file.

use bitneural_core::ternarize::Order;
use serde_json::{Map, Value, json};

use crate::Result;

/// A layer of a model file.
pub(crate) struct Layer {
    /// Its fields but for `weights` and `tensors`.
    pub(crate) fields: Map<String, Value>,
    /// The tensors that it reads: what they are to it, and their names.
    pub(crate) tensors: Vec<(&'static str, String)>,
    /// How many of the last axes of its kernel are outputs, 0 for a layer without a kernel; `None` if the
    /// outputs come first, as in PyTorch.
    pub(crate) output_axes: Option<usize>,
    /// An axis of its kernel that the model file has not.
    pub(crate) without_axis: Option<usize>,
}

impl Layer {
    /// The axes of a tensor in the model file.
    pub(crate) fn axes(&self, source: &[usize]) -> Vec<usize> {
        let mut axes = source.to_vec();
        if let Some(axis) = self.without_axis
            && axes.len() == 4
        {
            axes.remove(axis);
        }
        axes
    }

    /// The number of outputs of a kernel, and where they stand.
    pub(crate) fn outputs(&self, kernel: &[usize]) -> (usize, Order) {
        match self.output_axes {
            Some(axes) => {
                let outputs = kernel[kernel.len() - axes..].iter().product();
                (outputs, Order::InputsFirst)
            }
            None => (kernel[0], Order::OutputsFirst),
        }
    }
}

/// The layers of an architecture, a list of JSON objects, for inputs of so many axes.
///
/// If they are two, the layers of images of width 1 become those along time.
pub(crate) fn layers(architecture: &str, axes: usize) -> Result<Vec<Layer>> {
    let list: Vec<Map<String, Value>> = serde_json::from_str(architecture)?;
    let is_input = |layer: &Map<String, Value>| layer["class"] == "InputLayer";
    let layers = list.iter().filter(|layer| !is_input(layer)).map(layer);
    let layers: Result<Vec<Layer>> = layers.collect();
    if axes == 2 {
        return layers?.into_iter().map(along_time).collect();
    }
    layers
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

/// A layer over images of width 1 as one along time.
fn along_time(mut layer: Layer) -> Result<Layer> {
    let kind = layer.fields["type"].as_str().unwrap_or_default();
    let Some(kind) = kind.strip_suffix("2d").map(|kind| format!("{kind}1d")) else {
        return Ok(layer);
    };
    for key in ["kernel", "pool", "stride", "dilation"] {
        if let Some(pair) = layer.fields.get_mut(key) {
            if pair[1] != 1 {
                return Err(format!("{kind}: a `{key}` of more than one column").into());
            }
            *pair = pair[0].take();
        }
    }
    layer.fields["type"] = json!(kind);
    layer.without_axis = Some(1);
    Ok(layer)
}

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
        "Normalization" => ("normalization", &["mean", "variance"], 0),
        "LSTM" => ("lstm", &["kernel", "recurrent_kernel", "bias"], 1),
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
    if layer.get("return_sequences") == Some(&json!(true)) {
        fields.insert("return_sequences".to_owned(), json!(true));
    }
    if output_axes > 0 {
        fields.insert("activation".to_owned(), json!(activation));
    }
    let has_bias = layer.get("use_bias") != Some(&json!(false));
    let tensors = tensors.iter().filter(|&&role| role != "bias" || has_bias);
    let tensors = tensors.map(|&role| match (kind, role) {
        ("batch_norm", "mean" | "variance") => (role, format!("{name}/moving_{role}")),
        ("lstm", _) => (role, format!("{name}/lstm_cell/{role}")),
        _ => (role, format!("{name}/{role}")),
    });
    Ok(Layer {
        fields,
        tensors: tensors.collect(),
        output_axes: Some(output_axes),
        without_axis: None,
    })
}
