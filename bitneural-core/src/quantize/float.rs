//! Stage 4 in f32 mode: the float [`Graph`] → a [`Network`] of the same trits with activations of `f32`. No range is
//! needed, and nothing is rounded but the constants, each once, from `f64` to `f32`.

use super::{linear, scores, shape};
use crate::custom::Format;
use crate::error::{ErrorKind, Errors, Location};
use crate::function::Function;
use crate::graph::{
    Affine, Clamp, Conv, Custom, Dense, Embedding, Graph, Input, LayerNorm as Norm, Linear, Node,
    NodeKind, Pool, PoolMode,
};
use crate::ids::{LayerId, TensorId, ValueId};
use crate::network::float::{AveragePool, Epilogue, Float, FloatChannel, LayerNorm, NormalChannel};
use crate::network::{self, Element, MaxPool, Network, Op, OpKind, Tensor};
use crate::shape::Window;
use crate::ternarize::Precision;

mod activation;
mod elementwise;
mod recurrent;

/// Chooses constants.
///
/// # Errors
/// Constants that no `f32` holds; each names its layer.
pub fn float(graph: &Graph) -> Result<Network, Errors> {
    let mut problems = Errors::new();
    let ports = graph.interface.inputs.iter().enumerate();
    let normalize_inputs = ports
        .map(|(index, port)| normalization(index, port, &mut problems))
        .collect();
    let values = graph.values.iter();
    let mut tensors: Vec<Tensor> = values
        .map(|value| tensor(value.shape.elements(), value.layer))
        .collect();
    let mut ops = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let mut kinds = match kinds(graph, node) {
            Ok(kinds) => kinds.into_iter().peekable(),
            Err(kind) => {
                problems.push(kind, Location::layer(&graph.layer(node.layer).id));
                continue;
            }
        };
        let mut inputs: Vec<TensorId> = node.inputs.iter().map(|id| TensorId(id.0)).collect();
        while let Some(kind) = kinds.next() {
            let output = if kinds.peek().is_none() {
                TensorId(node.output.0)
            } else {
                // A chain of functions, all of one size.
                let elements = graph.value(node.output).shape.elements();
                tensors.push(tensor(elements, Some(node.layer)));
                TensorId::from(tensors.len() - 1)
            };
            ops.push(Op {
                layer: node.layer,
                inputs: std::mem::replace(&mut inputs, vec![output]),
                output,
                kind,
            });
        }
    }
    let made = Network {
        interface: graph.interface.clone(),
        layers: graph.layers.clone(),
        tensors,
        inputs: graph.inputs.iter().map(|id| TensorId(id.0)).collect(),
        quantize_inputs: Vec::new(),
        normalize_inputs,
        outputs: graph.outputs.iter().map(|id| TensorId(id.0)).collect(),
        scores: scores(graph).map(|id| TensorId(id.0)),
        // Half of what a sigmoid yields is at 0.
        threshold: (graph.classes() > 1 && graph.interface.output_elements() == 1).then_some(0),
        ops,
    };
    problems.into_result(made)
}

fn tensor(elements: usize, layer: Option<LayerId>) -> Tensor {
    Tensor {
        elements,
        element: Element::F32,
        scale: 1.0,
        zero_point: 0,
        layer,
    }
}

/// The ops of a node, of which each reads what the one before it yields: one, but for a chain of functions. One
/// family, one function.
fn kinds(graph: &Graph, node: &Node) -> Result<Vec<OpKind>, ErrorKind> {
    let from = &graph.value(node.input()).shape;
    let op = match &node.kind {
        NodeKind::Dense(node) => Float::Dense(dense(node)?),
        NodeKind::Conv(node) => Float::Conv(conv(node)?),
        NodeKind::Recurrent(node) => Float::Recurrent(Box::new(recurrent::quantize(node)?)),
        NodeKind::Pool(node) => pool(node, from.channels()),
        NodeKind::Affine(node) => Float::Conv(affine(node, linear::positions(from))?),
        NodeKind::Elementwise(elementwise) => Float::Join(elementwise::join(elementwise)),
        NodeKind::Concat(concat) => Float::Concat(concat.rounds),
        NodeKind::Embedding(node) => Float::Embedding(embedding(node)?),
        NodeKind::LayerNorm(norm) => Float::LayerNorm(layer_norm(norm)?),
        NodeKind::Custom(layer) => Float::Custom(custom(graph, node, layer)),
        NodeKind::Frame(frame) => Float::Frame(shape::quantize(*frame, from.channels())),
        NodeKind::Activation(functions) => {
            let function = |&function: &Function| {
                let activation = activation::activation(function)?;
                Ok(OpKind::Float(Float::Activation(activation)))
            };
            return functions.0.iter().map(function).collect();
        }
        NodeKind::Reshape => return Ok(vec![OpKind::Reshape]),
        NodeKind::Softmax(_) => Float::Softmax,
    };
    Ok(vec![OpKind::Float(op)])
}

/// A layer of the user's own, whose formats say nothing but shapes.
fn custom(graph: &Graph, node: &Node, layer: &Custom) -> network::Custom {
    let format = |&id: &ValueId| Format {
        shape: graph.value(id).shape.clone(),
        scale: 1.0,
        zero_point: 0,
    };
    network::Custom {
        name: layer.name.clone(),
        parameters: layer.parameters.clone(),
        inputs: node.inputs.iter().map(format).collect(),
        output: format(&node.output),
        op: layer.op.clone(),
        cost: layer.cost,
    }
}

fn dense(dense: &Dense) -> Result<network::Dense<Epilogue>, ErrorKind> {
    let found = linear::quantized(&dense.linear)?;
    Ok(network::Dense {
        inputs: dense.inputs,
        outputs: dense.outputs,
        weights: found.values.clone(),
        precision: found.precision,
        requant: of_linear(&dense.linear, &found.scales)?,
    })
}

