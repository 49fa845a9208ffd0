//! Kernels of f32 mode: the weight encodings of integer mode, read by kernels of floats. One family, one function.

use super::cost::{self, Flash, Piece};
use super::elementwise::{self, Walk};
use super::{
    Candidate, Conv, Dense, DenseKernel, Depthwise, Frame, Kernel, Optimize, Recurrent, conv,
    depthwise, recurrent, shape,
};
use crate::network::float::{
    Activation, AveragePool, Curve, Embedding, Epilogue, Float, FloatGates, JoinFunction, LayerNorm,
};
use crate::network::{self, Custom, MaxPool, Network, Op};
use crate::ternarize::Precision;

/// A kernel of f32 mode with its constants.
#[derive(Debug, Clone, PartialEq)]
pub enum FloatKernel {
    /// A dense layer.
    Dense(Dense<Epilogue>),
    /// A convolution.
    Conv(Conv<Epilogue>),
    /// A convolution whose outputs read one channel each.
    Depthwise(Depthwise<Epilogue>),
    /// The largest value under a window.
    MaxPool(MaxPool),
    /// The mean of the values under a window.
    AveragePool(AveragePool),
    /// A state that goes along time.
    Recurrent(Box<Recurrent<FloatGates>>),
    /// A row of a table for each index.
    Embedding(Embedding),
    /// Each position over its channels.
    LayerNorm(LayerNorm),
    /// A function of single elements.
    Activation(Activation),
    /// The same values in another frame.
    Frame(Frame),
    /// A function of several tensors, element by element.
    Join(Join),
    /// Elements that each tensor gives at a time, in turn.
    Concat(Vec<usize>),
    /// Probabilities.
    Softmax,
    /// A function of the user's.
    Custom(Custom),
}

/// A function of several tensors as a kernel reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// How it goes through its operands.
    pub walk: Walk,
    /// The function and its bounds.
    pub op: network::float::Join,
}

/// The kernel for an op.
pub(super) fn candidate(whole: &Network, op: &Op, kind: &Float, optimize: Optimize) -> Candidate {
    let (kernel, scratch_words) = match kind {
        Float::Dense(op) => (FloatKernel::Dense(dense(op)), 0),
        Float::Conv(op) if depthwise::is_chosen(op, optimize) => {
            let depthwise = depthwise::encoded(op, 0);
            let words = depthwise.patch();
            (FloatKernel::Depthwise(depthwise), words)
        }
        Float::Conv(op) => {
            let conv = conv::encoded(op, 0);
            let words = conv.patch();
            (FloatKernel::Conv(conv), words)
        }
        Float::MaxPool(pool) => (FloatKernel::MaxPool(*pool), 0),
        Float::AveragePool(pool) => (FloatKernel::AveragePool(*pool), 0),
        Float::Recurrent(op) => {
            let layer = recurrent::encoded(op);
            let words = layer.scratch_words();
            (FloatKernel::Recurrent(Box::new(layer)), words)
        }
        Float::Embedding(op) => (FloatKernel::Embedding(op.clone()), 0),
        Float::LayerNorm(norm) => (FloatKernel::LayerNorm(norm.clone()), 0),
        Float::Activation(function) => (FloatKernel::Activation(*function), 0),
        Float::Frame(frame) => (FloatKernel::Frame(shape::encoded(*frame, 0)), 0),
        Float::Join(join) => {
            let walk = elementwise::walk(whole, op);
            (FloatKernel::Join(Join { walk, op: *join }), 0)
        }
        Float::Concat(rounds) => {
            let pieces = elementwise::pieces(whole, op, *rounds);
            (FloatKernel::Concat(pieces), 0)
        }
        Float::Softmax => (FloatKernel::Softmax, 0),
        Float::Custom(custom) => (FloatKernel::Custom(custom.clone()), 0),
    };
    Candidate {
        kernel: Kernel::Float(kernel),
        scratch_words,
    }
}

/// Tables of sums are for codes alone.
fn dense(dense: &network::Dense<Epilogue>) -> Dense<Epilogue> {
    let kernel = match dense.precision {
        Precision::Ternary => DenseKernel::Digits,
        Precision::Int8 => DenseKernel::Int8,
    };
    Dense {
        kernel,
        inputs: dense.inputs,
        outputs: dense.outputs,
        weights: kernel.encode(&dense.weights, dense.inputs, dense.outputs),
        requant: dense.requant.clone(),
    }
}

