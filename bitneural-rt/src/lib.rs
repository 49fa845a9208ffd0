//! Ternary neural networks on microcontrollers: the runtime of models that were compiled into the firmware.
//!
//! ```text
//! bitneural_rt::include_ternary_model!(pub struct Digits = "models/digits.safetensors");
//!
//! let mut model = Digits::new();
//! let class = model.classify(&image);
//! ```
//!
//! The macro compiles a model file into a typed struct at build time; this crate holds what the struct calls: integer
//! kernels and views of its working memory. Code that is generic over models uses the trait [`Model`].
//!
//! # Guarantees
//!
//! - Same bits everywhere: results follow the numbered integer rules (R1, R2 …) of `docs/arithmetic.md` on every chip.
//! - No panics, no allocation, no operating system; no floats but to quantize `f32` inputs and dequantize outputs.
//! - No memory but the model's struct, its read-only statics and a bounded stack.
//! - No dependencies, save the macro.
//!
//! # Features
//!
//! - `macros` (default): re-exports the macro `include_ternary_model!`. Without it, generate the code by
//!   `bitneural-build` from a build script.

// For chips without an operating system.
#![no_std]

// Tests run on a host and compare with its floats and vectors.
#[cfg(test)]
extern crate std;

mod blob;
mod interface;
mod kernels;
mod model;
mod params;
mod requant;
mod slots;

#[doc(hidden)]
pub mod private;

pub use model::Model;
