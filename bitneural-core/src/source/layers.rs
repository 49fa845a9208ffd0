//! The layers of the file, as the user wrote them. One file a family.

use std::collections::HashSet;

use serde_json::Value;

use super::elsewhere::{self, Advice};
use super::json::{Object, describe};
use super::limits;
use super::ranges::{RecordedRange, recorded_range};
use super::wiring::{Origin, Reads};
use crate::error::{ErrorKind, Errors, Location, near};

pub mod activation;
pub mod conv;
pub mod custom;
pub mod dense;
pub mod elementwise;
pub mod embedding;
pub mod input;
pub mod linear;
pub mod norm;
pub mod pool;
pub mod recurrent;
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
    /// What it reads.
    pub inputs: Vec<Origin>,
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
    /// A state that goes along time.
    Recurrent(Box<recurrent::Recurrent>),
    /// A batch norm.
    BatchNorm(norm::BatchNorm),
    /// How the values of an input are normalized.
    Normalize(input::Normalize),
    /// A row of a table for each index.
    Embedding(embedding::Embedding),
    /// A layer norm.
    LayerNorm(norm::LayerNorm),
    /// An element-wise function.
    Activation(activation::Activation),
    /// Values of several layers, element by element.
    Elementwise(elementwise::Elementwise),
    /// Another shape for the same values.
    Shape(shape::Shape),
    /// Probabilities.
    Softmax(softmax::Softmax),
    /// A layer of the user's own.
    Custom(custom::Custom),
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
    recurrent::TYPES,
    norm::TYPES,
    input::TYPES,
    embedding::TYPES,
    activation::TYPES,
    elementwise::TYPES,
    shape::TYPES,
    softmax::TYPES,
    custom::TYPES,
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
            Self::Recurrent(recurrent) => recurrent.tensors().collect(),
            Self::BatchNorm(norm) => norm.tensors().collect(),
            Self::Normalize(normalize) => normalize.tensors().collect(),
            Self::Embedding(embedding) => embedding.tensors().collect(),
            Self::LayerNorm(norm) => norm.tensors().collect(),
            Self::Activation(activation) => activation.tensors().collect(),
            Self::Pool(_)
            | Self::Elementwise(_)
            | Self::Shape(_)
            | Self::Softmax(_)
            | Self::Custom(_) => Vec::new(),
        };
        names.into_iter()
    }

    /// How many values it reads.
    fn arity(&self) -> Arity {
        match self {
            Self::Elementwise(elementwise) if elementwise.is_of_two() => Arity::Two,
            Self::Elementwise(_) => Arity::Several,
            Self::Custom(_) => Arity::Any,
            Self::Dense(_)
            | Self::Conv(_)
            | Self::Separable(_)
            | Self::Pool(_)
            | Self::Recurrent(_)
            | Self::BatchNorm(_)
            | Self::Normalize(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::Shape(_)
            | Self::Softmax(_) => Arity::One,
        }
    }

    /// The word for it in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dense(_) => "dense",
            Self::Conv(conv) => conv.name(),
            Self::Separable(separable) => separable.name(),
            Self::Pool(pool) => pool.name(),
            Self::Recurrent(recurrent) => recurrent.cell.name(),
            Self::BatchNorm(_) => "batch_norm",
            Self::Normalize(normalize) => normalize.name(),
            Self::Embedding(_) => "embedding",
            Self::LayerNorm(_) => "layer_norm",
            Self::Activation(activation) => activation.name(),
            Self::Elementwise(elementwise) => elementwise.name(),
            Self::Shape(shape) => shape.name(),
            Self::Softmax(_) => "softmax",
            Self::Custom(_) => "custom",
        }
    }
}

/// How many values a layer reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arity {
    One,
    Two,
    Several,
    Any,
}

impl Arity {
    fn fits(self, inputs: usize) -> bool {
        match self {
            Self::One => inputs == 1,
            Self::Two => inputs == 2,
            Self::Several => (2..=limits::INPUTS).contains(&inputs),
            Self::Any => (1..=limits::INPUTS).contains(&inputs),
        }
    }

