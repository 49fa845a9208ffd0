//! Runs a [`Network`] by the numbered rules, in `i64`, asserting every obligation on the way.

use crate::network::{Element, InputChannel, Network, OpKind};

pub mod activation;
mod conv;
mod custom;
mod dense;
mod elementwise;
mod embedding;
mod linear;
pub mod norm;
mod pool;
pub mod recurrent;
mod shape;
pub mod softmax;

/// All tensors of one inference, by [`TensorId`](crate::ids::TensorId); empty for tensors that no op
/// yields.
pub type Tensors = Vec<Vec<i32>>;

/// Runs the network on `input` (codes, channels last, an input after the other) and returns every tensor.
///
/// # Panics
/// If `input` has another length, an obligation of the rules does not hold, the network is one of f32 mode, or a
/// custom layer has no registered op.
pub fn run(network: &Network, input: &[i32]) -> Tensors {
    assert_eq!(
        input.len(),
        network.interface.input_elements(),
        "length of the inputs"
    );
    let mut tensors = vec![Vec::new(); network.tensors.len()];
    let mut left = input;
    for &id in &network.inputs {
        let (own, rest) = left.split_at(network.tensor(id).elements);
        tensors[id.index()] = own.to_vec();
        left = rest;
    }
    for op in &network.ops {
        let input = &tensors[op.input().index()];
        let (from, to) = (network.tensor(op.input()), network.tensor(op.output));
        let read = || -> Vec<&[i32]> {
            let inputs = op.inputs.iter();
            inputs.map(|id| tensors[id.index()].as_slice()).collect()
        };
        let output = match &op.kind {
            OpKind::Dense(dense) => dense::run(dense, input),
            OpKind::Conv(conv) => conv::run(conv, from.zero_point, input),
            OpKind::MaxPool(pool) => pool::max(pool, input),
            OpKind::AveragePool(pool) => pool::average(pool, from.zero_point, input),
            OpKind::LayerNorm(norm) => norm::run(norm, input),
            OpKind::Recurrent(op) => recurrent::run(op, input),
            OpKind::Table(table) => activation::run(table, input),
            OpKind::Gate(gate) => activation::gate(*gate, input),
            OpKind::Add(op) => elementwise::add(op, &read()),
            OpKind::Multiply(multiply) => {
                let zero_points =
                    [0, 1].map(|operand| network.tensor(op.inputs[operand]).zero_point);
                elementwise::multiply(multiply, zero_points, &read())
            }
            OpKind::Pick(op) => elementwise::pick(op, &read()),
            OpKind::Embedding(op) => embedding::run(op, input),
            OpKind::Concat(op) => elementwise::concat(op, &read()),
            OpKind::Reshape => input.clone(),
            OpKind::Frame(frame) => shape::run(frame, from.zero_point, input),
            OpKind::Softmax(softmax) => softmax::run(softmax, from.element, to.element, input),
            OpKind::Line(_) => panic!("a network of frames: run that of whole sequences"),
            OpKind::Float(_) => panic!("an op of f32 mode among integers"),
            OpKind::Custom(custom) => custom::run(custom, &op.inputs, &tensors),
        };
        let (low, high) = to.element.bounds();
        assert!(
            output.iter().all(|y| (low..=high).contains(y)),
            "R2: an element out of its type"
        );
        tensors[op.output.index()] = output;
    }
    tensors
}

/// The codes of the outputs, one after the other, for inputs in codes: see [`run`].
pub fn output(network: &Network, input: &[i32]) -> Vec<i32> {
    let tensors = run(network, input);
    let outputs = network
        .outputs
        .iter()
        .map(|id| tensors[id.index()].as_slice());
    outputs.collect::<Vec<_>>().concat()
}

/// The codes of all inputs, one after the other, in `f32` (R4).
///
/// # Panics
/// If `input` has another length than the inputs together.
pub fn quantize_input(network: &Network, input: &[f32]) -> Vec<i32> {
    let mut left = input;
    let ports = network.inputs.iter().zip(&network.quantize_inputs);
    let codes = ports.flat_map(|(&id, channels)| {
        let tensor = network.tensor(id);
        let (own, rest) = left.split_at(tensor.elements);
        left = rest;
        quantize(channels, tensor.element, own)
    });
    codes.collect()
}

fn quantize(channels: &[InputChannel], element: Element, input: &[f32]) -> Vec<i32> {
    let (low, high) = element.bounds();
    input
        .iter()
        .enumerate()
        .map(|(index, &x)| {
            let InputChannel { factor, offset } = channels[index % channels.len()];
            let product = x * factor;
            let limit = 1_073_741_824.0; // 2^30
            let v = if product.is_nan() {
                0.0
            } else {
                product.clamp(-limit, limit).trunc()
            };
            let code = (i64::from(v as i32) + i64::from(offset)) >> 8;
            code.clamp(i64::from(low), i64::from(high)) as i32
        })
        .collect()
}

/// The real values of a tensor (R5).
pub fn dequantize(network: &Network, id: crate::ids::TensorId, codes: &[i32]) -> Vec<f32> {
    let tensor = network.tensor(id);
    codes
        .iter()
        .map(|&code| tensor.scale as f32 * (code - tensor.zero_point) as f32)
        .collect()
}

/// The class that the network finds, of all its tensors (R21).
pub fn classify(network: &Network, tensors: &Tensors) -> usize {
    let scores = &tensors[network.judged().index()];
    match network.threshold {
        Some(threshold) => usize::from(above(scores[0], threshold)),
        None => class(scores),
    }
}

/// Whether a score in front of a sigmoid is that of class 1: q > 0, of a code u > z (R21).
pub fn above(score: i32, threshold: i32) -> bool {
    score > threshold
}

/// The class of several scores (R21): the index of the largest value, the lowest one on ties.
pub fn class(scores: &[i32]) -> usize {
    let largest = scores.iter().max();
    scores
        .iter()
        .position(|score| Some(score) == largest)
        .unwrap_or(0)
}

/// D of R20: the largest difference of two values.
fn depth(element: Element) -> i64 {
    let (low, high) = element.bounds();
    i64::from(high) - i64::from(low)
}
