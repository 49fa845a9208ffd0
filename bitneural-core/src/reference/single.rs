//! Runs a [`Network`] of f32 mode: its constants, sums in `f64`, activations in `f32`. So it is as far from the graph as
//! the roundings that the mode cannot avoid; the order of a kernel's sums is not in it.

use crate::custom::Real;
use crate::function::{Function, nearest_index};
use crate::network::float::{
    Activation, AveragePool, Curve, Embedding, Epilogue, Float, Join, JoinFunction, LayerNorm,
    NormalChannel,
};
use crate::network::{Conv, Custom, Dense, Frame, MaxPool, Network, Op, OpKind};
use crate::shape::Window;

mod recurrent;

/// All tensors of one inference, by [`TensorId`](crate::ids::TensorId).
pub type Tensors = Vec<Vec<f32>>;

/// Runs the network on `input` (the inputs, one after the other, channels last, not normalized).
///
/// # Panics
/// If the network is not one of f32 mode, `input` has another length, or it has a custom layer whose op is not
/// registered.
pub fn run(network: &Network, input: &[f32]) -> Tensors {
    let mut tensors = vec![Vec::new(); network.tensors.len()];
    let mut left = input;
    for (id, channels) in network.inputs.iter().zip(&network.normalize_inputs) {
        let (own, rest) = left.split_at(network.tensor(*id).elements);
        tensors[id.index()] = normalize(channels, own);
        left = rest;
    }
    assert!(left.is_empty(), "length of the inputs");
    for op in &network.ops {
        tensors[op.output.index()] = match &op.kind {
            OpKind::Float(kind) => step(kind, op, &tensors),
            OpKind::Reshape => tensors[op.input().index()].clone(),
            OpKind::Dense(_)
            | OpKind::Conv(_)
            | OpKind::MaxPool(_)
            | OpKind::AveragePool(_)
            | OpKind::Recurrent(_)
            | OpKind::Line(_)
            | OpKind::LayerNorm(_)
            | OpKind::Embedding(_)
            | OpKind::Table(_)
            | OpKind::Gate(_)
            | OpKind::Add(_)
            | OpKind::Multiply(_)
            | OpKind::Pick(_)
            | OpKind::Concat(_)
            | OpKind::Frame(_)
            | OpKind::Softmax(_)
            | OpKind::Custom(_) => panic!("an op of codes"),
        };
    }
    tensors
}

/// The class that the network finds, of all its tensors (R21).
pub fn classify(network: &Network, tensors: &Tensors) -> usize {
    let scores = &tensors[network.judged().index()];
    if network.threshold.is_some() {
        return usize::from(scores[0] > 0.0);
    }
    let mut best = 0;
    for (index, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = index;
        }
    }
    best
}

fn normalize(channels: &[NormalChannel], input: &[f32]) -> Vec<f32> {
    let each = input.iter().zip(channels.iter().cycle());
    each.map(|(&x, channel)| (x - channel.mean) * channel.factor)
        .collect()
}

fn step(kind: &Float, op: &Op, tensors: &Tensors) -> Vec<f32> {
    let input = &tensors[op.input().index()];
    let inputs = || -> Vec<&[f32]> {
        let read = op.inputs.iter();
        read.map(|id| tensors[id.index()].as_slice()).collect()
    };
    match kind {
        Float::Dense(op) => dense(op, input),
        Float::Conv(op) => conv(op, input),
        Float::MaxPool(op) => max_pool(op, input),
        Float::AveragePool(op) => average_pool(op, input),
        Float::Activation(function) => {
            let each = input.iter();
            each.map(|&x| activation(*function, x.into()) as f32)
                .collect()
        }
        Float::Recurrent(op) => recurrent::run(op, input),
        Float::Embedding(op) => embedding(op, input),
        Float::LayerNorm(op) => {
            let positions = input.chunks(op.channels.len());
            positions.flat_map(|x| layer_norm(op, x)).collect()
        }
        Float::Frame(op) => frame(op, input),
        Float::Join(op) => join(op, &inputs()),
        Float::Concat(rounds) => concat(*rounds, &inputs()),
        Float::Softmax => softmax(input),
        Float::Custom(op) => custom(op, &inputs()),
    }
}

