//! Latent weights → trits (R30).

use crate::graph::{Graph, NodeKind, Weights};
use crate::ternarize::{self, Quantizer, Ternary};

/// Ternarizes the weights of every node. `quantizer` overrides the node's own.
pub fn ternarize(graph: &mut Graph, quantizer: Option<Quantizer>) {
    for node in &mut graph.nodes {
        let NodeKind::Dense(dense) = &mut node.kind else {
            continue;
        };
        let Weights::Latent(latent) = &dense.weights else {
            continue;
        };
        let quantizer = quantizer.unwrap_or(latent.quantizer);
        let Ternary { mut trits, scales } = ternarize::ternarize(
            &latent.values,
            dense.outputs,
            latent.order,
            quantizer,
            latent.granularity,
        );
        if let Some(order) = &latent.input_order {
            trits = crate::graph::reorder_inputs(&trits, dense.inputs, order);
        }
        dense.weights = Weights::Ternary(Ternary { trits, scales });
    }
}
