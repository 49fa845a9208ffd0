//! `__metadata__["bitneural"]`: everything about the network but its weights.

use serde_json::Value;

use super::input::{self, Input};
use super::json::{Object, describe};
use super::layers::{self, Layer};
use super::limits;
use super::wiring::{self, Names, Wiring};
use crate::error::{Error, ErrorKind, Errors, Location};
use crate::shape::Shape;

/// Whose conventions the tensors and shapes follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Channels last; dense kernels `[in, out]`.
    Keras,
    /// Channels first; dense kernels `[out, in]`.
    Torch,
}

impl Layout {
    /// The number of channels of a shape in this layout.
    pub(super) fn channels(self, shape: &Shape) -> usize {
        let axis = match self {
            Self::Keras => shape.0.last(),
            Self::Torch => shape.0.first(),
        };
        axis.copied().unwrap_or(1)
    }
}

/// The metadata, apart from the layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// The name of the model.
    pub name: String,
    /// The version of the model, in the user's words.
    pub model_version: String,
    /// Whose conventions hold.
    pub layout: Layout,
    /// The inputs, at least one.
    pub inputs: Vec<Input>,
    /// The layers whose outputs the user gets, by their place in the file; at least one.
    pub outputs: Vec<usize>,
    /// One label for each element of the output, or none.
    pub labels: Vec<String>,
}

/// The version of the format.
const VERSION: u64 = 1;

/// What the text describes.
pub(super) struct Parsed {
    pub(super) metadata: Metadata,
    /// In the order of the file.
    pub(super) layers: Vec<Layer>,
    /// Their places in an order in which they can run.
    pub(super) order: Vec<usize>,
}

pub(super) fn parse(text: &str, problems: &mut Errors) -> Result<Parsed, Errors> {
    let value: Value = serde_json::from_str(text).map_err(|error| Error {
        kind: ErrorKind::BadJson {
            line: error.line(),
            column: error.column(),
            reason: words(&error),
        },
        location: Location::default(),
    })?;
    let Value::Object(map) = &value else {
        let kind = ErrorKind::InvalidField {
            field: super::METADATA_KEY.to_owned(),
            expected: "a JSON object".to_owned(),
            found: describe(&value),
        };
        return Err(Error {
            kind,
            location: Location::default(),
        }
        .into());
    };
    // Another version may have other fields: nothing else is worth saying about such a file.
    if let Some(version) = map
        .get("version")
        .filter(|version| version.as_u64() != Some(VERSION))
    {
        let kind = ErrorKind::UnsupportedVersion {
            found: describe(version),
        };
        return Err(Error {
            kind,
            location: Location::default().field("version"),
        }
        .into());
    }
    let mut found = Errors::new();
    let mut object = Object::new(map, String::new(), &mut found);
    let version = object.count("version");
    object.required("version", "1", version);
    let name = object.string("name");
    let name = object.required("name", "the name of the model", name);
    let model_version = object.string("model_version").unwrap_or_default();
    let layout = object.choice(
        "layout",
        &[("keras", Layout::Keras), ("torch", Layout::Torch)],
    );
    let layout = object.required("layout", "`keras` or `torch`", layout);
    let labels = object.strings("labels").unwrap_or_default();
    let outputs = object.strings("outputs");
    let outputs = object.required("outputs", "a list with the names of layers", outputs);
    let inputs = items(&mut object, "inputs");
    let layer_items = items(&mut object, "layers");
    object.finish();

    let inputs = inputs.map(|items| input::parse(&items, layout, &mut found));
    let (inputs, input_names) = inputs.unwrap_or_default();
    let layers = match layer_items {
        Some(items) if items.is_empty() => {
            found.push(ErrorKind::EmptyModel, Location::default().field("layers"));
            None
        }
        Some(items) if items.len() > limits::LAYERS => {
            let kind = ErrorKind::TooLarge {
                what: "the number of layers",
                found: items.len(),
                limit: limits::LAYERS,
            };
            found.push(kind, Location::default().field("layers"));
            None
        }
        Some(items) => Some(layers::parse(&items, &input_names, &mut found)),
        None => None,
    };
    let parsed = layers.map(
        |layers::Parsed {
             layers,
             names,
             reads,
         }| {
            let names = Names {
                inputs: input_names,
                layers: names,
                reads,
                outputs,
            };
            (layers, wiring::wire(&names, &mut found))
        },
    );
    problems.extend(found);
    let read = || {
        let (layers, wiring) = parsed?;
        let Wiring {
            reads,
            outputs,
            order,
        } = wiring;
        let layers = layers.into_iter().zip(reads);
        let layers = layers.map(|(layer, inputs)| layer.map(|layer| Layer { inputs, ..layer }));
        let metadata = Metadata {
            name: name?,
            model_version,
            layout: layout?,
            inputs: inputs.into_iter().collect::<Option<_>>()?,
            outputs,
            labels,
        };
        Some(Parsed {
            metadata,
            layers: layers.collect::<Option<_>>()?,
            order,
        })
    };
    // What could not be read has its problem noted, so the caller returns an error and never a guess.
    read().ok_or_else(|| std::mem::take(problems))
}

/// The parser's words without its own " at line 1 column 2".
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn items(object: &mut Object<'_>, key: &'static str) -> Option<Vec<Value>> {
    let list = object.value(key).and_then(Value::as_array).cloned();
    if list.is_none() && object.value(key).is_some() {
        object.invalid(key, "a list of objects");
    }
    object.required(key, "a list of objects", list)
}
