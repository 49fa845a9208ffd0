//! R14, R15 and R16.

use super::linear::requantize;
use crate::network::{Add, Concat, Multiply, Pick, Picked, Rescale};

/// The elements of each tensor that belong to one element of the output: a smaller tensor is repeated.
fn rows<'a>(inputs: &'a [&[i32]]) -> impl Iterator<Item = Vec<i32>> + 'a {
    let elements = inputs.iter().map(|input| input.len()).max().unwrap_or(0);
    (0..elements).map(|index| {
        let row = inputs.iter().map(|input| input[index % input.len()]);
        row.collect()
    })
}

pub(super) fn add(add: &Add, inputs: &[&[i32]]) -> Vec<i32> {
    let sums = rows(inputs).map(|row| {
        let mut sum = i64::from(add.bias);
        for (x, m) in row.iter().zip(&add.multipliers) {
            sum += i64::from(*m) * i64::from(*x);
            assert!(i32::try_from(sum).is_ok(), "R14: a partial sum");
        }
        (sum >> add.shift).clamp(add.low.into(), add.high.into()) as i32
    });
    sums.collect()
}

pub(super) fn multiply(multiply: &Multiply, zero_points: [i32; 2], inputs: &[&[i32]]) -> Vec<i32> {
    let products = rows(inputs).map(|row| {
        let factors = [0, 1].map(|operand| i64::from(row[operand] - zero_points[operand]));
        requantize(factors[0] * factors[1], &multiply.requant, 0)
    });
    products.collect()
}

/// R14 with one input; a code of the output's format as it is.
fn rescaled(x: i32, rescale: Option<&Rescale>) -> i32 {
    let Some(rescale) = rescale else { return x };
    let sum = i64::from(rescale.bias) + i64::from(rescale.multiplier) * i64::from(x);
    assert!(i32::try_from(sum).is_ok(), "R14: a partial sum");
    (sum >> rescale.shift).clamp(0, 255) as i32
}

pub(super) fn pick(pick: &Pick, inputs: &[&[i32]]) -> Vec<i32> {
    let picked = rows(inputs).map(|row| {
        let operands = row.iter().zip(&pick.operands);
        let codes = operands.map(|(&x, rescale)| rescaled(x, rescale.as_ref()));
        let code = match pick.picked {
            Picked::Largest => codes.max(),
            Picked::Smallest => codes.min(),
        };
        code.expect("an op reads something")
    });
    picked.collect()
}

pub(super) fn concat(concat: &Concat, inputs: &[&[i32]]) -> Vec<i32> {
    let mut output = Vec::new();
    for round in 0..concat.rounds {
        for (input, rescale) in inputs.iter().zip(&concat.operands) {
            let piece = input.len() / concat.rounds;
            let codes = &input[round * piece..][..piece];
            output.extend(codes.iter().map(|&x| rescaled(x, rescale.as_ref())));
        }
    }
    output
}
