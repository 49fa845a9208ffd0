//! Layers of the user's own in the graph.

use super::build::Builder;
use super::layout::channels_last;
use super::{Graph, Node, NodeKind};
use crate::custom::{Cost, CustomOps, Registered};
use crate::error::{ErrorKind, Errors, Location};
use crate::ids::LayerId;
use crate::shape::Shape;
use crate::source::layers::{Layer, LayerKind, custom as source};

/// What the user's own code computes.
#[derive(Debug, Clone, PartialEq)]
pub struct Custom {
    /// Its name in the firmware.
    pub name: String,
    /// How many values it reads.
    pub arity: usize,
    /// Numbers that are handed to it.
    pub parameters: Vec<f32>,
    /// What it computes, if that is registered.
    pub op: Option<Registered>,
    /// What its op says that it costs.
    pub cost: Cost,
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    kind: &source::Custom,
) -> bool {
    let location = Location::layer(&layer.id);
    if builder.reads_reordered() {
        let kind = ErrorKind::Unsupported {
            option: "behind a channels-first flatten, a",
            value: "custom".to_owned(),
            instead: "put it in front of the flatten: it sees values channels last".to_owned(),
        };
        builder.problems.push(kind, location);
        return false;
    }
    let arity = builder.arity();
    // In C a name is one function, which takes a pointer for each value.
    let mut layers = builder.file.layers.iter();
    let first = layers
        .find(|other| matches!(&other.kind, LayerKind::Custom(custom) if custom.name == kind.name));
    if let Some(first) = first.filter(|first| first.inputs.len() != arity) {
        let found = format!("{arity}");
        let expected = format!(
            "as many as the layer `{}` of that name reads: {}",
            first.id,
            first.inputs.len()
        );
        let kind = ErrorKind::InvalidField {
            field: "inputs".to_owned(),
            expected,
            found,
        };
        let location = location.field(&format!("layers[{}].inputs", id.index()));
        builder.problems.push(kind, location);
    }
    let shape = match &kind.shape {
        Some(shape) => channels_last(shape, builder.layout),
        None => builder.shape().clone(),
    };
    let custom = Custom {
        name: kind.name.clone(),
        arity,
        parameters: kind.parameters.clone(),
        op: None,
        cost: Cost::default(),
    };
    builder.push(id, NodeKind::Custom(custom), shape, layer.range);
    true
}

impl Graph {
    /// Gives the custom nodes their ops, those that are registered.
    ///
    /// # Errors
    /// An op that cannot read what its layer reads, or yields another shape than the file says.
    pub fn attach(&mut self, ops: &CustomOps) -> Result<(), Errors> {
        let mut problems = Errors::new();
        let (values, layers) = (&self.values, &self.layers);
        for node in &mut self.nodes {
            let NodeKind::Custom(custom) = &mut node.kind else {
                continue;
            };
            let Some(registered) = ops.get(&custom.name) else {
                continue;
            };
            let shapes = node.inputs.iter().map(|id| &values[id.index()].shape);
            let shapes: Vec<&Shape> = shapes.collect();
            let shape = &values[node.output.index()].shape;
            let yielded = registered.op().output_shape(&shapes, &custom.parameters);
            let problem = match yielded {
                Ok(yielded) if yielded == *shape => {
                    custom.cost = registered.op().cost(&shapes, &custom.parameters);
                    custom.op = Some(registered.clone());
                    continue;
                }
                Ok(yielded) => format!("{yielded}, channels last, as its op says"),
                Err(reason) => format!("a layer that its op can run: {reason}"),
            };
            let kind = ErrorKind::InvalidField {
                field: "shape".to_owned(),
                expected: problem,
                found: shape.to_string(),
            };
            let layer = &layers[node.layer.index()].id;
            let field = format!("layers[{}].shape", node.layer.index());
            problems.push(kind, Location::layer(layer).field(&field));
        }
        problems.into_result(())
    }

    /// Whether the graph, and the network that it becomes, can be run here.
    ///
    /// # Errors
    /// Custom layers whose op is not registered: each is named.
    pub fn check_ops(&self) -> Result<(), Errors> {
        let mut problems = Errors::new();
        for node in &self.nodes {
            let Some(name) = unregistered(node) else {
                continue;
            };
            let kind = ErrorKind::Unsupported {
                option: "to run the custom layer",
                value: name.to_owned(),
                instead: format!(
                    "what it computes is known to the firmware alone: run the network in a program of your own, \
                     with `bitneural_core` and a `CustomOp` called `{name}` in `Options::custom_ops`"
                ),
            };
            problems.push(kind, Location::layer(&self.layer(node.layer).id));
        }
        problems.into_result(())
    }
}

/// The name of a custom node without its op.
fn unregistered(node: &Node) -> Option<&str> {
    match &node.kind {
        NodeKind::Custom(custom) if custom.op.is_none() => Some(&custom.name),
        NodeKind::Custom(_)
        | NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Pool(_)
        | NodeKind::Recurrent(_)
        | NodeKind::Affine(_)
        | NodeKind::Activation(_)
        | NodeKind::Elementwise(_)
        | NodeKind::Embedding(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Concat(_)
        | NodeKind::Frame(_)
        | NodeKind::Reshape
        | NodeKind::Softmax(_) => None,
    }
}
