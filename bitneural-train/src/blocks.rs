//! The layers in training: what they hold and how values go through them.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use crate::architecture::{Architecture, Extent, Layer, Pool, image, sequence};
use crate::observer::{Codes, Range};
use crate::random::Random;

mod conv;
mod dense;
mod pool;
mod weighted;

pub(crate) use conv::Conv;
pub(crate) use dense::Dense;
pub(crate) use pool::{AveragePool, MaxPool};
pub(crate) use weighted::{Folded, Weighted};

/// A layer.
#[derive(Module, Debug)]
pub(crate) enum Block {
    Dense(Dense),
    Conv(Conv),
    MaxPool(MaxPool),
    AveragePool(AveragePool),
    Flatten(Flatten),
}

/// Makes one axis of all, channels innermost, as in the model file.
#[derive(Module, Debug)]
pub(crate) struct Flatten {}

/// What goes from block to block.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    /// `[batch, values]`.
    Flat(Tensor<2>),
    /// `[batch, values]`, images of this size in the order of the model file, `[height, width, channels]`; what lies
    /// along time is of height 1. They come from outside: no gradient goes on from here.
    Pixels(Tensor<2>, Extent),
    /// `[batch, channels, height, width]`: the order of the framework.
    Image(Tensor<4>),
}

impl Values {
    /// Samples in the order of the model file, `[batch, values]`, as the layers of a network with this input shape
    /// expect them.
    pub(crate) fn new(samples: Tensor<2>, shape: &[usize]) -> Self {
        match image(shape).or_else(|_| sequence(shape)) {
            Ok((extent, _)) => Self::Pixels(samples, extent),
            Err(_) => Self::Flat(samples),
        }
    }

    /// `[batch, values]`, in the order of the model file.
    pub(crate) fn flat(self) -> Tensor<2> {
        match self {
            Self::Flat(values) | Self::Pixels(values, _) => values,
            Self::Image(values) => values.permute([0, 2, 3, 1]).flatten(1, 3),
        }
    }

    /// `[batch, channels, height, width]`. Layers that need it are verified to get it; other values become one pixel.
    pub(crate) fn image(self) -> Tensor<4> {
        match self {
            Self::Flat(values) => values.unsqueeze_dims(&[2, 3]),
            Self::Pixels(values, Extent { height, width }) => {
                let [batch, all] = values.dims();
                let image = values.reshape([batch, height, width, all / (height * width)]);
                image.permute([0, 3, 1, 2])
            }
            Self::Image(values) => values,
        }
    }

    /// Without gradients.
    pub(crate) fn inner(self) -> Self {
        match self {
            Self::Flat(values) => Self::Flat(values.inner()),
            Self::Pixels(values, extent) => Self::Pixels(values.inner(), extent),
            Self::Image(values) => Self::Image(values.inner()),
        }
    }

    /// The smallest and the largest value.
    pub(crate) fn range(self) -> Range {
        match self {
            Self::Flat(values) | Self::Pixels(values, _) => Range::of(values),
            Self::Image(values) => Range::of(values),
        }
    }

    /// The nearest values that have a code; gradients pass.
    pub(crate) fn rounded(self, codes: Codes) -> Self {
        match self {
            Self::Flat(values) => Self::Flat(codes.round_through(values)),
            Self::Pixels(values, extent) => Self::Pixels(codes.round_through(values), extent),
            Self::Image(values) => Self::Image(codes.round_through(values)),
        }
    }
}

impl Block {
    /// The blocks of an architecture that fits together, with weights drawn one after the other.
    pub(crate) fn all(
        architecture: &Architecture,
        random: &mut Random,
        device: &Device,
    ) -> Result<Vec<Self>, String> {
        let mut shape = architecture.input.shape.clone();
        let mut blocks = Vec::new();
        for layer in &architecture.layers {
            let output = layer.output(&shape)?;
            let kernel = layer.kernel(&shape);
            let mut weighted = || {
                let (kernel, settings) = kernel.clone().ok_or("it was verified to have weights")?;
                let outputs = kernel.last().copied().ok_or("a kernel has axes")?;
                let inputs = kernel.iter().product::<usize>() / outputs;
                let weights = architecture.weights;
                let weighted = Weighted::new(settings, [inputs, outputs], weights, random, device);
                Ok::<_, String>(weighted)
            };
            let fits = "it was verified to fit";
            blocks.push(match layer {
                Layer::Flatten { .. } => Self::Flatten(Flatten {}),
                Layer::Dense(_) => Self::Dense(Dense {
                    weighted: weighted()?,
                }),
                Layer::Conv1d(conv1d) => Self::Conv(Conv {
                    weighted: weighted()?,
                    window: conv1d.taps().on(sequence(&shape)?.0).ok_or(fits)?,
                }),
                Layer::Conv2d(conv2d) => Self::Conv(Conv {
                    weighted: weighted()?,
                    window: conv2d.taps().on(image(&shape)?.0).ok_or(fits)?,
                }),
                Layer::Pool { pool, .. } => {
                    let (window, _) = pool.window(&shape)?;
                    match pool {
                        Pool::Max2d(_) | Pool::Max1d(_) => Self::MaxPool(MaxPool { window }),
                        Pool::Average1d(_) | Pool::GlobalAverage1d => {
                            Self::AveragePool(AveragePool { window })
                        }
                    }
                }
                // The loss of training contains it.
                Layer::Softmax { .. } => continue,
            });
            shape = output;
        }
        Ok(blocks)
    }

    /// Before any rounding of the result.
    pub(crate) fn forward(&self, input: Values) -> Values {
        match self {
            Self::Dense(dense) => Values::Flat(dense.forward(input.flat())),
            Self::Conv(conv) => Values::Image(conv.forward(input)),
            Self::MaxPool(pool) => Values::Image(pool.forward(input.image())),
            Self::AveragePool(pool) => Values::Image(pool.forward(input.image())),
            Self::Flatten(_) => Values::Flat(input.flat()),
        }
    }

    /// Kernel and channels, if it has some.
    pub(crate) fn weighted(&self) -> Option<&Weighted> {
        match self {
            Self::Dense(dense) => Some(&dense.weighted),
            Self::Conv(conv) => Some(&conv.weighted),
            Self::MaxPool(_) | Self::AveragePool(_) | Self::Flatten(_) => None,
        }
    }

    /// Whether the output has codes of its own, and not those of the input: its range is observed, and recorded in the
    /// model file.
    pub(crate) fn is_ranged(&self) -> bool {
        match self {
            Self::Dense(_) | Self::Conv(_) | Self::AveragePool(_) => true,
            Self::MaxPool(_) | Self::Flatten(_) => false,
        }
    }
}
