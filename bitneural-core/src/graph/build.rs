//! Layers of the file → nodes, shapes inferred.

use std::collections::{HashMap, HashSet};

use super::{
    Graph, Input, Interface, LayerName, Links, Node, NodeKind, Output, Value, activation, conv,
    custom, dense, elementwise, embedding, input, layout, norm, pool, recurrent, shape, softmax,
};
use crate::error::{ErrorKind, Errors, Location};
use crate::ids::{LayerId, ValueId};
use crate::shape::Shape;
use crate::source::layers::LayerKind;
use crate::source::{self, CALIBRATION_INPUT, Layout, ModelFile, Origin, RecordedRange, Tensor};

/// The graph while layers are added to it.
pub(super) struct Builder<'a> {
    pub(super) file: &'a ModelFile<'a>,
    pub(super) layout: Layout,
    pub(super) problems: Errors,
    /// The inputs as the user will see them.
    pub(super) inputs: Vec<Input>,
    values: Vec<Value>,
    nodes: Vec<Node>,
    /// What the next node reads.
    current: Vec<ValueId>,
    /// What a channels-first flatten has flattened, until a layer with weights takes its order.
    pending: HashMap<ValueId, Shape>,
    /// Values of a channels-first file that lie as there: what goes along time has its features last.
    as_in_file: HashSet<ValueId>,
}

impl<'a> Builder<'a> {
    /// The shape that the next node reads, the first one if it reads several.
    pub(super) fn shape(&self) -> &Shape {
        &self.values[self.current[0].index()].shape
    }

    /// The shapes of all values that the next node reads.
    pub(super) fn shapes(&self) -> impl Iterator<Item = &Shape> {
        let current = self.current.iter();
        current.map(|id| &self.values[id.index()].shape)
    }

    /// [`pending_flatten`](Self::pending_flatten) of each value that the next node reads.
    pub(super) fn orders(&self) -> impl Iterator<Item = Option<&Shape>> {
        self.current.iter().map(|id| self.pending.get(id))
    }

    /// The values that the next node reads.
    pub(super) fn current(&self) -> Vec<ValueId> {
        self.current.clone()
    }

    /// Says what the next node reads.
    pub(super) fn read(&mut self, values: Vec<ValueId>) {
        self.current = values;
    }

    /// How many values the next node reads.
    pub(super) fn arity(&self) -> usize {
        self.current.len()
    }

    /// Whether a value that the next node reads lies in another order than in the file.
    pub(super) fn reads_reordered(&self) -> bool {
        self.current.iter().any(|id| self.pending.contains_key(id))
    }

    /// What a channels-first flatten flattened into the value that the next node reads, if its order is
    /// still that of the file.
    pub(super) fn pending_flatten(&self) -> Option<&Shape> {
        self.pending.get(&self.current[0])
    }

    /// Whether all values that the next node reads lie as in the file, whatever its layout.
    pub(super) fn lies_as_in_file(&self) -> bool {
        self.current.iter().all(|id| self.as_in_file.contains(id))
    }

    /// The layout of the value that the next node reads, of the first one if it reads several.
    pub(super) fn layout_here(&self) -> Layout {
        if self.as_in_file.contains(&self.current[0]) {
            Layout::Keras
        } else {
            self.layout
        }
    }

    /// Says that the value that was yielded last lies as in the file, whatever its layout.
    pub(super) fn mark_time_first(&mut self) {
        self.as_in_file.insert(self.current[0]);
    }

    /// Says that the value that was yielded last lies in another order than in the file.
    pub(super) fn mark_flattened(&mut self, shape: Shape) {
        self.pending.insert(self.current[0], shape);
    }

