//! Networks of one op of several inputs.

use bitneural_core::ids::TensorId;
use bitneural_core::network::{self, Network, OpKind, Rescale, Tensor};

use super::{requant, tensor};
use crate::spec::Element;
use crate::spec::op::{Op, Picked};

/// How each input comes into the output's format; m = 1 and B = S = 0 stand for one that is in it.
fn rescales(multipliers: &[i32], biases: &[i32], shifts: &[u8]) -> Vec<Option<Rescale>> {
    let constants = multipliers.iter().zip(biases).zip(shifts);
    let rescales = constants.map(|((&multiplier, &bias), &shift)| {
        let stays = (multiplier, bias, shift) == (1, 0, 0);
        (!stays).then_some(Rescale {
            multiplier,
            bias,
            shift: shift.into(),
        })
    });
    rescales.collect()
}

/// The op and its tensors, the output last; `None` for an op of one input.
pub(super) fn parts(op: &Op) -> Option<(OpKind, Vec<Tensor>)> {
    let lengths = op.lengths()?;
    let mut tensors: Vec<Tensor> = lengths
        .iter()
        .map(|&length| tensor(Element::U8, length))
        .collect();
    let longest = lengths.iter().copied().max().expect("an input");
    let (kind, elements) = match op {
        Op::Add(op) => {
            let add = network::Add {
                multipliers: op.multipliers.clone(),
                bias: op.bias,
                shift: op.shift.into(),
                low: op.low.into(),
                high: op.high.into(),
            };
            (OpKind::Add(add), longest)
        }
        Op::Multiply(op) => {
            for (tensor, zero_point) in tensors.iter_mut().zip(op.zero_points) {
                tensor.zero_point = zero_point.into();
            }
            let requant = requant(&op.epilogue);
            (OpKind::Multiply(network::Multiply { requant }), longest)
        }
        Op::Pick(op) => {
            let pick = network::Pick {
                picked: match op.pick {
                    Picked::Largest => network::Picked::Largest,
                    Picked::Smallest => network::Picked::Smallest,
                },
                operands: rescales(&op.multipliers, &op.biases, &op.shifts),
            };
            (OpKind::Pick(pick), longest)
        }
        Op::Concat(op) => {
            let concat = network::Concat {
                rounds: op.rounds,
                operands: rescales(&op.multipliers, &op.biases, &op.shifts),
            };
            (OpKind::Concat(concat), lengths.iter().sum())
        }
        Op::Dense(_)
        | Op::Conv(_)
        | Op::Depthwise(_)
        | Op::MaxPool(_)
        | Op::AveragePool(_)
        | Op::Table(_)
        | Op::Recurrent(_)
        | Op::Gate(_)
        | Op::Embedding(_)
        | Op::LayerNorm(_)
        | Op::Frame(_)
        | Op::Softmax(_) => return None,
    };
    tensors.push(tensor(Element::U8, elements));
    Some((kind, tensors))
}

/// Gives a network of one input these tensors: all but the last are inputs, and the last is the output.
pub(super) fn with_tensors(mut network: Network, tensors: Vec<Tensor>) -> Network {
    let inputs = tensors.len() - 1;
    let input = &network.interface.inputs[0];
    let ports = tensors[..inputs].iter().map(|tensor| {
        let mut port = input.clone();
        port.shape.0 = vec![tensor.elements];
        port
    });
    network.interface.inputs = ports.collect();
    network.interface.outputs[0].shape.0 = vec![tensors[inputs].elements];
    network.quantize_inputs = vec![network.quantize_inputs[0].clone(); inputs];
    network.inputs = (0..inputs).map(TensorId::from).collect();
    network.outputs = vec![TensorId::from(inputs)];
    network.scores = Some(TensorId::from(inputs));
    network.tensors = tensors;
    network
}
