//! The places where a network can run.

pub mod c;
pub mod emulated;
pub mod host;
pub mod implementation;
pub mod kernels;
pub mod reference;
pub mod requests;
