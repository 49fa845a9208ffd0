//! Convolutions and affine nodes → convolution ops.

use super::Format;
use super::linear::{Rows, positions, quantized, rows};
use crate::error::ErrorKind;
use crate::graph;
use crate::network::Conv;
use crate::shape::{Shape, Window};
use crate::ternarize::Precision;

pub(super) fn quantize(conv: &graph::Conv, from: Format, to: Format) -> Result<Conv, ErrorKind> {
    let graph::Linear { bias, clamp, .. } = &conv.linear;
    let found = quantized(&conv.linear)?;
    let Rows { weights, requant } = rows(
        &found.values,
        conv.taps(),
        &found.scales,
        bias,
        clamp,
        from,
        to,
    )?;
    Ok(Conv {
        window: conv.window,
        channels: conv.channels,
        groups: conv.groups,
        outputs: conv.outputs,
        weights,
        precision: found.precision,
        requant,
    })
}

/// R19: a depthwise convolution of one tap with the weight 1.
pub(super) fn quantize_affine(
    affine: &graph::Affine,
    shape: &Shape,
    from: Format,
    to: Format,
) -> Result<Conv, ErrorKind> {
    let channels = affine.factor.len();
    let positions = positions(shape);
    let offsets = affine.offset.iter().zip(&affine.mean).zip(&affine.factor);
    // R32 with the bias 0 of no layer.
    let biases: Vec<f64> = offsets
        .map(|((offset, mean), factor)| offset + (0.0 - mean) * factor)
        .collect();
    let ones = vec![1; channels];
    let Rows { weights, requant } =
        rows(&ones, 1, &affine.factor, &biases, &affine.clamp, from, to)?;
    Ok(Conv {
        window: Window::point(positions),
        channels,
        groups: channels,
        outputs: channels,
        weights,
        precision: Precision::Ternary,
        requant,
    })
}
