//! The places where a network can run.

pub mod emulated;
pub mod kernels;
pub mod model;
