//! Latent weights → trits (R30) or 8-bit codes (R31).

use crate::graph::{Graph, Quantized, Weights, reorder_taps};
use crate::ternarize::{Precision, Quantizer, int8, ternarize};

/// Quantizes the weights of every node. `quantizer` overrides that of ternary ones.
pub fn quantize_weights(graph: &mut Graph, quantizer: Option<Quantizer>) {
    for node in &mut graph.nodes {
        let Some((linear, outputs)) = node.kind.linear_mut() else {
            continue;
        };
        let Weights::Latent(latent) = &linear.weights else {
            continue;
        };
        let (values, scales) = match latent.precision {
            Precision::Ternary => {
                let quantizer = quantizer.unwrap_or(latent.quantizer);
                let granularity = latent.granularity;
                let found = ternarize(
                    &latent.values,
                    outputs,
                    latent.order,
                    quantizer,
                    granularity,
                );
                (found.trits, found.scales)
            }
            Precision::Int8 => int8(&latent.values, outputs, latent.order),
        };
        let values = match &latent.tap_order {
            Some(order) => reorder_taps(&values, order),
            None => values,
        };
        let precision = latent.precision;
        linear.weights = Weights::Quantized(Quantized {
            values,
            scales,
            precision,
        });
    }
}
