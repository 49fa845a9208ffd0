//! All that an expansion of the macro, or code from a build script, may name. No stability is promised: generated code
//! and runtime come from the same release, and each expansion checks [`VERSION`].

pub use crate::blob::Blob;
pub use crate::custom::CustomFormat;
pub use crate::interface::{above, argmax, copy, dequantize, quantize};
pub use crate::kernels::{
    Input, Output, activation, conv, custom, dense, depthwise, gate, pool, softmax,
};
pub use crate::params::{
    AveragePool, Channel, Conv, Custom, Dense, Depthwise, Dequantize, Gate, InputChannel, Leaky,
    MaxPool, Quantize, Requant, Softmax, Table, Window,
};
pub use crate::slots::{Arena, Element, Slot, slot};

/// Raised whenever an item of this module, an encoding or a rule changes its meaning.
pub const VERSION: u32 = 1;

/// A [`Channel`] in few tokens: expansions hold one for every output.
pub const fn channel(bias: i32, multiplier: i32) -> Channel {
    Channel { bias, multiplier }
}
