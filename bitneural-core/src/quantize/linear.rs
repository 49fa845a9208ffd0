//! Weights, biases and clamps → rows of integers and an epilogue (R6 to R12, R32).

use super::Format;
use super::bounds::of_weights;
use super::ranges::rnd;
use super::requant::{RealChannel, Shared, constants, leaky_constants};
use crate::error::ErrorKind;
use crate::graph::{Clamp, Linear, Quantized, Weights};
use crate::network::Requant;
use crate::shape::Shape;

/// A row of weights for each output, and what happens to its sum.
pub(super) struct Rows {
    /// `[outputs][taps]`.
    pub(super) weights: Vec<i8>,
    pub(super) requant: Requant,
}

/// Height and width of a value, one where it has none.
pub(super) fn positions(shape: &Shape) -> [usize; 2] {
    match *shape.0 {
        [height, width, _] => [height, width],
        [length, _] => [1, length],
        _ => [1, 1],
    }
}

/// The quantized weights of a node.
pub(super) fn quantized(linear: &Linear) -> Result<&Quantized, ErrorKind> {
    match &linear.weights {
        Weights::Quantized(quantized) => Ok(quantized),
        Weights::Latent(_) => Err(ErrorKind::Internal {
            stage: "passes",
            what: "Graph",
            reason: "a node whose weights are not quantized".to_owned(),
        }),
    }
}

/// The clamps and formats that all channels share.
pub(super) fn shared(from: Format, to: Format, clamp: &Clamp) -> Shared {
    let (low, high) = ends(clamp, to);
    Shared {
        input_scale: from.scale,
        input_zero_point: from.zero_point,
        output_scale: to.scale,
        output_zero_point: to.zero_point,
        low,
        high,
    }
}

/// Rows of `taps` weights each, with the scale and bias of each row.
pub(super) fn rows(
    values: &[i8],
    taps: usize,
    scales: &[f64],
    biases: &[f64],
    clamp: &Clamp,
    from: Format,
    to: Format,
) -> Result<Rows, ErrorKind> {
    let mut weights = values.to_vec();
    let mut channels = Vec::with_capacity(scales.len());
    for ((row, &scale), &bias) in weights.chunks_mut(taps.max(1)).zip(scales).zip(biases) {
        // R6: a negative scale flips the channel's weights.
        if scale < 0.0 {
            row.iter_mut().for_each(|weight| *weight = -*weight);
        }
        channels.push(RealChannel {
            scale: scale.abs(),
            bias,
            bounds: of_weights(row, from.element),
        });
    }
    let shared = shared(from, to, clamp);
    let found = match clamp {
        Clamp::Clip(_, _) => constants(&shared, &channels)?,
        Clamp::Leaky(slopes) => leaky_constants(&shared, &channels, slopes)?,
    };
    for (row, &constant) in weights.chunks_mut(taps.max(1)).zip(&found.constant) {
        if constant {
            row.fill(0);
        }
    }
    Ok(Rows {
        weights,
        requant: found.requant,
    })
}

/// y_lo and y_hi (R10, R12): an end that is infinite is the end of the type.
pub(super) fn ends(clamp: &Clamp, to: Format) -> (i32, i32) {
    let (low, high) = to.element.bounds();
    let end = |real: f64| {
        let code = rnd(real / to.scale) + f64::from(to.zero_point);
        code.clamp(f64::from(low), f64::from(high)) as i32
    };
    match clamp {
        Clamp::Clip(from, until) => (end(*from), end(*until)),
        Clamp::Leaky(_) => (low, high),
    }
}
