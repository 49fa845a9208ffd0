//! How far from the float reference an implementation of f32 mode may be.

use bitneural_core::function::Function;
use bitneural_core::graph::{
    Clamp, Function as Several, Graph, LayerNorm, Linear, Node, NodeKind, PoolMode,
};
use bitneural_core::reference::float;
use bitneural_core::shape::Window;

mod recurrent;

/// A value of the float reference, and how far off an implementation may be.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// What the reference has.
    pub value: f64,
    /// The largest error: what the kernels promise of each op (docs/arithmetic.md, "f32 mode"), and what becomes of
    /// the errors of earlier ops; infinite where nothing is promised, of infinities and what comes of them.
    pub bound: f64,
}

impl Expected {
    /// Whether a value is near enough.
    #[must_use]
    pub fn allows(&self, found: f32) -> bool {
        self.bound == f64::INFINITY || (f64::from(found) - self.value).abs() <= self.bound
    }
}

/// 10⁻⁵ of the terms, and 10⁻⁶.
fn promised(size: f64) -> f64 {
    1e-5 * size + 1e-6
}

/// What every value of an inference should be, by value.
pub fn expected(graph: &Graph, input: &[f32]) -> Vec<Vec<Expected>> {
    let reference = float::run(graph, input);
    let exact = |values: &[f32], bounds: Vec<f64>| -> Vec<Expected> {
        let pairs = values.iter().zip(bounds);
        let expected = |(&value, bound): (&f32, f64)| {
            let promised = value.is_finite() && !bound.is_nan();
            Expected {
                value: value.into(),
                bound: if promised { bound } else { f64::INFINITY },
            }
        };
        pairs.map(expected).collect()
    };
    let mut all: Vec<Vec<Expected>> = vec![Vec::new(); graph.values.len()];
    for id in &graph.inputs {
        let values = &reference[id.index()];
        // The mean is subtracted from something as large as it, or smaller.
        let bounds = values.iter().map(|&x| promised(f64::from(x).abs() + 10.0));
        all[id.index()] = exact(values, bounds.collect());
    }
    for node in &graph.nodes {
        let channels = graph.value(node.input()).shape.channels();
        let inputs = node.inputs.iter().map(|id| all[id.index()].as_slice());
        let bounds = bounds(node, channels, &inputs.collect::<Vec<_>>());
        all[node.output.index()] = exact(&reference[node.output.index()], bounds);
    }
    all
}