    /// Whether the next node reads an input, through reshapes alone.
    pub(super) fn reads_an_input(&self) -> bool {
        let mut id = self.current[0];
        while let Some(node) = self.nodes.iter().find(|node| node.output == id) {
            if node.kind != NodeKind::Reshape {
                return false;
            }
            id = node.input();
        }
        true
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

    /// Notes the codes that the file records of a layer, whose values are those from `first` on, also where the layer
    /// has no use for a range: they are the layer's, or an error.
    fn note_recorded(&mut self, first: usize, range: Option<RecordedRange>) {
        let is_fixed = |range: &RecordedRange| range.fixed.is_some();
        let values = &mut self.values[first..];
        if values
            .iter()
            .any(|value| value.range.as_ref().is_some_and(is_fixed))
        {
            return;
        }
        if let (Some(range), Some(last)) = (range.filter(is_fixed), values.last_mut()) {
            last.range = Some(range);
        }
    }

    /// A value inside of the node that comes next, which no node reads.
    pub(super) fn inner_value(
        &mut self,
        layer: LayerId,
        shape: Shape,
        range: Option<RecordedRange>,
        range_field: &'static str,
    ) -> ValueId {
        let id = ValueId::from(self.values.len());
        self.values.push(Value {
            shape,
            range,
            layer: Some(layer),
            range_field,
        });
        id
    }

    /// Adds a node that reads the current values and yields the next one.
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
        let keeps_order = match kind {
            NodeKind::Activation(_)
            | NodeKind::Affine(_)
            | NodeKind::LayerNorm(_)
            | NodeKind::Elementwise(_)
            | NodeKind::Reshape
            | NodeKind::Softmax(_) => true,
            NodeKind::Dense(_)
            | NodeKind::Conv(_)
            | NodeKind::Pool(_)
            | NodeKind::Embedding(_)
            | NodeKind::Recurrent(_)
            | NodeKind::Concat(_)
            | NodeKind::Frame(_)
            | NodeKind::Custom(_) => false,
        };
        if let (true, Some(shape)) = (keeps_order, self.pending_flatten().cloned()) {
            self.pending.insert(output, shape);
        }
        if keeps_order && self.as_in_file.contains(&self.current[0]) {
            self.as_in_file.insert(output);
        }
        let inputs = std::mem::replace(&mut self.current, vec![output]);
        self.nodes.push(Node {
            layer,
            inputs,
            output,
            kind,
        });
    }
}

/// Builds the graph of a file.
///
/// # Errors
/// Tensors that are missing, of the wrong type or shape, or not finite; layers that do not compose.
/// A layer whose output shape is still known does not keep the ones behind it from being checked.
pub fn build(file: &ModelFile<'_>) -> Result<Graph, Errors> {
    let metadata = &file.metadata;
    let inputs: Vec<Input> = metadata
        .inputs
        .iter()
        .map(|input| Input {
            id: input.id.clone(),
            shape: layout::channels_last(&input.shape, input.layout),
            mean: input.mean.clone(),
            std: input.std.clone(),
            is_wide: input.is_wide,
        })
        .collect();
    let values = inputs.iter().zip(&metadata.inputs);
    let values = values.map(|(input, in_file)| Value {
        shape: input.shape.clone(),
        range: in_file.range,
        layer: None,
        range_field: "range",
    });
    let mut builder = Builder {
        file,
        layout: metadata.layout,
        problems: Errors::new(),
        values: values.collect(),
        inputs,
        nodes: Vec::new(),
        current: Vec::new(),
        pending: HashMap::new(),
        as_in_file: metadata
            .inputs
            .iter()
            .enumerate()
            .filter(|(_, input)| input.layout != metadata.layout)
            .map(|(index, _)| ValueId::from(index))
            .collect(),
    };
    // What each layer yields, if that is known.
    let mut yielded: Vec<Option<ValueId>> = vec![None; file.layers.len()];
    for &index in &file.order {
        let layer = &file.layers[index];
        let origin = |origin: &Origin| match *origin {
            Origin::Input(input) => Some(ValueId::from(input)),
            Origin::Layer(layer) => yielded[layer],
        };
        // Behind a layer that has a problem nothing is known.
        let Some(read) = layer.inputs.iter().map(origin).collect() else {
            continue;
        };
        builder.current = read;
        let inner = builder.values.len();
        if self::layer(&mut builder, LayerId::from(index), layer) {
            yielded[index] = Some(builder.current[0]);
            builder.note_recorded(inner, layer.range);
        }
    }
    unused_tensors(file, &mut builder.problems);
    let mut outputs = Vec::with_capacity(metadata.outputs.len());
    for &index in &metadata.outputs {
        let id = &file.layers[index].id;
        let Some(value) = yielded[index] else {
            continue;
        };
        if builder.pending.contains_key(&value) {
            let kind = ErrorKind::Unsupported {
                option: "a network that ends in a channels-first",
                value: "flatten".to_owned(),
                instead: "end in a dense layer, or use the keras layout".to_owned(),
            };
            builder.problems.push(kind, Location::layer(id));
        }
        outputs.push((id.clone(), value));
    }
    let layer_name = |layer: &source::layers::Layer| LayerName {
        id: layer.id.clone(),
        kind: layer.kind.name(),
    };
    let graph = Graph {
        interface: Interface {
            name: metadata.name.clone(),
            model_version: metadata.model_version.clone(),
            outputs: outputs
                .iter()
                .map(|(id, value)| Output {
                    id: id.clone(),
                    shape: builder.values[value.index()].shape.clone(),
                })
                .collect(),
            inputs: builder.inputs,
            labels: metadata.labels.clone(),
        },
        layers: file.layers.iter().map(layer_name).collect(),
        inputs: (0..metadata.inputs.len()).map(ValueId::from).collect(),
        outputs: outputs.iter().map(|(_, value)| *value).collect(),
        values: builder.values,
        nodes: builder.nodes,
    };
    let mut problems = builder.problems;
    if problems.is_empty() && yielded.contains(&None) {
        // Else the network would be compiled without the layers that are left.
        let kind = ErrorKind::Internal {
            stage: "graph",
            what: "graph",
            reason: "a layer was given up without a problem".to_owned(),
        };
        problems.push(kind, Location::default());
    }
    if problems.is_empty() {
        check_labels(&graph, &mut problems);
        embedding::check_inputs(&Links::of(&graph), &mut problems);
    }
    problems.into_result(graph)
}