/// The value of an output channel for Σ w·x.
fn finish(sum: f64, c: usize, epilogue: &Epilogue) -> f32 {
    let channel = epilogue.channels[c];
    let mut y = sum * f64::from(channel.scale) + f64::from(channel.bias);
    if let Some(slopes) = &epilogue.slopes
        && y < 0.0
    {
        y *= f64::from(slopes[c]);
    }
    clamp(y, epilogue.low, epilogue.high)
}

fn clamp(y: f64, low: f32, high: f32) -> f32 {
    y.max(low.into()).min(high.into()) as f32
}

fn dense(op: &Dense<Epilogue>, input: &[f32]) -> Vec<f32> {
    let rows = op.weights.chunks(op.inputs).enumerate();
    let row = |(c, row): (usize, &[i8])| {
        let terms = row.iter().zip(input);
        let sum = terms.map(|(&w, &x)| f64::from(w) * f64::from(x)).sum();
        finish(sum, c, &op.requant)
    };
    rows.map(row).collect()
}

fn positions(window: &Window) -> impl Iterator<Item = (usize, usize)> + use<> {
    let [height, width] = window.output;
    (0..height).flat_map(move |y| (0..width).map(move |x| (y, x)))
}

fn conv(op: &Conv<Epilogue>, input: &[f32]) -> Vec<f32> {
    let seen = op.channels / op.groups;
    let of_group = op.outputs / op.groups;
    let mut output = Vec::new();
    for (y, x) in positions(&op.window) {
        for c in 0..op.outputs {
            let first = c / of_group * seen;
            let row = op.weights[c * op.taps()..][..op.taps()].chunks(seen);
            let mut sum = 0.0;
            for (weights, position) in row.zip(op.window.under(y, x)) {
                let Some(position) = position else { continue };
                let values = &input[position * op.channels + first..][..seen];
                let terms = weights.iter().zip(values);
                sum += terms
                    .map(|(&w, &x)| f64::from(w) * f64::from(x))
                    .sum::<f64>();
            }
            output.push(finish(sum, c, &op.requant));
        }
    }
    output
}

fn max_pool(op: &MaxPool, input: &[f32]) -> Vec<f32> {
    let mut output = Vec::new();
    for (y, x) in positions(&op.window) {
        for c in 0..op.channels {
            let under = op.window.under(y, x).flatten();
            let values = under.map(|position| input[position * op.channels + c]);
            output.push(values.fold(f32::NEG_INFINITY, f32::max));
        }
    }
    output
}

fn average_pool(op: &AveragePool, input: &[f32]) -> Vec<f32> {
    let mut output = Vec::new();
    for (y, x) in positions(&op.window) {
        let under: Vec<usize> = op.window.under(y, x).flatten().collect();
        let count = if op.count_padding {
            op.window.taps()
        } else {
            under.len()
        };
        for c in 0..op.channels {
            let values = under.iter().map(|p| f64::from(input[p * op.channels + c]));
            let mean = values.sum::<f64>() / count as f64;
            output.push(clamp(mean, op.low, op.high));
        }
    }
    output
}

fn activation(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::Relu(relu) => {
            let threshold = f64::from(relu.threshold);
            if x > threshold {
                x.min(relu.max.into())
            } else {
                f64::from(relu.slope) * (x - threshold)
            }
        }
        Activation::Elu(elu) if x > 0.0 => f64::from(elu.factor) * x,
        Activation::Elu(elu) => f64::from(elu.alpha) * x.exp_m1(),
        Activation::Line(line) => {
            let y = f64::from(line.slope) * x + f64::from(line.offset);
            y.max(line.low.into()).min(line.high.into())
        }
        Activation::Curve(curve) => {
            let function = match curve {
                Curve::Sigmoid => Function::Sigmoid,
                Curve::Tanh => Function::Tanh,
                Curve::HardSwish => Function::HardSwish,
                Curve::Swish => Function::Swish,
                Curve::Gelu => Function::Gelu,
                Curve::GeluTanh => Function::GeluTanh,
                Curve::Softplus => Function::Softplus,
                Curve::Softsign => Function::Softsign,
                Curve::Exponential => Function::Exponential,
            };
            function.apply(x)
        }
    }
}

