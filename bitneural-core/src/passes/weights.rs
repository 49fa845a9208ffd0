//! Latent weights → trits (R30) or 8-bit codes (R31).

use crate::graph::{Graph, Linear, Quantized, Weights, reorder_rows, reorder_taps};
use crate::ternarize::{Precision, Quantizer, int8, ternarize};

/// Quantizes the weights of every node. `quantizer` overrides that of ternary ones.
pub fn quantize_weights(graph: &mut Graph, quantizer: Option<Quantizer>) {
    for node in &mut graph.nodes {
        for (linear, outputs) in node.kind.matrices_mut() {
            quantize(linear, outputs, quantizer);
        }
    }
}

fn quantize(linear: &mut Linear, outputs: usize, quantizer: Option<Quantizer>) {
    let Weights::Latent(latent) = &linear.weights else {
        return;
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
    let (values, scales) = match &latent.output_order {
        Some(order) => (reorder_rows(&values, order), reorder_rows(&scales, order)),
        None => (values, scales),
    };
    let precision = latent.precision;
    linear.weights = Weights::Quantized(Quantized {
        values,
        scales,
        precision,
    });
}