/// Adds the nodes of a layer; whether what it yields is known.
fn layer(builder: &mut Builder<'_>, id: LayerId, layer: &source::layers::Layer) -> bool {
    match &layer.kind {
        LayerKind::Dense(kind) => dense::build(builder, id, layer, kind),
        LayerKind::Conv(kind) => conv::build(builder, id, layer, kind),
        LayerKind::Separable(kind) => conv::build_separable(builder, id, layer, kind),
        LayerKind::Pool(kind) => pool::build(builder, id, layer, kind),
        LayerKind::Recurrent(kind) => recurrent::build(builder, id, layer, kind),
        LayerKind::Normalize(kind) => input::build(builder, id, layer, kind),
        LayerKind::Embedding(kind) => embedding::build(builder, id, layer, kind),
        LayerKind::BatchNorm(kind) => norm::batch_norm(builder, id, layer, kind),
        LayerKind::LayerNorm(kind) => norm::layer_norm(builder, id, layer, kind),
        LayerKind::Activation(kind) => activation::build(builder, id, layer, kind),
        LayerKind::Elementwise(kind) => elementwise::build(builder, id, layer, *kind),
        LayerKind::Shape(kind) => shape::build(builder, id, layer, kind),
        LayerKind::Softmax(_) => softmax::build(builder, id, layer),
        LayerKind::Custom(kind) => custom::build(builder, id, layer, kind),
    }
}

/// Labels are those of the only output, one for each class.
fn check_labels(graph: &Graph, problems: &mut Errors) {
    let interface = &graph.interface;
    let labels = interface.labels.len();
    let kind = match interface.outputs.as_slice() {
        _ if labels == 0 => return,
        [_] if graph.classes() == labels => return,
        [_] => ErrorKind::LabelCount {
            labels,
            outputs: graph.classes(),
        },
        outputs => ErrorKind::Unsupported {
            option: "a list of labels beside outputs, of which there are",
            value: outputs.len().to_string(),
            instead: "leave the labels out: each output has a name".to_owned(),
        },
    };
    problems.push(kind, Location::default().field("labels"));
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
