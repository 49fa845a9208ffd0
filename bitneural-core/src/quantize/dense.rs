//! Dense nodes → dense ops (R6 to R10, R12, R32).

use super::Format;
use super::bounds::of_trits;
use super::requant::{RealChannel, Shared, constants};
use crate::error::ErrorKind;
use crate::graph::{self, Clamp, Weights};
use crate::network::{Dense, Element};

pub(super) fn quantize(dense: &graph::Dense, from: Format, to: Format) -> Result<Dense, ErrorKind> {
    let Weights::Ternary(ternary) = &dense.weights else {
        return Err(ErrorKind::Internal {
            stage: "passes",
            what: "Graph",
            reason: "a dense node whose weights are not trits".to_owned(),
        });
    };
    let mut trits = ternary.trits.clone();
    let mut channels = Vec::with_capacity(dense.outputs);
    for ((row, &scale), &bias) in trits
        .chunks_mut(dense.inputs.max(1))
        .zip(&ternary.scales)
        .zip(&dense.bias)
    {
        // R6: a negative scale flips the channel's trits.
        if scale < 0.0 {
            row.iter_mut().for_each(|trit| *trit = -*trit);
        }
        channels.push(RealChannel {
            scale: scale.abs(),
            bias,
            bounds: of_trits(row),
        });
    }
    let (low, high) = clamp(dense.clamp, to);
    let shared = Shared {
        input_scale: from.scale,
        input_zero_point: from.zero_point,
        output_scale: to.scale,
        output_zero_point: to.zero_point,
        low,
        high,
    };
    let found = constants(&shared, &channels)?;
    for (row, _) in trits
        .chunks_mut(dense.inputs.max(1))
        .zip(&found.constant)
        .filter(|(_, constant)| **constant)
    {
        row.fill(0);
    }
    Ok(Dense {
        inputs: dense.inputs,
        outputs: dense.outputs,
        trits,
        requant: found.requant,
    })
}

/// y_lo and y_hi (R10, R12).
fn clamp(clamp: Clamp, to: Format) -> (i32, i32) {
    let (low, high) = to.element.bounds();
    match (clamp, to.element) {
        (Clamp::None, _) => (low, high),
        (Clamp::Relu, Element::U8) => (to.zero_point, high),
        (Clamp::Relu, Element::I16) => (0, high),
    }
}
