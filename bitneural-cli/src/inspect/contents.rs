//! As much of a file as can be read.

use bitneural_core::graph::{self, Graph};
use bitneural_core::network::text;
use bitneural_core::options::Options;
use bitneural_core::report::Report;
use bitneural_core::source::{self, container};
use serde_json::Value;

use crate::model::Bytes;
use crate::problem::Problem;

/// A tensor of the file.
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) dtype: &'static str,
    pub(super) shape: Vec<usize>,
    pub(super) bytes: usize,
}

/// A layer, as the metadata lists it.
pub(super) struct Layer {
    pub(super) id: String,
    pub(super) kind: String,
    /// What it yields, channels last; `None` if that could not be found out.
    pub(super) shape: Option<Vec<usize>>,
    /// Everything else that the metadata says about it.
    pub(super) fields: Value,
}

/// What could be read; later parts are missing from a file that has problems.
pub(super) struct Contents {
    pub(super) file: String,
    pub(super) file_bytes: usize,
    pub(super) tensors: Vec<Tensor>,
    /// The metadata without its layers.
    pub(super) metadata: Option<Value>,
    pub(super) layers: Vec<Layer>,
    pub(super) report: Option<Report>,
    /// The integer network, an op a line.
    pub(super) network: Option<String>,
    pub(super) problems: Vec<Problem>,
}

impl Contents {
    pub(super) fn read(model: &Bytes, options: &Options) -> Self {
        let container = container::read(&model.bytes).ok();
        let tensors = container.iter().flat_map(|container| &container.tensors);
        let tensors = tensors
            .map(|(name, tensor)| Tensor {
                name: name.clone(),
                dtype: tensor.dtype.name(),
                shape: tensor.shape.0.clone(),
                bytes: tensor.bytes.len(),
            })
            .collect();
        let text = container.and_then(|container| container.metadata);
        let mut metadata: Option<Value> = text.and_then(|text| serde_json::from_str(&text).ok());
        let graph = source::read(&model.bytes)
            .ok()
            .and_then(|file| graph::build(&file).ok());
        let layers = metadata
            .as_mut()
            .and_then(Value::as_object_mut)
            .and_then(|map| map.remove("layers"))
            .map(|layers| self::layers(layers, graph.as_ref()))
            .unwrap_or_default();
        let (report, network, problems) = match model.compile(options) {
            Ok(compiled) => (
                Some(compiled.report),
                Some(text::print(&compiled.network)),
                Vec::new(),
            ),
            Err(failure) => (None, None, failure.problems),
        };
        Self {
            file: model.shown.clone(),
            file_bytes: model.bytes.len(),
            tensors,
            metadata,
            layers,
            report,
            network,
            problems,
        }
    }
}

fn layers(list: Value, graph: Option<&Graph>) -> Vec<Layer> {
    let Value::Array(items) = list else {
        return Vec::new();
    };
    let layer = |(index, mut fields): (usize, Value)| {
        let mut word = |key: &str| match fields.as_object_mut().and_then(|map| map.remove(key)) {
            Some(Value::String(word)) => word,
            _ => "?".to_owned(),
        };
        let (id, kind) = (word("id"), word("type"));
        // A layer with an activation of its own yields two values; the later one is what others read.
        let value = graph.and_then(|graph| {
            graph
                .values
                .iter()
                .rfind(|value| value.layer.is_some_and(|layer| layer.index() == index))
        });
        Layer {
            id,
            kind,
            shape: value.map(|value| value.shape.0.clone()),
            fields,
        }
    };
    items.into_iter().enumerate().map(layer).collect()
}
