//! The layers in training: what they hold and how values go through them.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use crate::architecture::{Architecture, Extent, Layer, Window, image};
use crate::observer::{Codes, Range};
use crate::random::Random;

mod conv2d;
mod dense;
mod max_pool2d;
mod weighted;

pub(crate) use conv2d::Conv2d;
pub(crate) use dense::Dense;
pub(crate) use max_pool2d::MaxPool2d;
pub(crate) use weighted::{Folded, Weighted};

/// A layer.
#[derive(Module, Debug)]
pub(crate) enum Block {
    Dense(Dense),
    Conv2d(Conv2d),
    MaxPool2d(MaxPool2d),
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
    /// `[batch, values]`, images of this size in the order of the model file, `[height, width, channels]`. They come
    /// from outside: no gradient goes on from here.
    Pixels(Tensor<2>, Extent),
    /// `[batch, channels, height, width]`: the order of the framework.
    Image(Tensor<4>),
}

impl Values {
    /// Samples in the order of the model file, `[batch, values]`, as the layers of a network with this input shape
    /// expect them.
    pub(crate) fn new(samples: Tensor<2>, shape: &[usize]) -> Self {
        match image(shape) {
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
            let mut weighted = |settings, inputs, outputs| {
                Weighted::new(
                    settings,
                    [inputs, outputs],
                    architecture.weights,
                    random,
                    device,
                )
            };
            blocks.push(match layer {
                Layer::Flatten { .. } => Self::Flatten(Flatten {}),
                Layer::Dense(dense) => Self::Dense(Dense {
                    weighted: weighted(dense.settings, shape[0], dense.units),
                }),
                Layer::Conv2d(conv2d) => {
                    let (extent, channels) = image(&shape)?;
                    let taps = conv2d.kernel.height * conv2d.kernel.width * channels;
                    Self::Conv2d(Conv2d {
                        weighted: weighted(conv2d.settings, taps, conv2d.filters),
                        window: conv2d.window(extent).ok_or("it was verified to fit")?,
                    })
                }
                Layer::MaxPool2d { pool, .. } => {
                    let (extent, _) = image(&shape)?;
                    let window = Window::new(*pool, *pool, false, extent);
                    Self::MaxPool2d(MaxPool2d {
                        window: window.ok_or("it was verified to fit")?,
                    })
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
            Self::Conv2d(conv2d) => Values::Image(conv2d.forward(input)),
            Self::MaxPool2d(pool) => Values::Image(pool.forward(input.image())),
            Self::Flatten(_) => Values::Flat(input.flat()),
        }
    }

    /// Kernel and channels, if it has some.
    pub(crate) fn weighted(&self) -> Option<&Weighted> {
        match self {
            Self::Dense(dense) => Some(&dense.weighted),
            Self::Conv2d(conv2d) => Some(&conv2d.weighted),
            Self::MaxPool2d(_) | Self::Flatten(_) => None,
        }
    }
}
