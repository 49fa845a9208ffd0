//! The layers of the file, as the user wrote them. One file a family.

use serde_json::Value;

use super::elsewhere::{self, Advice};
use super::json::{Object, describe};
use super::metadata::{RecordedRange, recorded_range};
use crate::error::{ErrorKind, Errors, Location, near};

pub mod activation;
pub mod conv;
pub mod dense;
pub mod linear;
pub mod norm;
pub mod pool;
pub mod shape;
pub mod softmax;
pub mod window;

/// A layer of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its name.
    pub id: String,
    /// What it does.
    pub kind: LayerKind,
    /// The range of its output (of the input of a softmax that is its activation).
    pub range: Option<RecordedRange>,
}

/// What a layer does.
#[derive(Debug, Clone, PartialEq)]
pub enum LayerKind {
    /// A fully connected layer.
    Dense(dense::Dense),
    /// A convolution.
    Conv(conv::Conv),
    /// A depthwise and a pointwise convolution.
    Separable(Box<conv::Separable>),
    /// A pool.
    Pool(pool::Pool),
    /// A batch norm.
    BatchNorm(norm::BatchNorm),
    /// An element-wise function.
    Activation(activation::Activation),
    /// Another shape for the same values.
    Shape(shape::Shape),
    /// Probabilities.
    Softmax(softmax::Softmax),
}

/// A layer type: the word in the file and the reader of its other fields.
struct LayerType {
    name: &'static str,
    parse: fn(&mut Object<'_>) -> Option<LayerKind>,
}

/// Every type that a file may name. The families add their rows here.
const TYPES: &[&[LayerType]] = &[
    dense::TYPES,
    conv::TYPES,
    pool::TYPES,
    norm::TYPES,
    activation::TYPES,
    shape::TYPES,
    softmax::TYPES,
];

impl LayerKind {
    /// The names of the tensors that the layer reads.
    pub fn tensors(&self) -> impl Iterator<Item = &str> {
        let names: Vec<&str> = match self {
            Self::Dense(dense) => dense.linear.tensors().collect(),
            Self::Conv(conv) => conv.linear.tensors().collect(),
            Self::Separable(separable) => {
                let (first, second) = (&separable.depthwise.linear, &separable.pointwise.linear);
                first.tensors().chain(second.tensors()).collect()
            }
            Self::BatchNorm(norm) => norm.tensors().collect(),
            Self::Activation(activation) => activation.tensors().collect(),
            Self::Pool(_) | Self::Shape(_) | Self::Softmax(_) => Vec::new(),
        };
        names.into_iter()
    }

    /// The word for it in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dense(_) => "dense",
            Self::Conv(conv) => match conv.grouping {
                conv::Grouping::Groups(_) => "conv2d",
                conv::Grouping::Depthwise(_) => "depthwise_conv2d",
            },
            Self::Separable(_) => "separable_conv2d",
            Self::Pool(pool) => pool.name(),
            Self::BatchNorm(_) => "batch_norm",
            Self::Activation(activation) => activation.name(),
            Self::Shape(shape) => shape.name(),
            Self::Softmax(_) => "softmax",
        }
    }
}

/// All layer types, for messages and for the test that compares them with docs/format.md.
pub fn type_names() -> Vec<&'static str> {
    TYPES
        .iter()
        .flat_map(|family| family.iter())
        .map(|layer_type| layer_type.name)
        .collect()
}

/// What the `id` of a layer or an input holds.
pub(super) const NAME: &str = "a name, not empty";

