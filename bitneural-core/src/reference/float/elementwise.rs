//! Functions of several values, element by element, and values one after the other.

use crate::graph::{Elementwise, Function};

pub(super) fn run(elementwise: &Elementwise, inputs: &[&[f32]]) -> Vec<f32> {
    let elements = inputs.iter().map(|input| input.len()).max().unwrap_or(0);
    (0..elements)
        .map(|index| {
            // A value of one element a channel is repeated: channels come last.
            let values = inputs
                .iter()
                .map(|input| f64::from(input[index % input.len()]));
            let y = function(elementwise.function, values);
            // A clamp of these nodes is the same for every channel.
            elementwise.clamp.apply(0, y) as f32
        })
        .collect()
}

fn function(function: Function, mut values: impl ExactSizeIterator<Item = f64>) -> f64 {
    match function {
        Function::Add => values.sum(),
        Function::Subtract => {
            let first = values.next().unwrap_or(0.0);
            first - values.sum::<f64>()
        }
        Function::Average => {
            let count = values.len() as f64;
            values.sum::<f64>() / count
        }
        Function::Multiply => values.product(),
        Function::Maximum => values.fold(f64::NEG_INFINITY, f64::max),
        Function::Minimum => values.fold(f64::INFINITY, f64::min),
    }
}

pub(super) fn concat(rounds: usize, inputs: &[&[f32]]) -> Vec<f32> {
    let pieces = (0..rounds).flat_map(|round| {
        inputs.iter().map(move |input| {
            let piece = input.len() / rounds;
            &input[round * piece..][..piece]
        })
    });
    pieces.collect::<Vec<_>>().concat()
}