fn bounds(node: &Node, channels: usize, inputs: &[&[Expected]]) -> Vec<f64> {
    let input = inputs[0];
    match &node.kind {
        NodeKind::Dense(dense) => {
            let whole = Window::whole([1, 1]);
            linear(
                &dense.linear,
                &whole,
                (dense.inputs, 1, dense.outputs),
                input,
            )
        }
        NodeKind::Conv(conv) => {
            let sizes = (conv.channels, conv.groups, conv.outputs);
            linear(&conv.linear, &conv.window, sizes, input)
        }
        NodeKind::Affine(affine) => {
            let each = input.iter().enumerate().map(|(index, x)| {
                let c = index % channels;
                let factor = affine.factor[c].abs();
                let size = (x.value.abs() + affine.mean[c].abs()) * factor + affine.offset[c].abs();
                (x.bound * factor + promised(size)) * slope(&affine.clamp, c)
            });
            each.collect()
        }
        NodeKind::Pool(pool) => {
            let mut bounds = Vec::new();
            for (y, x) in positions(&pool.window) {
                let under: Vec<usize> = pool.window.under(y, x).flatten().collect();
                for c in 0..channels {
                    let seen = under.iter().map(|p| input[p * channels + c]);
                    bounds.push(match pool.mode {
                        PoolMode::Max => seen.map(|x| x.bound).fold(0.0, f64::max),
                        PoolMode::Average { .. } => {
                            let (mut size, mut error) = (0.0_f64, 0.0_f64);
                            seen.for_each(|x| {
                                size = size.max(x.value.abs());
                                error = error.max(x.bound);
                            });
                            error + promised(size)
                        }
                    });
                }
            }
            bounds
        }
        NodeKind::Activation(functions) => {
            let each = input.iter().map(|x| {
                let chain = functions.0.iter();
                chain.fold(*x, |x, &function| of_function(function, x))
            });
            each.map(|x| x.bound).collect()
        }
        NodeKind::Elementwise(elementwise) => {
            let elements = inputs.iter().map(|input| input.len()).max().unwrap_or(0);
            let each = (0..elements).map(|index| {
                let values = inputs.iter().map(|input| input[index % input.len()]);
                joined(elementwise.function, &values.collect::<Vec<_>>())
            });
            each.collect()
        }
        NodeKind::Concat(concat) => {
            let rounds = (0..concat.rounds).flat_map(|round| {
                inputs.iter().flat_map(move |input| {
                    let piece = input.len() / concat.rounds;
                    input[round * piece..][..piece].iter().map(|x| x.bound)
                })
            });
            rounds.collect()
        }
        // Its author answers for it. The tests' own copy, take means, or multiply a value by one from 0 to 1, and have
        // no more elements than they read.
        NodeKind::Custom(_) => {
            let all = inputs.iter().flat_map(|input| input.iter());
            let size = all.clone().map(|x| x.value.abs()).fold(0.0, f64::max);
            let error = all.map(|x| x.bound).fold(0.0, f64::max);
            vec![error * (1.0 + size + error) + promised(size); input.len()]
        }
        NodeKind::Frame(frame) => {
            let pixel = |shown: Option<usize>| match shown {
                Some(position) => input[position * channels..][..channels]
                    .iter()
                    .map(|x| x.bound)
                    .collect(),
                None => vec![0.0; channels],
            };
            frame.shown().flat_map(pixel).collect()
        }
        // What the network reads is exact, and so is what is copied for it.
        NodeKind::Embedding(embedding) => {
            let entries = embedding.entries();
            let largest = entries.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
            vec![promised(largest); input.len() * embedding.width]
        }
        NodeKind::LayerNorm(norm) => {
            let positions = input.chunks(channels);
            positions.flat_map(|x| layer_norm(norm, x)).collect()
        }
        NodeKind::Recurrent(node) => recurrent::bounds(node, input),
        NodeKind::Reshape => input.iter().map(|x| x.bound).collect(),
        NodeKind::Softmax(_) => {
            let error = input.iter().map(|x| x.bound).fold(0.0, f64::max);
            let values: Vec<f32> = input.iter().map(|x| x.value as f32).collect();
            let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let exps: Vec<f64> = values
                .iter()
                .map(|x| f64::from(x - largest).exp())
                .collect();
            let sum: f64 = exps.iter().sum();
            // Of logits that are uncertain by more than 1 nothing is known.
            let factor = (2.0 * error).exp_m1();
            let each = exps.iter().map(|e| match factor < 1.0 {
                true => e / sum * (factor + 1e-5) + 1e-6,
                false => 1.0,
            });
            each.collect()
        }
    }
}

/// How far off a function of several values may be.
fn joined(function: Several, values: &[Expected]) -> f64 {
    let sizes = || values.iter().map(|x| x.value.abs());
    let sum: f64 = values.iter().map(|x| x.bound).sum();
    match function {
        Several::Add | Several::Subtract => sum + promised(sizes().sum()),
        Several::Average => {
            let largest = sizes().fold(0.0, f64::max);
            sum / values.len() as f64 + promised(largest)
        }
        Several::Multiply => {
            // |(a ± ε)(b ± δ) − ab| ≤ (|a| + ε)(|b| + δ) − |a||b|.
            let most: f64 = values.iter().map(|x| x.value.abs() + x.bound).product();
            let product: f64 = sizes().product();
            most - product + promised(product)
        }
        // They copy one of them.
        Several::Maximum | Several::Minimum => values.iter().map(|x| x.bound).fold(0.0, f64::max),
    }
}

