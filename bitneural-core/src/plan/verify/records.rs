//! Whether the records of bitneural-rt, whose images and windows have fields of 16 bits, hold what a kernel says. In C a
//! larger number would be cut without a word.

use crate::plan::{FloatKernel, Kernel};
use crate::shape::{Frame, Window};

/// The first number that is too large for its field.
pub(super) fn overflow(kernel: &Kernel) -> Option<usize> {
    let limit = usize::from(u16::MAX);
    stated(kernel).into_iter().find(|&number| number > limit)
}

fn window(window: &Window) -> Vec<usize> {
    let pairs = [
        window.input,
        window.output,
        window.kernel,
        window.stride,
        window.dilation,
        window.before,
    ];
    pairs.concat()
}

fn frame(frame: &Frame) -> Vec<usize> {
    let pairs = [
        frame.input,
        frame.output,
        frame.cut,
        frame.before,
        frame.repeat,
    ];
    pairs.concat()
}

/// The numbers that the record has in 16 bits.
fn stated(kernel: &Kernel) -> Vec<usize> {
    match kernel {
        Kernel::Conv(conv) => [window(&conv.window), vec![conv.groups]].concat(),
        Kernel::Depthwise(depthwise) => {
            let channels = vec![depthwise.channels, depthwise.multiplier];
            [window(&depthwise.window), channels].concat()
        }
        Kernel::MaxPool(pool) => [window(&pool.window), vec![pool.channels]].concat(),
        Kernel::AveragePool(pool) => [
            window(&pool.window),
            vec![pool.channels],
            pool.counts.clone(),
        ]
        .concat(),
        Kernel::Frame(op) => [frame(&op.frame), vec![op.channels]].concat(),
        Kernel::Float(kernel) => float(kernel),
        Kernel::Dense(_)
        | Kernel::Recurrent(_)
        | Kernel::LayerNorm(_)
        | Kernel::Embedding(_)
        | Kernel::Table(_)
        | Kernel::Gate(_)
        | Kernel::Add(_)
        | Kernel::Multiply(_)
        | Kernel::Pick(_)
        | Kernel::Concat(_)
        | Kernel::Line(_)
        | Kernel::Softmax(_)
        | Kernel::Custom(_) => Vec::new(),
    }
}

fn float(kernel: &FloatKernel) -> Vec<usize> {
    match kernel {
        FloatKernel::Conv(conv) => [window(&conv.window), vec![conv.groups]].concat(),
        FloatKernel::Depthwise(depthwise) => {
            let channels = vec![depthwise.channels, depthwise.multiplier];
            [window(&depthwise.window), channels].concat()
        }
        FloatKernel::MaxPool(pool) => [window(&pool.window), vec![pool.channels]].concat(),
        FloatKernel::AveragePool(pool) => [window(&pool.window), vec![pool.channels]].concat(),
        FloatKernel::Dense(_)
        | FloatKernel::Recurrent(_)
        | FloatKernel::LayerNorm(_)
        | FloatKernel::Embedding(_)
        | FloatKernel::Activation(_)
        | FloatKernel::Join(_)
        | FloatKernel::Concat(_)
        | FloatKernel::Custom(_)
        | FloatKernel::Softmax => Vec::new(),
        FloatKernel::Frame(op) => [frame(&op.frame), vec![op.channels]].concat(),
    }
}
