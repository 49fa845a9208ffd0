//! A network as text, one op a line: the snapshot format, and what `bitneural inspect` prints.

use std::fmt::Write;

use super::{Network, OpKind, Tensor};

fn tensor(tensor: &Tensor) -> String {
    format!(
        "{}×{} scale {:.6e} zero {}",
        tensor.elements,
        tensor.element.rust(),
        tensor.scale,
        tensor.zero_point
    )
}

/// One line a op, with the formats and the constants of its layer.
pub fn print(network: &Network) -> String {
    let mut text = format!("input {}\n", tensor(network.tensor(network.input)));
    for op in &network.ops {
        let what = match &op.kind {
            OpKind::Dense(dense) => {
                let zeros = dense.trits.iter().filter(|&&trit| trit == 0).count();
                let requant = &dense.requant;
                format!(
                    "dense {}→{} zeros {zeros} P {} S {} clamp {}..={}",
                    dense.inputs,
                    dense.outputs,
                    requant.pre_shift,
                    requant.shift,
                    requant.low,
                    requant.high
                )
            }
            OpKind::Table(_) => "table".to_owned(),
            OpKind::Reshape => "reshape".to_owned(),
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
