//! Compiles model files of [BitNeural](https://docs.rs/bitneural-rt) from a build script: to Rust, to
//! a C header, to a report.
//!
//! In `build.rs`:
//!
//! ```no_run
//! use bitneural_build::{Budget, Model, Optimize};
//!
//! fn main() {
//!     Model::new("models/digits.safetensors")
//!         .name("Digits")
//!         .optimize(Optimize::Speed)
//!         .budget(Budget::new().flash_bytes(24_576).ram_bytes(8_192))
//!         .rust("digits.rs")
//!         .c_header("digits.h")
//!         .report("digits.md")
//!         .compile_or_exit();
//! }
//! ```
//!
//! In the crate, which depends on `bitneural-rt`:
//!
//! ```text
//! include!(concat!(env!("OUT_DIR"), "/digits.rs"));
//!
//! let class = Digits::new().classify(&image);
//! ```
//!
//! Those who need neither C nor a file to look at use `bitneural_rt::include_ternary_model!`, which
//! takes no build script. The generated code, Rust and C, is yours under 0BSD.
//!
//! What this crate guarantees: cargo is told which file the result depends on; everything that is wrong
//! with a model is reported at once, with its place and a way out; a failed run writes nothing, an
//! interrupted one leaves no half file, and a file whose content would stay the same is left alone.
//! Unlike `bitneural-core`, its interface follows semantic versioning.

mod error;
mod model;
mod options;
mod outputs;

pub use error::Error;
pub use model::Model;
pub use options::{Activations, Budget, Optimize, Quantizer, Visibility};
pub use outputs::{Figures, Outputs};
