//! The invariants of ops of f32 mode.

use super::windowed::{self, sizes};
use super::{elementwise, recurrent, weights_in_range};
use crate::network::float::{Activation, Epilogue, Float, NormalChannel};
use crate::network::{Element, Network, Tensor};
use crate::ternarize::Precision;

/// An op reads and yields floats, and its shapes and constants fit.
pub(super) fn verify_op(op: &Float, inputs: &[&Tensor], output: &Tensor) -> Result<(), String> {
    // There is one, at least.
    let input = inputs[0];
    let is_float = |tensor: &&Tensor| tensor.element == Element::F32;
    if !inputs.iter().chain([&output]).all(is_float) {
        return Err("an op of floats between tensors of codes".to_owned());
    }
    match op {
        Float::Dense(dense) => {
            if input.elements != dense.inputs || output.elements != dense.outputs {
                return Err("a dense op between tensors that do not fit".to_owned());
            }
            let rows = (dense.inputs, dense.outputs);
            verify_rows(&dense.weights, dense.precision, rows, &dense.requant)
        }
        Float::Conv(conv) => {
            if conv.groups == 0
                || !conv.channels.is_multiple_of(conv.groups)
                || !conv.outputs.is_multiple_of(conv.groups)
            {
                return Err("a convolution with groups that do not fit".to_owned());
            }
            sizes(&conv.window, conv.channels, conv.outputs, input, output)?;
            let rows = (conv.taps(), conv.outputs);
            verify_rows(&conv.weights, conv.precision, rows, &conv.requant)
        }
        Float::MaxPool(pool) => sizes(&pool.window, pool.channels, pool.channels, input, output),
        Float::AveragePool(pool) => {
            sizes(&pool.window, pool.channels, pool.channels, input, output)?;
            bounds(pool.low, pool.high)
        }
        Float::Recurrent(op) => recurrent::verify_float(op, input, output),
        Float::Embedding(op) => {
            let is_finite = op.values.iter().all(|value| value.is_finite());
            (op.fits(input.elements, output.elements) && is_finite)
                .then_some(())
                .ok_or("an embedding that does not fit".to_owned())
        }
        Float::LayerNorm(norm) => {
            same_size(input, output)?;
            let channels = norm.channels.iter();
            let mut constants = channels.flat_map(|channel| [channel.scale, channel.bias]);
            let whole =
                !norm.channels.is_empty() && input.elements.is_multiple_of(norm.channels.len());
            let has_root = norm.epsilon.is_normal() && norm.epsilon > 0.0;
            if !(whole && has_root && constants.all(f32::is_finite)) {
                return Err("a layer norm of no numbers, or of parts of positions".to_owned());
            }
            bounds(norm.low, norm.high)
        }
        Float::Activation(activation) => {
            same_size(input, output)?;
            verify_activation(activation)
        }
        Float::Frame(frame) => windowed::frame_sizes(frame, input, output),
        Float::Join(join) => {
            if join.function.is_of_two() && inputs.len() != 2 {
                return Err("a function of two tensors that reads others".to_owned());
            }
            bounds(join.low, join.high)?;
            elementwise::fit(inputs, output)
        }
        Float::Concat(rounds) => elementwise::pieces(*rounds, inputs, output),
        Float::Softmax => same_size(input, output),
        Float::Custom(custom) => {
            let inputs: Vec<usize> = inputs.iter().map(|input| input.elements).collect();
            if custom.fits(&inputs, output.elements) {
                return Ok(());
            }
            Err("a custom op between tensors of other sizes".to_owned())
        }
    }
}

fn verify_activation(activation: &Activation) -> Result<(), String> {
    let constants = match activation {
        Activation::Relu(relu) => vec![relu.max, relu.slope, relu.threshold],
        Activation::Elu(elu) => vec![elu.factor, elu.alpha],
        Activation::Line(line) => {
            bounds(line.low, line.high)?;
            vec![line.slope, line.offset]
        }
        Activation::Curve(_) => Vec::new(),
    };
    if constants.iter().all(|constant| constant.is_finite()) {
        return Ok(());
    }
    Err("a function of no numbers".to_owned())
}

/// What the inputs of f32 mode are normalized by; nothing in integer mode.
pub(super) fn verify_inputs(network: &Network) -> Result<(), String> {
    let ports = network.interface.inputs.iter();
    for (port, channels) in ports.zip(&network.normalize_inputs) {
        if channels.len() != 1 && channels.len() != port.shape.channels() {
            return Err("constants for another number of input channels".to_owned());
        }
        let finite = |c: &NormalChannel| c.mean.is_finite() && c.factor.is_finite();
        if !channels.iter().all(finite) {
            return Err("an input is normalized by no numbers".to_owned());
        }
    }
    Ok(())
}

fn same_size(input: &Tensor, output: &Tensor) -> Result<(), String> {
    if input.elements != output.elements || input.elements == 0 {
        return Err("an element-wise op changes the size".to_owned());
    }
    Ok(())
}

fn bounds(low: f32, high: f32) -> Result<(), String> {
    if low.is_finite() && high.is_finite() && low <= high {
        return Ok(());
    }
    Err("an op of floats with bounds that are none".to_owned())
}

fn verify_rows(
    weights: &[i8],
    precision: Precision,
    (taps, outputs): (usize, usize),
    epilogue: &Epilogue,
) -> Result<(), String> {
    let slopes = epilogue.slopes.as_ref();
    if weights.len() != taps * outputs
        || epilogue.channels.len() != outputs
        || slopes.is_some_and(|slopes| slopes.len() != outputs)
    {
        return Err("an op with weights or channels that do not fit".to_owned());
    }
    let channels = epilogue.channels.iter();
    let mut constants = channels.flat_map(|channel| [channel.scale, channel.bias]);
    let slopes = slopes.into_iter().flatten();
    if !(constants.all(f32::is_finite) && slopes.copied().all(f32::is_finite)) {
        return Err("an epilogue of no numbers".to_owned());
    }
    bounds(epilogue.low, epilogue.high)?;
    weights_in_range(weights, precision, taps)
}
