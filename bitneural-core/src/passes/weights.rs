//! Latent weights → trits (R30) or 8-bit codes (R31).

use crate::graph::{Graph, NodeKind, Quantized, Table, Weights, reorder_rows, reorder_taps};
use crate::source::{RangeKind, RecordedRange};
use crate::ternarize::{Precision, Quantizer, int8, ternarize};

/// Quantizes the weights of every node, and finds the ranges of tables. `quantizer` overrides that of ternary
/// ones.
pub fn quantize_weights(graph: &mut Graph, quantizer: Option<Quantizer>) {
    for node in &mut graph.nodes {
        for (linear, outputs) in node.kind.matrices_mut() {
            quantize(&mut linear.weights, outputs, quantizer);
        }
        if let NodeKind::Embedding(embedding) = &mut node.kind {
            if let Table::Weights(weights) = &mut embedding.table {
                quantize(weights, embedding.width, quantizer);
            }
            let range = &mut graph.values[node.output.index()].range;
            *range = range.or_else(|| range_of(&embedding.entries()));
        }
    }
}

/// All values that an embedding can yield are known: none of them is beyond its entries.
fn range_of(entries: &[f64]) -> Option<RecordedRange> {
    let low = entries.iter().copied().reduce(f64::min)?;
    let high = entries.iter().copied().reduce(f64::max)?;
    Some(RecordedRange {
        low,
        high,
        kind: RangeKind::Declared,
        fixed: None,
    })
}

fn quantize(weights: &mut Weights, outputs: usize, quantizer: Option<Quantizer>) {
    let Weights::Latent(latent) = weights else {
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
    *weights = Weights::Quantized(Quantized {
        values,
        scales,
        precision,
    });
}
