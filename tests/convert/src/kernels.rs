//! Float kernels → trits if they are exactly ternary, else 8-bit codes.

use bitneural_core::ternarize::{Granularity, Order, Precision, Quantizer, int8, ternarize};

/// A kernel as the chip has it.
pub(crate) struct Kernel {
    /// Trits or codes, in the order of the file: outputs last.
    pub(crate) values: Vec<i8>,
    /// The scale of each output.
    pub(crate) scales: Vec<f32>,
    pub(crate) precision: Precision,
}

/// Quantizes a kernel with its outputs last.
pub(crate) fn quantize(weights: &[f32], outputs: usize) -> Kernel {
    let order = Order::InputsFirst;
    let ternary = ternarize(
        weights,
        outputs,
        order,
        Quantizer::Optimal,
        Granularity::Channel,
    );
    let trits = kernel(&ternary.trits, &ternary.scales, Precision::Ternary);
    let mut pairs = weights.iter().zip(&trits.values).enumerate();
    if pairs.all(|(at, (&weight, &trit))| weight == f32::from(trit) * trits.scales[at % outputs]) {
        return trits;
    }
    let (codes, scales) = int8(weights, outputs, order);
    kernel(&codes, &scales, Precision::Int8)
}

/// `[outputs][taps]` as the file has it: `[taps][outputs]`.
fn kernel(rows: &[i8], scales: &[f64], precision: Precision) -> Kernel {
    let taps = rows.len() / scales.len();
    let columns = (0..taps).flat_map(|tap| rows.iter().skip(tap).step_by(taps));
    Kernel {
        values: columns.copied().collect(),
        scales: scales.iter().map(|&scale| scale as f32).collect(),
        precision,
    }
}