impl FloatKernel {
    /// `family::kernel`.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Dense(dense) => match dense.kernel {
                DenseKernel::Tables | DenseKernel::Digits => "float_dense::digits",
                DenseKernel::Int8 => "float_dense::int8",
            },
            Self::Conv(conv) => match conv.dense.kernel {
                DenseKernel::Tables | DenseKernel::Digits => "float_conv::digits",
                DenseKernel::Int8 => "float_conv::int8",
            },
            Self::Depthwise(depthwise) => match depthwise.precision {
                Precision::Ternary => "float_depthwise::digits",
                Precision::Int8 => "float_depthwise::int8",
            },
            Self::MaxPool(_) => "float_pool::max",
            Self::AveragePool(_) => "float_pool::average",
            Self::Recurrent(layer) => recurrent::float_name(layer),
            Self::Embedding(_) => "float_embedding::lookup",
            Self::LayerNorm(_) => "float_norm::layer_norm",
            Self::Activation(function) => match function {
                Activation::Relu(_) => "float_activation::relu",
                Activation::Elu(_) => "float_activation::elu",
                Activation::Line(_) => "float_activation::line",
                Activation::Curve(curve) => match curve {
                    Curve::Sigmoid => "float_activation::sigmoid",
                    Curve::Tanh => "float_activation::tanh",
                    Curve::HardSwish => "float_activation::hard_swish",
                    Curve::Swish => "float_activation::swish",
                    Curve::Gelu => "float_activation::gelu",
                    Curve::GeluTanh => "float_activation::gelu_tanh",
                    Curve::Softplus => "float_activation::softplus",
                    Curve::Softsign => "float_activation::softsign",
                    Curve::Exponential => "float_activation::exponential",
                },
            },
            Self::Frame(_) => "float_shape::frame",
            Self::Join(join) => match join.op.function {
                JoinFunction::Add => "float_elementwise::add",
                JoinFunction::Subtract => "float_elementwise::subtract",
                JoinFunction::Average => "float_elementwise::average",
                JoinFunction::Multiply => "float_elementwise::multiply",
                JoinFunction::Maximum => "float_elementwise::maximum",
                JoinFunction::Minimum => "float_elementwise::minimum",
            },
            Self::Concat(_) => "float_elementwise::concat",
            Self::Softmax => "float_softmax::softmax",
            Self::Custom(_) => "float_custom",
        }
    }

    pub(super) fn takes_scratch(&self) -> bool {
        match self {
            Self::Conv(_) | Self::Depthwise(_) | Self::Recurrent(_) => true,
            Self::Dense(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::Frame(_)
            | Self::Join(_)
            | Self::Concat(_)
            | Self::Softmax
            | Self::Custom(_) => false,
        }
    }

    /// Multiply-accumulates.
    pub(super) fn macs(&self) -> u64 {
        match self {
            Self::Dense(dense) => dense.macs(),
            Self::Conv(conv) => conv.macs(),
            Self::Depthwise(depthwise) => depthwise.macs(),
            Self::Recurrent(layer) => layer.macs(),
            Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::Frame(_)
            | Self::Join(_)
            | Self::Concat(_)
            | Self::Softmax => 0,
            Self::Custom(custom) => custom.cost.macs,
        }
    }

    pub(super) fn stack_bytes(&self) -> usize {
        match self {
            Self::Dense(dense) => match dense.kernel {
                DenseKernel::Tables | DenseKernel::Digits => stack::DIGITS,
                DenseKernel::Int8 => stack::INT8,
            },
            Self::Conv(conv) => match conv.dense.kernel {
                DenseKernel::Tables | DenseKernel::Digits => stack::CONV_DIGITS,
                DenseKernel::Int8 => stack::CONV_INT8,
            },
            Self::Depthwise(_) => stack::DEPTHWISE,
            Self::MaxPool(_) => stack::MAX_POOL,
            Self::AveragePool(_) => stack::AVERAGE_POOL,
            Self::Recurrent(_) => stack::RECURRENT,
            Self::Embedding(_) => stack::EMBEDDING,
            Self::LayerNorm(_) => stack::LAYER_NORM,
            Self::Activation(function) => match function {
                Activation::Relu(_) | Activation::Line(_) => stack::RELU,
                Activation::Elu(_) | Activation::Curve(_) => stack::CURVE,
            },
            Self::Frame(_) => stack::FRAME,
            Self::Join(_) => stack::JOIN,
            Self::Concat(_) => stack::CONCAT,
            Self::Softmax => stack::SOFTMAX,
            // What the user says of it.
            Self::Custom(custom) => cost::custom_stack(custom),
        }
    }

    /// Whether it may write over a tensor that it reads.
    pub(super) fn works_in_place(&self) -> bool {
        match self {
            Self::Activation(_) | Self::Join(_) => true,
            Self::Dense(_)
            | Self::Conv(_)
            | Self::Depthwise(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Recurrent(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Frame(_)
            | Self::Concat(_)
            | Self::Softmax
            | Self::Custom(_) => false,
        }
    }

    /// Whether it reads and writes so many elements, and has constants for its channels or operands.
    pub(super) fn fits(&self, inputs: &[usize], to: usize) -> bool {
        let one = |fits: &dyn Fn(usize) -> bool| matches!(inputs, &[from] if fits(from));
        match self {
            Self::Dense(dense) => one(&|from| dense.fits(from, to, dense.requant.channels.len())),
            Self::Conv(conv) => one(&|from| conv.fits(from, to, conv.dense.requant.channels.len())),
            Self::Depthwise(depthwise) => {
                one(&|from| depthwise.fits(from, to, depthwise.requant.channels.len()))
            }
            Self::Recurrent(layer) => one(&|from| layer.fits(from, to)),
            Self::Embedding(embedding) => one(&|from| embedding.fits(from, to)),
            Self::LayerNorm(norm) => {
                one(&|from| from == to && to.is_multiple_of(norm.channels.len().max(1)))
            }
            Self::MaxPool(pool) => {
                one(&|from| pool.window.fits(pool.channels, pool.channels, from, to))
            }
            Self::AveragePool(pool) => {
                one(&|from| pool.window.fits(pool.channels, pool.channels, from, to))
            }
            Self::Frame(frame) => one(&|from| frame.fits(from, to)),
            Self::Join(join) => join.walk.fits(inputs, to),
            Self::Concat(pieces) => elementwise::pieces_fit(pieces, inputs, to),
            Self::Custom(custom) => custom.fits(inputs, to),
            Self::Activation(_) | Self::Softmax => one(&|from| from == to),
        }
    }

    /// Bytes of the blob that it has and of the one that its encoding takes; words of scratch.
    pub(super) fn needs(&self) -> ((usize, usize), usize) {
        match self {
            Self::Dense(dense) => (dense.blob(), 0),
            Self::Conv(conv) => (conv.blob(), conv.patch()),
            Self::Depthwise(depthwise) => (depthwise.blob(), depthwise.patch()),
            Self::Recurrent(layer) => (layer.blobs(), layer.scratch_words()),
            Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::Embedding(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::Frame(_)
            | Self::Join(_)
            | Self::Concat(_)
            | Self::Softmax
            | Self::Custom(_) => ((0, 0), 0),
        }
    }
}

/// The bytes that the constants of a kernel add to those that are there.
pub(super) fn flash_bytes<'a>(
    flash: &mut Flash<'a>,
    step: &'a Kernel,
    kernel: &'a FloatKernel,
) -> usize {
    let (lists, record) = match kernel {
        FloatKernel::Dense(dense) => (
            flash.piece(Piece::Blob(&dense.weights)) + epilogue(flash, &dense.requant),
            record::DENSE,
        ),
        FloatKernel::Conv(conv) => (
            flash.piece(Piece::Blob(&conv.dense.weights)) + epilogue(flash, &conv.dense.requant),
            record::CONV,
        ),
        FloatKernel::Depthwise(depthwise) => (
            flash.piece(Piece::Blob(&depthwise.weights)) + epilogue(flash, &depthwise.requant),
            record::DEPTHWISE,
        ),
        FloatKernel::MaxPool(_) => (0, record::MAX_POOL),
        FloatKernel::AveragePool(_) => (0, record::AVERAGE_POOL),
        FloatKernel::Recurrent(layer) => (
            flash.piece(Piece::Blob(&layer.kernel.weights))
                + flash.piece(Piece::Blob(&layer.recurrent.weights))
                + flash.piece(Piece::FloatColumns(&layer.constants.columns))
                + flash.piece(Piece::Parameters(&layer.constants.state_biases)),
            record::RECURRENT,
        ),
        FloatKernel::Embedding(op) => (
            flash.piece(Piece::Parameters(&op.values)),
            record::EMBEDDING,
        ),
        FloatKernel::LayerNorm(norm) => (
            flash.piece(Piece::FloatChannels(&norm.channels)),
            record::LAYER_NORM,
        ),
        FloatKernel::Activation(function) => match function {
            Activation::Relu(_) => (0, record::RELU),
            Activation::Elu(_) => (0, record::ELU),
            Activation::Line(_) => (0, record::LINE),
            Activation::Curve(_) => return 0,
        },
        FloatKernel::Frame(_) => (0, record::FRAME),
        FloatKernel::Join(join) => {
            let operands = flash.piece(Piece::FloatOperands(&join.walk.repeated));
            return operands + flash.piece(Piece::FloatJoin(join, record::JOIN));
        }
        FloatKernel::Concat(pieces) => (flash.piece(Piece::FloatPieces(pieces)), record::CONCAT),
        FloatKernel::Softmax => return 0,
        FloatKernel::Custom(custom) => (
            flash.piece(Piece::Shapes(&custom.inputs))
                + flash.piece(Piece::Parameters(&custom.parameters))
                + custom.cost.flash_bytes,
            record::CUSTOM,
        ),
    };
    lists + flash.piece(Piece::Kernel(step, record))
}

/// The constants of an epilogue, its record apart.
fn epilogue<'a>(flash: &mut Flash<'a>, epilogue: &'a Epilogue) -> usize {
    let slopes = epilogue.slopes.as_ref();
    flash.piece(Piece::FloatChannels(&epilogue.channels))
        + slopes.map_or(0, |slopes| flash.piece(Piece::Parameters(slopes)))
}

/// Bytes of records on a 32-bit chip: see those of integer mode in `cost.rs`.
mod record {
    pub(super) const DENSE: usize = 40;
    pub(super) const CONV: usize = 68;
    pub(super) const DEPTHWISE: usize = 60;
    pub(super) const MAX_POOL: usize = 26;
    pub(super) const AVERAGE_POOL: usize = 36;
    pub(super) const RECURRENT: usize = 52;
    pub(super) const EMBEDDING: usize = 16;
    pub(super) const LAYER_NORM: usize = 20;
    pub(super) const FRAME: usize = 24;
    pub(super) const JOIN: usize = 20;
    pub(super) const CONCAT: usize = 12;
    pub(super) const CUSTOM: usize = 28;
    pub(super) const RELU: usize = 12;
    pub(super) const ELU: usize = 8;
    pub(super) const LINE: usize = 16;
}

/// Stack in bytes, as painted on rv32imc by soft float: see those of integer mode in `cost.rs`.
mod stack {
    pub(super) const DIGITS: usize = 400;
    pub(super) const INT8: usize = 240;
    pub(super) const CONV_DIGITS: usize = 736;
    pub(super) const CONV_INT8: usize = 456;
    pub(super) const DEPTHWISE: usize = 320;
    pub(super) const MAX_POOL: usize = 240;
    pub(super) const AVERAGE_POOL: usize = 376;
    pub(super) const RECURRENT: usize = 640;
    pub(super) const EMBEDDING: usize = 64;
    pub(super) const LAYER_NORM: usize = 160;
    pub(super) const FRAME: usize = 112;
    pub(super) const JOIN: usize = 256;
    pub(super) const CONCAT: usize = 64;
    pub(super) const RELU: usize = 16;
    pub(super) const CURVE: usize = 112;
    pub(super) const SOFTMAX: usize = 96;
}
