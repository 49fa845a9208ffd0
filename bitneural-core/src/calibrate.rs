//! Observes the ranges of activations on real inputs.

use crate::graph::{Graph, Links, NodeKind, Pool, PoolMode};
use crate::ids::ValueId;
use crate::reference::float;
use crate::writer::Observed;

/// The values whose range the quantizer may read, whatever the passes fuse.
pub fn needed(graph: &Graph) -> impl Iterator<Item = ValueId> + '_ {
    let yielded = graph.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Dense(_)
        | NodeKind::Conv(_)
        | NodeKind::Custom(_)
        | NodeKind::Affine(_)
        | NodeKind::LayerNorm(_)
        | NodeKind::Elementwise(_)
        | NodeKind::Pool(Pool {
            mode: PoolMode::Average { .. },
            ..
        }) => Some(node.output),
        NodeKind::Recurrent(recurrent) => recurrent.cell_value,
        NodeKind::Activation(activation) => {
            let last = activation.last();
            let is_fixed = last.is_some_and(|function| function.fixed_format().is_some());
            (!is_fixed).then_some(node.output)
        }
        NodeKind::Pool(Pool {
            mode: PoolMode::Max,
            ..
        })
        | NodeKind::Embedding(_)
        | NodeKind::Concat(_)
        | NodeKind::Reshape
        | NodeKind::Frame(_)
        | NodeKind::Softmax(_) => None,
    });
    // The codes of indices are the indices themselves.
    let inputs = graph.inputs.iter().copied();
    let links = Links::of(graph);
    let inputs = inputs.filter(move |&id| !links.is_indices(id));
    inputs.chain(yielded)
}

/// Runs the ternary float network on each input (channels last, not normalized, one element for each
/// of the inputs' shapes, an input after the other) and notes the smallest and largest value of every activation that needs a
/// range, by [`ValueId`].
///
/// # Panics
/// As [`float::run`].
pub fn observe<'a>(
    graph: &Graph,
    inputs: impl IntoIterator<Item = &'a [f32]>,
) -> Vec<Option<Observed>> {
    let mut observed: Vec<Option<Observed>> = vec![None; graph.values.len()];
    for input in inputs {
        let values = float::run(graph, input);
        for id in needed(graph) {
            for &value in &values[id.index()] {
                // A relu of a negative number is −0, which would look odd in the file.
                let value = value + 0.0;
                let seen = observed[id.index()].get_or_insert(Observed {
                    low: value,
                    high: value,
                });
                seen.low = seen.low.min(value);
                seen.high = seen.high.max(value);
            }
        }
    }
    observed
}
