//! The integer reference, step by step as the plan has them.

use bitneural_core::network::{Network, OpKind};
use bitneural_core::reference::integer;

/// What each op that needs a kernel yields for an input, in order, under the name of its layer.
pub fn run(network: &Network, input: &[u8]) -> Vec<(String, Vec<i32>)> {
    let codes: Vec<i32> = input.iter().map(|&code| code.into()).collect();
    let tensors = integer::run(network, &codes);
    let ops = network.ops.iter().filter(|op| op.kind != OpKind::Reshape);
    ops.map(|op| {
        (
            network.layer(op.layer).to_owned(),
            tensors[op.output.index()].clone(),
        )
    })
    .collect()
}

/// The first step whose values differ, in words.
pub fn first_difference(expected: &[(String, Vec<i32>)], found: &[Vec<i32>]) -> Option<String> {
    if expected.len() != found.len() {
        return Some(format!(
            "{} steps instead of {}",
            found.len(),
            expected.len()
        ));
    }
    expected
        .iter()
        .zip(found)
        .enumerate()
        .find_map(|(index, ((layer, expected), found))| {
            if expected == found {
                return None;
            }
            let at = expected.iter().zip(found).position(|(a, b)| a != b);
            Some(match at {
                Some(at) => format!(
                    "step {index}, layer `{layer}`: element {at} is {} instead of {}",
                    found[at], expected[at]
                ),
                None => format!(
                    "step {index}, layer `{layer}`: {} elements instead of {}",
                    found.len(),
                    expected.len()
                ),
            })
        })
}
