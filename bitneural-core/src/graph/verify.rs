//! The invariants of a [`Graph`]:
//!
//! 1. Nodes run in order: each reads the input or what an earlier node yields.
//! 2. No value is yielded twice, and what a node yields is read by a node or by the user.
//! 3. Shapes fit: a dense node reads `[inputs]` and yields `[outputs]`; an activation and a softmax
//!    keep the shape; a reshape keeps the number of elements.
//! 4. A dense node has `inputs × outputs` weights and `outputs` biases, all finite, and a scale for each
//!    output if the weights are trits.
//! 5. The interface's shapes are those of the input and the output.

use super::{Graph, NodeKind, Weights};

/// The first invariant that does not hold.
pub fn verify(graph: &Graph) -> Result<(), String> {
    let mut known = vec![false; graph.values.len()];
    *known
        .get_mut(graph.input.index())
        .ok_or("the input is no value")? = true;
    for (index, node) in graph.nodes.iter().enumerate() {
        let fail = |reason: &str| Err(format!("node {index}: {reason}"));
        if known.get(node.input.index()) != Some(&true) {
            return fail("reads a value that nothing yields before it");
        }
        match known.get_mut(node.output.index()) {
            Some(known) if !*known => *known = true,
            _ => return fail("yields no value, or one that exists"),
        }
        if graph.layers.get(node.layer.index()).is_none() {
            return fail("belongs to no layer");
        }
        let read_once_more =
            graph.readers(node.output).next().is_some() || node.output == graph.output;
        if !read_once_more {
            return fail("yields a value that nobody reads");
        }
        let (input, output) = (
            &graph.value(node.input).shape,
            &graph.value(node.output).shape,
        );
        match &node.kind {
            NodeKind::Dense(dense) => {
                if input.0 != [dense.inputs] || output.0 != [dense.outputs] {
                    return fail("a dense node between shapes that do not fit");
                }
                if dense.bias.len() != dense.outputs
                    || !dense.bias.iter().all(|bias| bias.is_finite())
                {
                    return fail("a dense node with biases that do not fit");
                }
                let (weights, values_fit) = match &dense.weights {
                    Weights::Latent(latent) => (
                        latent.values.len(),
                        latent.values.iter().all(|weight| weight.is_finite()),
                    ),
                    Weights::Ternary(ternary) => (
                        ternary.trits.len(),
                        ternary.scales.len() == dense.outputs
                            && ternary.scales.iter().all(|scale| scale.is_finite())
                            && ternary.trits.iter().all(|trit| (-1..=1).contains(trit)),
                    ),
                };
                if weights != dense.inputs * dense.outputs || !values_fit {
                    return fail("a dense node with weights that do not fit");
                }
            }
            NodeKind::Activation(_) | NodeKind::Softmax(_) if input != output => {
                return fail("an element-wise node that changes the shape");
            }
            NodeKind::Reshape if input.elements() != output.elements() => {
                return fail("a reshape that changes the number of elements");
            }
            NodeKind::Activation(_) | NodeKind::Softmax(_) | NodeKind::Reshape => {}
        }
    }
    if known.get(graph.output.index()) != Some(&true) {
        return Err("nothing yields the output".to_owned());
    }
    if graph.value(graph.input).shape != graph.interface.input_shape
        || graph.value(graph.output).shape != graph.interface.output_shape
    {
        return Err("the interface has other shapes than the graph".to_owned());
    }
    Ok(())
}
