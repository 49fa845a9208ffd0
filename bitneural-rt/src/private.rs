//! All that an expansion of the macro, or code from a build script, may name. No stability is promised: generated code
//! and runtime come from the same release, and each expansion checks [`VERSION`].

pub use crate::blob::Blob;
pub use crate::custom::{CustomFormat, CustomShape};
pub use crate::interface::{above, argmax, copy, dequantize, normalize, positive, quantize};
pub use crate::kernels::float::{
    activation as float_activation, conv as float_conv, custom as float_custom,
    dense as float_dense, depthwise as float_depthwise, elementwise as float_elementwise,
    embedding as float_embedding, functions as float_functions, norm as float_norm,
    pool as float_pool, recurrent as float_recurrent, shape as float_shape,
    softmax as float_softmax,
};
pub use crate::kernels::{
    Code, Input, Output, activation, conv, custom, dense, depthwise, elementwise, embedding, gate,
    norm, pool, recurrent, shape, softmax, stream,
};
pub use crate::params::float::{
    FloatAveragePool, FloatChannel, FloatConcat, FloatConv, FloatCustom, FloatDense,
    FloatDepthwise, FloatElu, FloatEmbedding, FloatEpilogue, FloatGateColumn, FloatJoin,
    FloatLayerNorm, FloatLine, FloatOperand, FloatPiece, FloatRecurrent, FloatRelu, FloatStateBias,
    NormalChannel, Normalize,
};
pub use crate::params::{
    Add, AveragePool, Channel, Concat, Conv, Custom, Dense, Depthwise, Dequantize, Embedding,
    Frame, Gate, GateColumn, InputChannel, LayerNorm, Leaky, Line, MaxPool, Multiply, Operand,
    Pick, Piece, Quantize, Recurrent, Requant, Softmax, StateBias, Table, Term, Window,
};
pub use crate::slots::{Arena, Element, Slot, slot};

/// Raised whenever an item of this module, an encoding or a rule changes its meaning.
pub const VERSION: u32 = 1;

/// A [`Channel`] in few tokens: expansions hold one for every output.
pub const fn channel(bias: i32, multiplier: i32) -> Channel {
    Channel { bias, multiplier }
}

/// A [`FloatChannel`] in few tokens.
pub const fn float_channel(scale: f32, bias: f32) -> FloatChannel {
    FloatChannel { scale, bias }
}
