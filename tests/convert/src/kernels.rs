//! Float kernels → trits if they are exactly ternary, else 8-bit codes.

use bitneural_core::ternarize::{Granularity, Order, Precision, Quantizer, int8, ternarize};

/// A kernel as the chip has it.
pub(crate) struct Kernel {
    /// Trits or codes, in the order of the file.
    pub(crate) values: Vec<i8>,
    /// The scale of each output.
    pub(crate) scales: Vec<f32>,
    pub(crate) precision: Precision,
}

/// Quantizes a kernel.
pub(crate) fn quantize(weights: &[f32], outputs: usize, order: Order) -> Kernel {
    let of = |rows, scales, precision| kernel(rows, scales, precision, order);
    let ternary = ternarize(
        weights,
        outputs,
        order,
        Quantizer::Optimal,
        Granularity::Channel,
    );
    let trits = of(&ternary.trits, &ternary.scales, Precision::Ternary);
    let mut pairs = weights.iter().zip(&trits.values).enumerate();
    let taps = weights.len() / outputs;
    let output = |at: usize| match order {
        Order::InputsFirst => at % outputs,
        Order::OutputsFirst => at / taps,
    };
    if pairs.all(|(at, (&weight, &trit))| weight == f32::from(trit) * trits.scales[output(at)]) {
        return trits;
    }
    let (codes, scales) = int8(weights, outputs, order);
    of(&codes, &scales, Precision::Int8)
}

/// `[outputs][taps]` as the file has it.
fn kernel(rows: &[i8], scales: &[f64], precision: Precision, order: Order) -> Kernel {
    let taps = rows.len() / scales.len();
    let columns = (0..taps).flat_map(|tap| rows.iter().skip(tap).step_by(taps));
    Kernel {
        values: match order {
            Order::InputsFirst => columns.copied().collect(),
            Order::OutputsFirst => rows.to_vec(),
        },
        scales: scales.iter().map(|&scale| scale as f32).collect(),
        precision,
    }
}
