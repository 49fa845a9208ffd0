//! Layers of the file → nodes, shapes inferred.

use std::collections::HashSet;

use super::{
    Graph, Interface, LayerName, Node, NodeKind, Value, activation, conv, dense, layout, norm,
    pool, shape, softmax,
};
use crate::error::{ErrorKind, Errors, Location};
use crate::ids::{LayerId, ValueId};
use crate::shape::Shape;
use crate::source::layers::LayerKind;
use crate::source::{CALIBRATION_INPUT, Layout, ModelFile, RecordedRange, Tensor};

/// The graph while layers are added to it.
pub(super) struct Builder<'a> {
    pub(super) file: &'a ModelFile<'a>,
    pub(super) layout: Layout,
    pub(super) problems: Errors,
    values: Vec<Value>,
    nodes: Vec<Node>,
    /// The value that the next layer reads.
    current: ValueId,
    /// What a channels-first flatten has flattened, until a layer with weights takes its order.
    pub(super) pending_flatten: Option<Shape>,
}

impl<'a> Builder<'a> {
    /// The shape that the next layer reads.
    pub(super) fn shape(&self) -> &Shape {
        &self.values[self.current.index()].shape
    }

    /// A tensor that a layer names, noted if the file lacks it.
    pub(super) fn tensor(&mut self, layer: &str, name: &str) -> Option<&'a Tensor<'a>> {
        let file = self.file;
        let found = file.tensor(name);
        if found.is_none() {
            let near = crate::error::near(name, file.tensors().map(|(name, _)| name));
            let location = Location::layer(layer).tensor(name);
            self.problems
                .push(ErrorKind::MissingTensor { near }, location);
        }
        found
    }

    /// Says that the current value is not the last of its layer, and which field has its range.
    pub(super) fn mark_inner(&mut self, range_field: &'static str) {
        if let Some(value) = self.values.last_mut() {
            value.range_field = range_field;
        }
    }

    /// Adds a node that reads the current value and yields the next one.
    pub(super) fn push(
        &mut self,
        layer: LayerId,
        kind: NodeKind,
        shape: Shape,
        range: Option<RecordedRange>,
    ) {
        let output = ValueId::from(self.values.len());
        self.values.push(Value {
            shape,
            range,
            layer: Some(layer),
            range_field: "range",
        });
        self.nodes.push(Node {
            layer,
            input: self.current,
            output,
            kind,
        });
        self.current = output;
    }
}

/// Builds the graph of a file.
///
/// # Errors
/// Tensors that are missing, of the wrong type or shape, or not finite; layers that do not compose.
/// A layer whose output shape is still known does not keep the ones behind it from being checked.
pub fn build(file: &ModelFile<'_>) -> Result<Graph, Errors> {
    let metadata = &file.metadata;
    let input_shape = layout::channels_last(&metadata.input.shape, metadata.layout);
    let input = Value {
        shape: input_shape.clone(),
        range: metadata.input.range,
        layer: None,
        range_field: "range",
    };
    let mut builder = Builder {
        file,
        layout: metadata.layout,
        problems: Errors::new(),
        values: vec![input],
        nodes: Vec::new(),
        current: ValueId(0),
        pending_flatten: None,
    };
    let mut reached_end = true;
    for (index, layer) in file.layers.iter().enumerate() {
        let id = LayerId::from(index);
        let goes_on = match &layer.kind {
            LayerKind::Dense(kind) => dense::build(&mut builder, id, layer, kind),
            LayerKind::Conv(kind) => conv::build(&mut builder, id, layer, kind),
            LayerKind::Separable(kind) => conv::build_separable(&mut builder, id, layer, kind),
            LayerKind::Pool(kind) => pool::build(&mut builder, id, layer, kind),
            LayerKind::BatchNorm(kind) => norm::build(&mut builder, id, layer, kind),
            LayerKind::Activation(kind) => activation::build(&mut builder, id, layer, kind),
            LayerKind::Shape(kind) => shape::build(&mut builder, id, *kind),
            LayerKind::Softmax(_) => softmax::build(&mut builder, id, layer),
        };
        if !goes_on {
            reached_end = false;
            break;
        }
    }
    if reached_end && builder.pending_flatten.is_some() {
        let last = file.layers.last().map_or("", |layer| layer.id.as_str());
        let kind = ErrorKind::Unsupported {
            option: "a network that ends in a channels-first",
            value: "flatten".to_owned(),
            instead: "end in a dense layer, or use the keras layout".to_owned(),
        };
        builder.problems.push(kind, Location::layer(last));
    }
    unused_tensors(file, &mut builder.problems);
    let output_shape = builder.shape().clone();
    let graph = Graph {
        interface: Interface {
            name: metadata.name.clone(),
            model_version: metadata.model_version.clone(),
            input: metadata.input.id.clone(),
            input_shape,
            mean: metadata.input.mean.clone(),
            std: metadata.input.std.clone(),
            output_shape,
            labels: metadata.labels.clone(),
        },
        layers: file
            .layers
            .iter()
            .map(|layer| LayerName {
                id: layer.id.clone(),
                kind: layer.kind.name(),
            })
            .collect(),
        output: builder.current,
        values: builder.values,
        nodes: builder.nodes,
        input: ValueId(0),
    };
    let labels = graph.interface.labels.len();
    let mut problems = builder.problems;
    if problems.is_empty() && labels != 0 && labels != graph.classes() {
        let outputs = graph.classes();
        problems.push(
            ErrorKind::LabelCount { labels, outputs },
            Location::default().field("labels"),
        );
    }
    problems.into_result(graph)
}

/// A tensor that no layer names is a misspelt name, or a part of the network that would be left out.
fn unused_tensors(file: &ModelFile<'_>, problems: &mut Errors) {
    let used: HashSet<&str> = file
        .layers
        .iter()
        .flat_map(|layer| layer.kind.tensors())
        .chain([CALIBRATION_INPUT])
        .collect();
    for (name, _) in file.tensors().filter(|(name, _)| !used.contains(name)) {
        problems.push(ErrorKind::UnusedTensor, Location::default().tensor(name));
    }
}
