//! Networks of f32 mode: the kernels of bitneural-rt on this machine, and how far from the float reference any
//! implementation may be.

use bitneural_core::Compiled;
use bitneural_core::function::Function;
use bitneural_core::graph::{Clamp, Graph, LayerNorm, Linear, Node, NodeKind, PoolMode};
use bitneural_core::network::float::Epilogue;
use bitneural_core::plan::{self, DenseKernel, FloatKernel, Kernel, Plan, Step};
use bitneural_core::reference::float;
use bitneural_core::shape::Window;
use bitneural_core::ternarize::Precision;
use bitneural_rt::private as rt;

use super::plan::{WORDS, leak, narrow, window, words};

/// A value of the float reference, and how far off an implementation may be.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// What the reference has.
    pub value: f64,
    /// The largest error: what the kernels promise of each op (docs/arithmetic.md, "f32 mode"), and what becomes of
    /// the errors of earlier ops.
    pub bound: f64,
}

impl Expected {
    /// Whether a value is near enough.
    #[must_use]
    pub fn allows(&self, found: f32) -> bool {
        (f64::from(found) - self.value).abs() <= self.bound
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
        let expected = |(&value, bound): (&f32, f64)| Expected {
            value: value.into(),
            bound,
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
        let bounds = bounds(node, channels, &all[node.input().index()]);
        all[node.output.index()] = exact(&reference[node.output.index()], bounds);
    }
    all
}

fn bounds(node: &Node, channels: usize, input: &[Expected]) -> Vec<f64> {
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
        NodeKind::Activation(activation) => {
            let [Function::Relu(relu)] = *activation.0.as_slice() else {
                unreachable!("f32 mode has relus alone");
            };
            let each = input.iter().map(|x| {
                // At a jump either side may be taken.
                let jump = (x.value - relu.threshold).abs() <= x.bound;
                let jump = if jump {
                    relu.threshold.abs().max(x.value.abs())
                } else {
                    0.0
                };
                let size =
                    x.value.abs() + relu.slope.abs() * (x.value.abs() + relu.threshold.abs());
                x.bound * relu.slope.abs().max(1.0) + jump + promised(size)
            });
            each.collect()
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
        NodeKind::Elementwise(_)
        | NodeKind::Concat(_)
        | NodeKind::Frame(_)
        | NodeKind::Custom(_) => {
            unreachable!("f32 mode has none")
        }
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

/// A plan with its constants where kernels want them: in statics.
pub struct Host {
    plan: Plan,
    records: Vec<Record>,
}

enum Record {
    Dense(DenseKernel, rt::FloatDense),
    Conv(DenseKernel, rt::FloatConv),
    Depthwise(Precision, rt::FloatDepthwise),
    MaxPool(rt::MaxPool),
    AveragePool(rt::FloatAveragePool),
    Embedding(rt::FloatEmbedding),
    LayerNorm(rt::FloatLayerNorm),
    Relu(rt::FloatRelu),
    Softmax,
}

fn epilogue(epilogue: &Epilogue) -> rt::FloatEpilogue {
    let channels = epilogue.channels.iter();
    let channels = channels.map(|channel| rt::float_channel(channel.scale, channel.bias));
    rt::FloatEpilogue {
        channels: leak(channels.collect()),
        slopes: epilogue.slopes.clone().map(leak),
        low: epilogue.low,
        high: epilogue.high,
    }
}

fn dense(dense: &plan::Dense<Epilogue>) -> rt::FloatDense {
    rt::FloatDense {
        inputs: narrow(dense.inputs),
        outputs: narrow(dense.outputs),
        weights: words(&dense.weights),
        epilogue: epilogue(&dense.requant),
    }
}

fn record(kernel: &Kernel) -> Record {
    let Kernel::Float(kernel) = kernel else {
        panic!("a kernel of codes in f32 mode")
    };
    match kernel {
        FloatKernel::Dense(layer) => Record::Dense(layer.kernel, dense(layer)),
        FloatKernel::Conv(conv) => Record::Conv(
            conv.dense.kernel,
            rt::FloatConv {
                window: window(&conv.window),
                groups: narrow(conv.groups),
                dense: dense(&conv.dense),
            },
        ),
        FloatKernel::Depthwise(layer) => Record::Depthwise(
            layer.precision,
            rt::FloatDepthwise {
                window: window(&layer.window),
                channels: narrow(layer.channels),
                multiplier: narrow(layer.multiplier),
                weights: words(&layer.weights),
                epilogue: epilogue(&layer.requant),
            },
        ),
        FloatKernel::MaxPool(pool) => Record::MaxPool(rt::MaxPool {
            window: window(&pool.window),
            channels: narrow(pool.channels),
        }),
        FloatKernel::AveragePool(pool) => Record::AveragePool(rt::FloatAveragePool {
            window: window(&pool.window),
            channels: narrow(pool.channels),
            count_padding: pool.count_padding,
            low: pool.low,
            high: pool.high,
        }),
        FloatKernel::Embedding(op) => Record::Embedding(rt::FloatEmbedding {
            rows: narrow(op.rows),
            width: narrow(op.width),
            table: leak(op.values.clone()),
        }),
        FloatKernel::LayerNorm(norm) => {
            let channels = norm.channels.iter();
            let channels = channels.map(|channel| rt::float_channel(channel.scale, channel.bias));
            Record::LayerNorm(rt::FloatLayerNorm {
                channels: leak(channels.collect()),
                epsilon: norm.epsilon,
                low: norm.low,
                high: norm.high,
            })
        }
        FloatKernel::Relu(relu) => Record::Relu(rt::FloatRelu {
            max: relu.max,
            slope: relu.slope,
            threshold: relu.threshold,
        }),
        FloatKernel::Softmax => Record::Softmax,
    }
}

impl Host {
    /// Prepares the plan of a model in f32 mode. Its constants stay in memory: a test ends soon.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        assert!(
            plan.arena_words <= WORDS,
            "the arena of the tests is too small"
        );
        let records = plan.steps.iter().map(|step| record(&step.kernel)).collect();
        Self {
            plan: plan.clone(),
            records,
        }
    }

    /// What each step writes for an input, in order; the last one is the output.
    #[must_use]
    pub fn run(&self, input: &[f32]) -> Vec<Vec<f32>> {
        let mut arena = Box::new(rt::Arena::<WORDS>::new());
        // What lies in the arena beforehand must not matter.
        arena.write(rt::slot::<u32>(0, WORDS)).fill(0x7fc0_0000);
        let channels = self.plan.normalize_inputs[0].iter();
        let channels = channels.map(|channel| rt::NormalChannel {
            mean: channel.mean,
            factor: channel.factor,
        });
        let layer = rt::Normalize {
            channels: leak(channels.collect()),
        };
        let place = self.plan.slot(self.plan.inputs[0].slot);
        let slot = rt::slot::<f32>(place.word, place.elements);
        rt::normalize(&layer, input, arena.write(slot));
        let steps = self.plan.steps.iter().zip(&self.records);
        steps
            .map(|(step, record)| self.step(&mut arena, step, record))
            .collect()
    }

    fn step(&self, arena: &mut rt::Arena<WORDS>, step: &Step, record: &Record) -> Vec<f32> {
        let (from, to) = (self.plan.slot(step.input()), self.plan.slot(step.output));
        let from = rt::slot::<f32>(from.word, from.elements);
        let to = rt::slot::<f32>(to.word, to.elements);
        if let Record::Relu(layer) = record
            && step.input() == step.output
        {
            rt::float_activation::relu_in_place(layer, arena.write(from));
            return arena.read(to).to_vec();
        }
        let (input, output, scratch) = match step.scratch {
            Some(id) => {
                let slot = self.plan.slot(id);
                arena.three(from, to, rt::slot::<u32>(slot.word, slot.words))
            }
            None => {
                let (input, output) = arena.two(from, to);
                (input, output, &mut [][..])
            }
        };
        match record {
            Record::Dense(DenseKernel::Int8, layer) => rt::float_dense::int8(layer, input, output),
            Record::Dense(DenseKernel::Digits | DenseKernel::Tables, layer) => {
                rt::float_dense::digits(layer, input, output);
            }
            Record::Conv(DenseKernel::Int8, layer) => {
                rt::float_conv::int8(layer, input, output, scratch);
            }
            Record::Conv(DenseKernel::Digits | DenseKernel::Tables, layer) => {
                rt::float_conv::digits(layer, input, output, scratch);
            }
            Record::Depthwise(Precision::Int8, layer) => {
                rt::float_depthwise::int8(layer, input, output, scratch);
            }
            Record::Depthwise(Precision::Ternary, layer) => {
                rt::float_depthwise::digits(layer, input, output, scratch);
            }
            Record::MaxPool(layer) => rt::float_pool::max(layer, input, output),
            Record::AveragePool(layer) => rt::float_pool::average(layer, input, output),
            Record::Embedding(layer) => rt::float_embedding::lookup(layer, input, output),
            Record::LayerNorm(layer) => rt::float_norm::layer_norm(layer, input, output),
            Record::Relu(layer) => rt::float_activation::relu(layer, input, output),
            Record::Softmax => rt::float_softmax::softmax(input, output),
        }
        arena.read(to).to_vec()
    }
}

/// The first value of the steps that is too far from what it should be, in words.
#[must_use]
pub fn difference(compiled: &Compiled, input: &[f32], found: &[Vec<f32>]) -> Option<String> {
    let network = &compiled.network;
    let expected = expected(&compiled.graph, input);
    let computing =
        |op: &&bitneural_core::network::Op| op.kind != bitneural_core::network::OpKind::Reshape;
    let ops = network.ops.iter().filter(computing);
    assert_eq!(ops.clone().count(), found.len(), "a step an op");
    ops.zip(found).enumerate().find_map(|(step, (op, found))| {
        let expected = &expected[op.output.index()];
        assert_eq!(expected.len(), found.len(), "elements");
        let wrong = expected
            .iter()
            .zip(found)
            .position(|(e, &y)| !e.allows(y))?;
        Some(format!(
            "step {step}, layer `{}`, kernel {}: element {wrong} of {} is {} instead of {:?}",
            network.layer(op.layer),
            compiled.plan.steps[step].kernel.name(),
            found.len(),
            found[wrong],
            expected[wrong]
        ))
    })
}
