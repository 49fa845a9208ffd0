//! A network as text, one op a line: the snapshot format, and what `bitneural inspect` prints.

use std::fmt::Write;

use super::{Network, OpKind, Requant, Tensor};
use crate::shape::Window;
use crate::ternarize::Precision;

fn tensor(tensor: &Tensor) -> String {
    format!(
        "{}×{} scale {:.6e} zero {}",
        tensor.elements,
        tensor.element.rust(),
        tensor.scale,
        tensor.zero_point
    )
}

fn window(window: &Window) -> String {
    let pair = |[height, width]: [usize; 2]| format!("{height}×{width}");
    format!(
        "{} at {} stride {} dilation {} before {}: {}",
        pair(window.kernel),
        pair(window.input),
        pair(window.stride),
        pair(window.dilation),
        pair(window.before),
        pair(window.output)
    )
}

fn linear(weights: &[i8], precision: Precision, requant: &Requant) -> String {
    let zeros = weights.iter().filter(|&&weight| weight == 0).count();
    let word = match precision {
        Precision::Ternary => "ternary",
        Precision::Int8 => "int8",
    };
    format!("{word} zeros {zeros} {}", epilogue(requant))
}

fn epilogue(requant: &Requant) -> String {
    let Requant {
        pre_shift,
        shift,
        low,
        high,
        leaky,
        ..
    } = requant;
    let leaky = leaky
        .as_ref()
        .map_or(String::new(), |leaky| format!(" leaky S {}", leaky.shift));
    format!("P {pre_shift} S {shift} clamp {low}..={high}{leaky}")
}

/// One line a op, with the formats and the constants of its layer.
pub fn print(network: &Network) -> String {
    let inputs = network.inputs.iter();
    let mut text: String = inputs
        .map(|&id| format!("input {}\n", tensor(network.tensor(id))))
        .collect();
    for op in &network.ops {
        let what = match &op.kind {
            OpKind::Dense(dense) => {
                let (from, to) = (dense.inputs, dense.outputs);
                format!(
                    "dense {from}→{to} {}",
                    linear(&dense.weights, dense.precision, &dense.requant)
                )
            }
            OpKind::Conv(conv) => {
                let (from, to, groups) = (conv.channels, conv.outputs, conv.groups);
                format!(
                    "conv {} {from}→{to} groups {groups} {}",
                    window(&conv.window),
                    linear(&conv.weights, conv.precision, &conv.requant)
                )
            }
            OpKind::MaxPool(pool) => format!("max pool {}", window(&pool.window)),
            OpKind::AveragePool(pool) => {
                format!(
                    "average pool {} counts {:?} {}",
                    window(&pool.window),
                    pool.counts,
                    epilogue(&pool.requant)
                )
            }
            OpKind::Table(_) => "table".to_owned(),
            OpKind::Gate(gate) => gate.name().to_owned(),
            OpKind::Reshape => "reshape".to_owned(),
            OpKind::Custom(custom) => format!("custom {} of {}", custom.name, custom.inputs.len()),
            OpKind::Softmax(softmax) => {
                format!(
                    "softmax k {} sh {} g {}",
                    softmax.multiplier, softmax.shift, softmax.guard
                )
            }
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{:<12} {what} → {}",
            network.layer(op.layer),
            tensor(network.tensor(op.output))
        );
    }
    text
}
