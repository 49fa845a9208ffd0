//! Stage 3: rewrites of the [`Graph`], none of which changes what it computes.
//!
//! The order, and why:
//! 1. `weights`: weights become trits or codes as they were trained, before anything is folded into
//!    them (folding a batch norm first would change per-tensor trits).
//! 2. `drop_noops`: a flatten of a vector is nothing; without it, norms and activations stand next
//!    to the layer that they join.
//! 3. `fold_borders`: zeros around an image become the padding of the convolution behind them.
//! 4. `affine`: a batch norm joins the scales and biases of the layer before it, or of the branches of a concat.
//! 5. `activation`: a relu joins the epilogue of the layer before it, other functions join one another;
//!    after the norms, which would else find a clamp in their way.

use crate::graph::{Graph, verify};

mod activation;
mod affine;
mod drop_noops;
mod weights;

pub use activation::fuse_activations;
pub use affine::fold_affines;
pub use drop_noops::{drop_noops, fold_borders};
pub use weights::quantize_weights;

/// Runs all passes but the first, [`quantize_weights`], which the ranges are observed behind.
///
/// # Errors
/// A broken invariant, which is a bug of a pass.
pub fn run(graph: &mut Graph) -> Result<(), String> {
    drop_noops(graph);
    verify::verify(graph)?;
    fold_borders(graph);
    verify::verify(graph)?;
    fold_affines(graph);
    verify::verify(graph)?;
    fuse_activations(graph);
    verify::verify(graph)
}

#[cfg(test)]
mod tests;