fn embedding(op: &Embedding, input: &[f32]) -> Vec<f32> {
    let rows = input.iter().map(|&x| nearest_index(x).min(op.rows - 1));
    rows.flat_map(|row| op.values[row * op.width..][..op.width].to_vec())
        .collect()
}

/// Of one position.
fn layer_norm(op: &LayerNorm, input: &[f32]) -> Vec<f32> {
    let count = input.len() as f64;
    let mean = input.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
    let centred: Vec<f64> = input.iter().map(|&x| f64::from(x) - mean).collect();
    let squares: f64 = centred.iter().map(|x| x * x).sum();
    let deviation = (squares / count + f64::from(op.epsilon)).sqrt();
    let each = centred.iter().zip(&op.channels).map(|(x, channel)| {
        let y = x / deviation * f64::from(channel.scale) + f64::from(channel.bias);
        clamp(y, op.low, op.high)
    });
    each.collect()
}

fn frame(op: &Frame, input: &[f32]) -> Vec<f32> {
    let pixel = |shown: Option<usize>| match shown {
        Some(position) => input[position * op.channels..][..op.channels].to_vec(),
        None => vec![0.0; op.channels],
    };
    op.frame.shown().flat_map(pixel).collect()
}

fn join(op: &Join, inputs: &[&[f32]]) -> Vec<f32> {
    let elements = inputs.iter().map(|input| input.len()).max().unwrap_or(0);
    let each = (0..elements).map(|index| {
        // A value of one element a channel is repeated: channels come last.
        let mut values = inputs
            .iter()
            .map(|input| f64::from(input[index % input.len()]));
        let first = values.next().unwrap_or(0.0);
        let y = match op.function {
            JoinFunction::Add => first + values.sum::<f64>(),
            JoinFunction::Average => (first + values.sum::<f64>()) / inputs.len() as f64,
            JoinFunction::Subtract => first - values.sum::<f64>(),
            JoinFunction::Multiply => values.fold(first, |product, x| product * x),
            JoinFunction::Maximum => values.fold(first, f64::max),
            JoinFunction::Minimum => values.fold(first, f64::min),
        };
        clamp(y, op.low, op.high)
    });
    each.collect()
}

fn concat(rounds: usize, inputs: &[&[f32]]) -> Vec<f32> {
    let pieces = (0..rounds).flat_map(|round| {
        inputs.iter().map(move |input| {
            let piece = input.len() / rounds;
            &input[round * piece..][..piece]
        })
    });
    pieces.collect::<Vec<_>>().concat()
}

fn softmax(input: &[f32]) -> Vec<f32> {
    let largest = input.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exps = input.iter().map(|&x| f64::from(x - largest).exp());
    let exps: Vec<f64> = exps.collect();
    let sum: f64 = exps.iter().sum();
    exps.iter().map(|e| (e / sum) as f32).collect()
}

fn custom(op: &Custom, inputs: &[&[f32]]) -> Vec<f32> {
    let name = &op.name;
    let Some(registered) = &op.op else {
        panic!("no op is registered for the custom layer `{name}`");
    };
    let inputs = inputs.iter().zip(&op.inputs);
    let inputs = inputs.map(|(&values, format)| Real {
        shape: &format.shape,
        values,
    });
    let output = registered
        .op()
        .float(&inputs.collect::<Vec<_>>(), &op.parameters);
    let elements = op.output.shape.elements();
    assert_eq!(output.len(), elements, "elements of the op of `{name}`");
    output
}
