//! Stage 3: rewrites of the [`Graph`], none of which changes what it computes.
//!
//! The order, and why:
//! 1. `ternarize`: weights become trits as they were trained, before anything is folded into them
//!    (folding a batch norm first would change per-tensor trits).
//! 2. `drop_noops`: a flatten of a vector is nothing; without it, activations stand next to the
//!    layer that they fuse with.
//! 3. `activation`: a relu joins the epilogue of the layer before it.

use crate::graph::{Graph, verify};

mod activation;
mod drop_noops;
mod ternarize;

pub use activation::fuse_activations;
pub use drop_noops::drop_noops;
pub use ternarize::ternarize;

use crate::ternarize::Quantizer;

/// Runs all passes. `quantizer`, if given, overrides what the file records.
///
/// # Errors
/// A broken invariant, which is a bug of a pass.
pub fn run(graph: &mut Graph, quantizer: Option<Quantizer>) -> Result<(), String> {
    ternarize(graph, quantizer);
    verify::verify(graph)?;
    drop_noops(graph);
    verify::verify(graph)?;
    fuse_activations(graph);
    verify::verify(graph)
}

#[cfg(test)]
mod tests;
