//! The oracle: obvious code, written from the rules and never from the kernels.
//!
//! [`float`] runs the [`Graph`](crate::graph::Graph), [`integer`] the
//! [`Network`](crate::network::Network), [`single`] that of f32 mode.

pub mod float;
pub mod integer;
pub mod single;