/// Reads the list of layers; each must read the one before it (the first one the input).
///
/// Also gives the names of all layers, those that could not be read included; `None` for one without a name.
pub(super) fn parse(
    items: &[Value],
    input: Option<&str>,
    problems: &mut Errors,
) -> (Vec<Layer>, Vec<Option<String>>) {
    let mut names: Vec<Option<String>> = Vec::with_capacity(items.len());
    let mut layers: Vec<Layer> = Vec::with_capacity(items.len());
    let mut ids: Vec<String> = input.into_iter().map(str::to_owned).collect();
    for (index, item) in items.iter().enumerate() {
        let path = format!("layers[{index}]");
        names.push(None);
        let Some(map) = item.as_object() else {
            let kind = ErrorKind::InvalidField {
                field: path.clone(),
                expected: "an object".to_owned(),
                found: describe(item),
            };
            problems.push(kind, Location::default().field(&path));
            continue;
        };
        let mut object = Object::new(map, path, problems);
        let id = object.string("id");
        let id = object.required("id", NAME, id);
        if let Some(id) = &id {
            object.in_layer(id);
            if id.is_empty() {
                object.invalid("id", NAME);
            }
            if ids.contains(id) {
                object.problem("id", ErrorKind::DuplicateId { id: id.clone() });
            }
        }
        check_inputs(&mut object, &ids);
        if let Some(name) = names.last_mut() {
            name.clone_from(&id);
        }
        // The name stays known whether or not the rest can be read, so that later layers may refer to it.
        ids.push(id.clone().unwrap_or_default());
        let range = recorded_range(&mut object, false);
        let name = object.string("type");
        let Some(name) = object.required("type", "the type of the layer", name) else {
            continue;
        };
        let Some(layer_type) = TYPES
            .iter()
            .flat_map(|family| family.iter())
            .find(|known| known.name == name)
        else {
            object.problem("type", unknown_type(name));
            continue;
        };
        object.of_type(layer_type.name);
        let kind = (layer_type.parse)(&mut object);
        object.finish();
        if let (Some(id), Some(kind)) = (id, kind) {
            layers.push(Layer { id, kind, range });
        }
    }
    (layers, names)
}

/// The problem of a type that the format does not have.
fn unknown_type(found: String) -> ErrorKind {
    let allowed = type_names();
    let near = match elsewhere::layer_type(&found) {
        Some(Advice::Instead(instead)) => {
            return ErrorKind::Unsupported {
                option: "the layer type",
                value: found,
                instead: instead.to_owned(),
            };
        }
        Some(Advice::Called(name)) => vec![name.to_owned()],
        None => near(&found, allowed.iter().copied()),
    };
    ErrorKind::UnknownLayerType {
        near,
        found,
        allowed: allowed.into_iter().map(str::to_owned).collect(),
    }
}

/// `inputs` may name the layer before this one; anything else is a graph, which comes later.
fn check_inputs(object: &mut Object<'_>, ids: &[String]) {
    let Some(inputs) = object.strings("inputs") else {
        return;
    };
    for found in &inputs {
        if !ids.contains(found) {
            let near = near(found, ids.iter().map(String::as_str));
            object.problem(
                "inputs",
                ErrorKind::UnknownId {
                    found: found.clone(),
                    near,
                },
            );
            return;
        }
    }
    if ids.last().is_some_and(|last| inputs != [last.as_str()]) {
        let kind = ErrorKind::Unsupported {
            option: "a layer that reads",
            value: inputs.join(", "),
            instead: "list the layers in the order in which each reads the one before it"
                .to_owned(),
        };
        object.problem("inputs", kind);
    }
}

/// `outputs` names the last of the `layers`.
pub(super) fn check_outputs(layers: &[Option<String>], outputs: &[String], problems: &mut Errors) {
    // A layer without a name is a problem of its own.
    let Some(Some(last)) = layers.last() else {
        return;
    };
    if outputs == [last.as_str()] {
        return;
    }
    let known = || layers.iter().flatten().map(String::as_str);
    let unknown = outputs
        .iter()
        .find(|output| !known().any(|id| id == **output));
    let kind = match unknown {
        Some(found) => ErrorKind::UnknownId {
            found: found.clone(),
            near: near(found, known()),
        },
        None => ErrorKind::Unsupported {
            option: "a list of outputs",
            value: outputs.join(", "),
            instead: format!("name the last layer alone: [\"{last}\"]"),
        },
    };
    problems.push(kind, Location::default().field("outputs"));
}