fn conv(conv: &Conv) -> Result<network::Conv<Epilogue>, ErrorKind> {
    let found = linear::quantized(&conv.linear)?;
    Ok(network::Conv {
        window: conv.window,
        channels: conv.channels,
        groups: conv.groups,
        outputs: conv.outputs,
        weights: found.values.clone(),
        precision: found.precision,
        requant: of_linear(&conv.linear, &found.scales)?,
    })
}

/// As in R19: a depthwise convolution of one tap with the weight 1.
fn affine(affine: &Affine, positions: [usize; 2]) -> Result<network::Conv<Epilogue>, ErrorKind> {
    let channels = affine.factor.len();
    let offsets = affine.offset.iter().zip(&affine.mean).zip(&affine.factor);
    let biases: Vec<f64> = offsets
        .map(|((offset, mean), factor)| offset + (0.0 - mean) * factor)
        .collect();
    Ok(network::Conv {
        window: Window::point(positions),
        channels,
        groups: channels,
        outputs: channels,
        weights: vec![1; channels],
        precision: Precision::Ternary,
        requant: epilogue(&affine.factor, &biases, &affine.clamp)?,
    })
}

fn pool(pool: &Pool, channels: usize) -> Float {
    let window = pool.window;
    match &pool.mode {
        PoolMode::Max => Float::MaxPool(MaxPool { window, channels }),
        PoolMode::Average {
            count_padding,
            clamp,
        } => {
            let (low, high) = ends(clamp);
            Float::AveragePool(AveragePool {
                window,
                channels,
                count_padding: *count_padding,
                low,
                high,
            })
        }
    }
}

fn embedding(embedding: &Embedding) -> Result<network::float::Embedding, ErrorKind> {
    let entries = embedding.entries().into_iter();
    Ok(network::float::Embedding {
        rows: embedding.rows,
        width: embedding.width,
        values: entries.map(narrow).collect::<Result<_, _>>()?,
    })
}

fn layer_norm(norm: &Norm) -> Result<LayerNorm, ErrorKind> {
    let learned = norm.gamma.iter().zip(&norm.beta);
    let channels = learned.map(|(&gamma, &beta)| {
        Ok(FloatChannel {
            scale: narrow(gamma)?,
            bias: narrow(beta)?,
        })
    });
    let (low, high) = ends(&norm.clamp);
    Ok(LayerNorm {
        // Below the smallest normal number the root would be one of a denormal.
        epsilon: (norm.epsilon as f32).max(f32::MIN_POSITIVE),
        channels: channels.collect::<Result<_, ErrorKind>>()?,
        low,
        high,
    })
}

fn of_linear(linear: &Linear, scales: &[f64]) -> Result<Epilogue, ErrorKind> {
    epilogue(scales, &linear.bias, &linear.clamp)
}

fn epilogue(scales: &[f64], biases: &[f64], clamp: &Clamp) -> Result<Epilogue, ErrorKind> {
    let channels = scales.iter().zip(biases).map(|(&scale, &bias)| {
        Ok(FloatChannel {
            scale: narrow(scale)?,
            bias: narrow(bias)?,
        })
    });
    let slopes = match clamp {
        Clamp::Clip(_, _) => None,
        Clamp::Leaky(slopes) => Some(slopes.iter().map(|&slope| narrow(slope))),
    };
    let (low, high) = ends(clamp);
    Ok(Epilogue {
        channels: channels.collect::<Result<_, ErrorKind>>()?,
        slopes: slopes.map(Iterator::collect).transpose()?,
        low,
        high,
    })
}

/// The smallest and the largest value that a clamp lets through.
fn ends(clamp: &Clamp) -> (f32, f32) {
    match clamp {
        Clamp::Clip(low, high) => (bound(*low), bound(*high)),
        Clamp::Leaky(_) => (f32::MIN, f32::MAX),
    }
}

/// A bound, that of the type for none.
fn bound(real: f64) -> f32 {
    (real as f32).clamp(f32::MIN, f32::MAX)
}

fn narrow(real: f64) -> Result<f32, ErrorKind> {
    let narrow = real as f32;
    if narrow.is_finite() {
        return Ok(narrow);
    }
    Err(ErrorKind::InvalidField {
        field: "tensors".to_owned(),
        expected: "scales and biases below 3.4e38, norms multiplied in".to_owned(),
        found: format!("{real:e}"),
    })
}

/// The constants of the input at `index` of the file.
fn normalization(index: usize, port: &Input, problems: &mut Errors) -> Vec<NormalChannel> {
    let (means, deviations) = (&port.mean, &port.std);
    let pick = |list: &[f64], channel: usize| list.get(channel).or(list.first()).copied();
    let channels = 0..means.len().max(deviations.len());
    let constants = channels.map(|channel| {
        let mean = pick(means, channel).unwrap_or(0.0);
        let deviation = pick(deviations, channel).unwrap_or(1.0);
        let found = NormalChannel {
            mean: mean as f32,
            factor: (1.0 / deviation) as f32,
        };
        if !(found.mean.is_finite() && found.factor.is_normal()) {
            let kind = ErrorKind::InvalidField {
                field: "mean".to_owned(),
                expected: "a mean and a standard deviation between 3e-38 and 3e38".to_owned(),
                found: format!("mean {mean:e}, standard deviation {deviation:e}"),
            };
            let location = Location::default().field(&format!("inputs[{index}].mean"));
            problems.push(kind, location);
        }
        found
    });
    constants.collect()
}

#[cfg(test)]
mod tests;