/// What a function makes of a value, and how far off that may be.
fn of_function(function: Function, x: Expected) -> Expected {
    let value = function.apply(x.value);
    // By how much it makes an error larger: its steepest slope.
    let slope = match function {
        Function::Relu(relu) => {
            // At a jump either side may be taken.
            let jump = (x.value - relu.threshold).abs() <= x.bound;
            let jump = if jump {
                relu.threshold.abs().max(x.value.abs())
            } else {
                0.0
            };
            let size = x.value.abs() + relu.slope.abs() * (x.value.abs() + relu.threshold.abs());
            let bound = x.bound * relu.slope.abs().max(1.0) + jump + promised(size);
            return Expected { value, bound };
        }
        Function::Exponential => {
            let bound = value * x.bound.exp_m1() + promised(value);
            return Expected { value, bound };
        }
        Function::Elu(alpha) => alpha.abs().max(1.0),
        Function::Selu => 1.76,
        Function::Sigmoid => 0.25,
        Function::HardSigmoid(slope) => slope.abs(),
        Function::HardSwish => 1.5,
        Function::Swish => 1.1,
        Function::Gelu | Function::GeluTanh => 1.13,
        Function::Tanh | Function::HardTanh | Function::Softplus | Function::Softsign => 1.0,
    };
    let bound = slope * x.bound + promised(value.abs());
    Expected { value, bound }
}

/// Of one position.
fn layer_norm(norm: &LayerNorm, input: &[Expected]) -> Vec<f64> {
    let n = input.len() as f64;
    let mean = input.iter().map(|x| x.value).sum::<f64>() / n;
    let squares = input.iter().map(|x| (x.value - mean) * (x.value - mean));
    let deviation = (squares.sum::<f64>() / n + norm.epsilon).sqrt();
    let size = input.iter().map(|x| x.value.abs()).fold(0.0, f64::max);
    let error = input.iter().map(|x| x.bound).fold(0.0, f64::max);
    let learned = norm.gamma.iter().zip(&norm.beta).zip(input);
    let bounds = learned.map(|((gamma, beta), x)| {
        let z = (x.value - mean).abs() / deviation;
        // An error moves the value, the mean and the deviation; of a spread that is not known, nothing is.
        let moved = if error < 0.1 * deviation {
            error / deviation * 2.0 * (1.0 + z)
        } else {
            2.0 * n.sqrt()
        };
        let terms = gamma.abs() * (1.0 + z) * (1.0 + size / deviation) + beta.abs();
        gamma.abs() * moved + promised(terms)
    });
    bounds.collect()
}

fn positions(window: &Window) -> impl Iterator<Item = (usize, usize)> + use<> {
    let [height, width] = window.output;
    (0..height).flat_map(move |y| (0..width).map(move |x| (y, x)))
}

/// By how much a clamp can make an error larger.
fn slope(clamp: &Clamp, channel: usize) -> f64 {
    match clamp {
        Clamp::Clip(_, _) => 1.0,
        Clamp::Leaky(slopes) => slopes[channel].abs().max(1.0),
    }
}

fn linear(
    linear: &Linear,
    window: &Window,
    (channels, groups, outputs): (usize, usize, usize),
    input: &[Expected],
) -> Vec<f64> {
    let (weights, scales) = linear.weights.unscaled(outputs);
    let (seen, of_group) = (channels / groups, outputs / groups);
    let mut bounds = Vec::new();
    for (y, x) in positions(window) {
        let under: Vec<Option<usize>> = window.under(y, x).collect();
        for c in 0..outputs {
            let (mut size, mut error) = (0.0, 0.0);
            for (tap, position) in under.iter().enumerate() {
                let Some(position) = position else { continue };
                for k in 0..seen {
                    let x = input[position * channels + c / of_group * seen + k];
                    let weight = weights[(c * under.len() + tap) * seen + k].abs();
                    size += weight * x.value.abs();
                    error += weight * x.bound;
                }
            }
            let (scale, bias) = (scales[c].abs(), linear.bias[c].abs());
            bounds.push((error * scale + promised(size * scale + bias)) * slope(&linear.clamp, c));
        }
    }
    bounds
}
