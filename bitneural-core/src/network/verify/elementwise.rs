//! The invariants of ops that read several tensors.

use super::{obligations, verify_requant};
use crate::network::{Add, Element, Multiply, OpKind, Rescale, Tensor};

pub(super) fn verify(kind: &OpKind, inputs: &[&Tensor], output: &Tensor) -> Result<(), String> {
    let is_code = |tensor: &&Tensor| tensor.element == Element::U8;
    if !inputs.iter().chain([&output]).all(is_code) {
        return Err("an op of several tensors that are not all codes".to_owned());
    }
    let operands = match kind {
        OpKind::Add(add) => {
            sums(add)?;
            add.multipliers.len()
        }
        OpKind::Multiply(multiply) => {
            product(multiply, output)?;
            2
        }
        OpKind::Pick(pick) => {
            rescales(&pick.operands, inputs, output)?;
            pick.operands.len()
        }
        OpKind::Concat(concat) => {
            rescales(&concat.operands, inputs, output)?;
            if concat.operands.len() != inputs.len() {
                return Err("a concat with constants for other tensors".to_owned());
            }
            return pieces(concat.rounds, inputs, output);
        }
        OpKind::Dense(_)
        | OpKind::Conv(_)
        | OpKind::MaxPool(_)
        | OpKind::AveragePool(_)
        | OpKind::LayerNorm(_)
        | OpKind::Table(_)
        | OpKind::Gate(_)
        | OpKind::Embedding(_)
        | OpKind::Line(_)
        | OpKind::Recurrent(_)
        | OpKind::Frame(_)
        | OpKind::Reshape
        | OpKind::Softmax(_)
        | OpKind::Custom(_)
        | OpKind::Float(_) => return Err("an op of one tensor".to_owned()),
    };
    if operands != inputs.len() {
        return Err("an op with constants for other tensors".to_owned());
    }
    fit(inputs, output)
}

/// Whether each tensor is as large as the output or the same part of it, which is repeated.
pub(super) fn fit(inputs: &[&Tensor], output: &Tensor) -> Result<(), String> {
    let sizes = || inputs.iter().map(|input| input.elements);
    let smallest = sizes().min().unwrap_or(0);
    let fit = sizes().all(|size| size == output.elements || size == smallest)
        && sizes().max() == Some(output.elements)
        && smallest > 0
        && output.elements.is_multiple_of(smallest);
    if !fit {
        return Err("an op between tensors that do not fit".to_owned());
    }
    Ok(())
}

/// R14: every partial sum fits 32 bits.
fn sums(add: &Add) -> Result<(), String> {
    let (mut least, mut most) = (i64::from(add.bias.min(0)), i64::from(add.bias.max(0)));
    for &multiplier in &add.multipliers {
        least += 255 * i64::from(multiplier.min(0));
        most += 255 * i64::from(multiplier.max(0));
    }
    let is_code = |end: i32| (0..=255).contains(&end);
    let held = i32::try_from(least).is_ok()
        && i32::try_from(most).is_ok()
        && add.shift <= 30
        && is_code(add.low)
        && is_code(add.high)
        && add.low <= add.high;
    if held {
        Ok(())
    } else {
        Err("a sum breaks the obligation of R14".to_owned())
    }
}

fn product(multiply: &Multiply, output: &Tensor) -> Result<(), String> {
    verify_requant(&multiply.requant, output)?;
    let [channel] = multiply.requant.channels[..] else {
        return Err("a product with constants for several channels".to_owned());
    };
    if multiply.requant.leaky.is_some() {
        return Err("a product with slopes".to_owned());
    }
    obligations(&multiply.requant, &[(-65025, 65025, channel)], 1)
}

fn rescales(
    operands: &[Option<Rescale>],
    inputs: &[&Tensor],
    output: &Tensor,
) -> Result<(), String> {
    for (operand, input) in operands.iter().zip(inputs) {
        match operand {
            None if (input.scale, input.zero_point) != (output.scale, output.zero_point) => {
                return Err("a tensor of another format is not rescaled".to_owned());
            }
            None => {}
            Some(rescale) => sums(&Add {
                multipliers: vec![rescale.multiplier],
                bias: rescale.bias,
                shift: rescale.shift,
                low: 0,
                high: 255,
            })?,
        }
    }
    Ok(())
}

/// Whether tensors are, together, as large as the output, each in so many rounds.
pub(super) fn pieces(rounds: usize, inputs: &[&Tensor], output: &Tensor) -> Result<(), String> {
    let elements: usize = inputs.iter().map(|input| input.elements).sum();
    let whole = |input: &&Tensor| rounds > 0 && input.elements.is_multiple_of(rounds);
    if elements != output.elements || !inputs.iter().all(whole) {
        return Err("a concat between tensors that do not fit".to_owned());
    }
    Ok(())
}
