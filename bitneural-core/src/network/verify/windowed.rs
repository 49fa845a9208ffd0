//! The invariants of ops that look at an image.

use super::{obligations, verify_requant, verify_rows};
use crate::network::{AveragePool, Channel, Conv, Element, Frame, MaxPool, Tensor};
use crate::shape::Window;

pub(super) fn conv(conv: &Conv, input: &Tensor, output: &Tensor) -> Result<(), String> {
    if conv.groups == 0
        || !conv.channels.is_multiple_of(conv.groups)
        || !conv.outputs.is_multiple_of(conv.groups)
    {
        return Err("a convolution with groups that do not fit".to_owned());
    }
    sizes(&conv.window, conv.channels, conv.outputs, input, output)?;
    if conv.requant.channels.len() != conv.outputs {
        return Err("a convolution with constants for other channels".to_owned());
    }
    verify_rows(
        &conv.weights,
        conv.precision,
        conv.taps(),
        &conv.requant,
        input,
        output,
    )
}

/// Whether tensors are as large as the images that a window reads and writes.
pub(super) fn sizes(
    window: &Window,
    channels: usize,
    outputs: usize,
    input: &Tensor,
    output: &Tensor,
) -> Result<(), String> {
    let positions = |[height, width]: [usize; 2]| height * width;
    if input.elements != positions(window.input) * channels
        || output.elements != positions(window.output) * outputs
    {
        return Err("a window between tensors that do not fit".to_owned());
    }
    Ok(())
}

fn codes(window: &Window, channels: usize, input: &Tensor, output: &Tensor) -> Result<(), String> {
    if input.element != Element::U8 {
        return Err("a pool reads codes".to_owned());
    }
    sizes(window, channels, channels, input, output)
}

pub(super) fn max_pool(pool: &MaxPool, input: &Tensor, output: &Tensor) -> Result<(), String> {
    codes(&pool.window, pool.channels, input, output)?;
    let same = (input.element, input.scale, input.zero_point)
        == (output.element, output.scale, output.zero_point);
    if !same {
        return Err("a max pool changes the format".to_owned());
    }
    // A window that sees nothing but padding has no largest value (R17).
    let sees = |axis: usize| {
        let window = &pool.window;
        window.before[axis] < window.kernel[axis]
            && (window.output[axis] - 1) * window.stride[axis]
                < window.input[axis] + window.before[axis]
    };
    if !(sees(0) && sees(1)) {
        return Err("a max pool with a window that sees only padding".to_owned());
    }
    Ok(())
}

pub(super) fn frame(op: &Frame, input: &Tensor, output: &Tensor) -> Result<(), String> {
    let same = (input.element, input.scale, input.zero_point)
        == (output.element, output.scale, output.zero_point);
    if !same || input.element != Element::U8 {
        return Err("a frame changes the format, or reads no codes".to_owned());
    }
    frame_sizes(op, input, output)
}

/// Whether tensors are as large as the images inside and outside of a frame.
pub(super) fn frame_sizes(op: &Frame, input: &Tensor, output: &Tensor) -> Result<(), String> {
    let elements = |[height, width]: [usize; 2]| height * width * op.channels;
    if input.elements != elements(op.frame.input)
        || output.elements != elements(op.frame.output)
        || op.frame.repeat.contains(&0)
    {
        return Err("a frame between tensors that do not fit".to_owned());
    }
    Ok(())
}

pub(super) fn average_pool(
    pool: &AveragePool,
    input: &Tensor,
    output: &Tensor,
) -> Result<(), String> {
    codes(&pool.window, pool.channels, input, output)?;
    if pool.counts.is_empty() || pool.counts.len() != pool.requant.channels.len() {
        return Err("an average pool with constants for other counts".to_owned());
    }
    if pool.requant.leaky.is_some() || pool.counts.contains(&0) {
        return Err("an average pool with slopes, or over nothing".to_owned());
    }
    // A sum of n codes has n weights of 1.
    let rows = pool.requant.channels.iter().zip(&pool.counts);
    let bounds: Vec<(i64, i64, Channel)> = rows
        .map(|(&channel, &count)| (0, 255 * count as i64, channel))
        .collect();
    verify_requant(&pool.requant, output)?;
    obligations(&pool.requant, &bounds, 1)
}
