//! The compiler of [BitNeural](https://docs.rs/bitneural-rt): a model file goes in, a plan comes
//! out, and everything else (Rust struct, C header, report) is a view of that plan.
//!
//! **An implementation detail.** Its interface changes without notice; build scripts use
//! `bitneural-build`, firmware uses `bitneural_rt::include_ternary_model!`.
//!
//! ```text
//! model.safetensors
//!   │ source      read and validate under limits             → ModelFile
//!   ▼ graph       layers → float nodes, shapes inferred      → Graph
//!   ▼ passes      trits of the weights as trained; fusion    → Graph
//!   ▼ quantize    scales, epilogues, overflow bounds         → Network
//!   ▼ stream      a frame at a time, if that is asked for     → Stream
//!   ▼ plan        encodings, kernels, places in the arena    → Plan
//!   ▼ emit        language-neutral constants and calls       → Program → Rust tokens, C header
//! ```
//!
//! [`reference::float`] runs a `Graph`, [`reference::integer`] a `Network`: the oracle of all tests.
//! docs/architecture.md tells what each stage may know, docs/arithmetic.md the numbered rules.

pub mod calibrate;
pub mod compile;
pub mod custom;
pub mod emit;
pub mod error;
pub mod fidelity;
pub mod function;
pub mod graph;
mod hash;
pub mod ids;
pub mod measure;
pub mod network;
pub mod options;
pub mod passes;
pub mod plan;
pub mod quantize;
pub mod reference;
pub mod report;
pub mod shape;
pub mod source;
pub mod stream;
pub mod ternarize;
pub mod writer;

pub use compile::{Compiled, compile, load};
pub use error::{Error, ErrorKind, Errors, Location};
pub use options::{Budget, Options};

#[cfg(test)]
mod tests;