    /// What the list of inputs must be for a layer of type `word`.
    fn words(self, word: &str) -> String {
        match self {
            Self::One => format!("a list of one name: a `{word}` reads one value"),
            Self::Two => format!("a list of two names: `{word}` reads two values"),
            Self::Several => {
                let most = limits::INPUTS;
                format!("a list of 2 to {most} names: `{word}` reads several values")
            }
            Self::Any => {
                let most = limits::INPUTS;
                format!("a list of 1 to {most} names: a `{word}` reads one value or more")
            }
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

/// The layers as far as they could be read, by their place in the file.
pub(super) struct Parsed {
    /// The layers, `None` for one with a problem; what they read is to be filled in.
    pub(super) layers: Vec<Option<Layer>>,
    /// Their names, `None` for one without.
    pub(super) names: Vec<Option<String>>,
    /// What they say of their inputs.
    pub(super) reads: Vec<Reads>,
}

/// Reads the list of layers; `taken` are the names of the inputs.
pub(super) fn parse(items: &[Value], taken: &[Option<String>], problems: &mut Errors) -> Parsed {
    let mut parsed = Parsed {
        layers: Vec::with_capacity(items.len()),
        names: Vec::with_capacity(items.len()),
        reads: Vec::with_capacity(items.len()),
    };
    let mut ids: HashSet<String> = taken.iter().flatten().cloned().collect();
    for (index, item) in items.iter().enumerate() {
        let path = format!("layers[{index}]");
        let Some(map) = item.as_object() else {
            let kind = ErrorKind::InvalidField {
                field: path.clone(),
                expected: "an object".to_owned(),
                found: describe(item),
            };
            problems.push(kind, Location::default().field(&path));
            parsed.layers.push(None);
            parsed.names.push(None);
            parsed.reads.push(Reads::Unreadable);
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
            if !ids.insert(id.clone()) {
                object.problem("id", ErrorKind::DuplicateId { id: id.clone() });
            }
        }
        let mut reads = match object.strings("inputs") {
            Some(names) => Reads::Listed(names),
            None if object.value("inputs").is_some() => Reads::Unreadable,
            None => Reads::Previous,
        };
        // What normalizes an input has no range of its own: the input's is that behind it.
        let range = if map.get("type").is_some_and(input::is_type) {
            None
        } else {
            recorded_range(&mut object, false, 255)
        };
        let layer_type = layer_type(&mut object);
        if let Some(known) = layer_type {
            object.of_type(known.name);
        }
        let kind = layer_type.and_then(|known| (known.parse)(&mut object));
        if let Some(kind) = &kind {
            let (arity, word) = (kind.arity(), kind.name());
            let given = match &reads {
                Reads::Listed(names) => names.len(),
                // The problem of what could not be read is noted.
                Reads::Unreadable => 0,
                Reads::Previous => 1,
            };
            if !arity.fits(given) {
                match reads {
                    Reads::Listed(_) => object.invalid("inputs", arity.words(word)),
                    Reads::Previous => {
                        object.required("inputs", &arity.words(word), None::<()>);
                    }
                    Reads::Unreadable => {}
                }
                reads = Reads::Unreadable;
            }
        }
        // Which fields there are, an unknown type does not say.
        if layer_type.is_some() {
            object.finish();
        }
        parsed.names.push(id.clone());
        parsed.reads.push(reads);
        parsed.layers.push(id.zip(kind).map(|(id, kind)| Layer {
            id,
            kind,
            inputs: Vec::new(),
            range,
        }));
    }
    parsed
}

fn layer_type(object: &mut Object<'_>) -> Option<&'static LayerType> {
    let name = object.string("type");
    let name = object.required("type", "the type of the layer", name)?;
    let known = || TYPES.iter().flat_map(|family| family.iter());
    let found = known().find(|known| known.name == name);
    if found.is_none() {
        object.problem("type", unknown_type(name));
    }
    found
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
