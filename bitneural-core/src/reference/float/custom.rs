//! Layers of the user's own, by their registered ops.

use crate::custom::Real;
use crate::graph::{Custom, Graph, Node};

pub(super) fn run(graph: &Graph, node: &Node, custom: &Custom, values: &[Vec<f32>]) -> Vec<f32> {
    let name = &custom.name;
    let Some(registered) = &custom.op else {
        panic!("no op is registered for the custom layer `{name}`");
    };
    let inputs = node.inputs.iter().map(|&id| Real {
        shape: &graph.value(id).shape,
        values: &values[id.index()],
    });
    let inputs: Vec<Real<'_>> = inputs.collect();
    let output = registered.op().float(&inputs, &custom.parameters);
    let elements = graph.value(node.output).shape.elements();
    assert_eq!(output.len(), elements, "elements of the op of `{name}`");
    output
}
