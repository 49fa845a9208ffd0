//! The kernels of images.

use bitneural_rt::private::{
    AveragePool, Code, Conv, Depthwise, Frame, MaxPool, Output, Window, pool, shape,
};

use crate::words::{Element, Words};
use crate::{read_channels, read_dense, read_leaky, read_requant, read_weights, rows};

/// A kernel with scratch.
type Kernel<L, I, O> = fn(&L, &[I], &mut [O], &mut [u32]);

pub(crate) fn conv<I: Code + Element, O: Output + Element>(
    case: u32,
    words: &mut Words,
    kernel: Kernel<Conv, I, O>,
) -> Option<()> {
    let window = read_window(words)?;
    let groups = words.next()?;
    let layer = Conv {
        window,
        groups: groups as u16,
        padding: words.next()? as u16,
        dense: read_dense(words, groups)?,
    };
    let taps = u32::from(window.kernel_height).checked_mul(window.kernel_width.into())?;
    let channels = layer.dense.inputs.checked_div(taps)?.checked_mul(groups)?;
    let outputs = groups.checked_mul(layer.dense.outputs)?;
    let scratch = board::allocate(words.next()? as usize, u32::MAX)?;
    let (inputs, outputs) = sizes(&window, channels, outputs)?;
    rows::<I, O>(case, words, inputs, outputs, |x, y| {
        kernel(&layer, x, y, scratch)
    })
}

pub(crate) fn depthwise<I: Code + Element, O: Output + Element>(
    case: u32,
    words: &mut Words,
    kernel: Kernel<Depthwise, I, O>,
) -> Option<()> {
    let window = read_window(words)?;
    let (channels, multiplier) = (words.next()?, words.next()?);
    let outputs = channels.checked_mul(multiplier)?;
    let layer = Depthwise {
        window,
        channels: channels as u16,
        multiplier: multiplier as u16,
        padding: words.next()? as u16,
        requant: read_requant(words)?,
        constants: read_channels(words, outputs)?,
        leaky: read_leaky(words, outputs)?,
        weights: read_weights(words)?,
    };
    let scratch = board::allocate(words.next()? as usize, u32::MAX)?;
    let (inputs, outputs) = sizes(&window, channels, outputs)?;
    rows::<I, O>(case, words, inputs, outputs, |x, y| {
        kernel(&layer, x, y, scratch)
    })
}

pub(crate) fn max(case: u32, words: &mut Words) -> Option<()> {
    let window = read_window(words)?;
    let channels = words.next()?;
    let layer = MaxPool {
        window,
        channels: channels as u16,
    };
    let (inputs, outputs) = sizes(&window, channels, channels)?;
    rows::<u8, u8>(case, words, inputs, outputs, |x, y| pool::max(&layer, x, y))
}

pub(crate) fn average<O: Output + Element>(case: u32, words: &mut Words) -> Option<()> {
    let window = read_window(words)?;
    let channels = words.next()?;
    let (padding, count_padding) = (words.next()? as u8, words.next()? != 0);
    let requant = read_requant(words)?;
    let count = words.next()?;
    let counts = board::allocate(count as usize, 0_u16)?;
    for slot in counts.iter_mut() {
        *slot = words.next()? as u16;
    }
    let layer = AveragePool {
        window,
        channels: channels as u16,
        padding,
        count_padding,
        counts,
        constants: read_channels(words, count)?,
        requant,
    };
    let (inputs, outputs) = sizes(&window, channels, channels)?;
    rows::<u8, O>(case, words, inputs, outputs, |x, y| {
        pool::average(&layer, x, y)
    })
}

pub(crate) fn frame(case: u32, words: &mut Words) -> Option<()> {
    let mut next = || Some(words.next()? as u16);
    let layer = Frame {
        input_height: next()?,
        input_width: next()?,
        output_height: next()?,
        output_width: next()?,
        cut_top: next()?,
        cut_left: next()?,
        pad_top: next()?,
        pad_left: next()?,
        repeat_y: next()?,
        repeat_x: next()?,
        channels: next()?,
        padding: words.next()? as u8,
    };
    let size = |height: u16, width: u16| {
        u32::from(height)
            .checked_mul(width.into())?
            .checked_mul(layer.channels.into())
    };
    let inputs = size(layer.input_height, layer.input_width)?;
    let outputs = size(layer.output_height, layer.output_width)?;
    rows::<u8, u8>(case, words, inputs, outputs, |x, y| {
        shape::frame(&layer, x, y)
    })
}

/// The lengths of input and output.
fn sizes(window: &Window, channels: u32, outputs: u32) -> Option<(u32, u32)> {
    let size = |height: u16, width: u16, channels: u32| {
        u32::from(height)
            .checked_mul(width.into())?
            .checked_mul(channels)
    };
    Some((
        size(window.input_height, window.input_width, channels)?,
        size(window.output_height, window.output_width, outputs)?,
    ))
}

fn read_window(words: &mut Words) -> Option<Window> {
    let mut next = || Some(words.next()? as u16);
    Some(Window {
        input_height: next()?,
        input_width: next()?,
        output_height: next()?,
        output_width: next()?,
        kernel_height: next()?,
        kernel_width: next()?,
        stride_y: next()?,
        stride_x: next()?,
        dilation_y: next()?,
        dilation_x: next()?,
        pad_top: next()?,
        pad_left: next()?,
    })
}
