//! Ternary neural networks on microcontrollers: the runtime of models that were compiled into the firmware.
//!
#![cfg_attr(feature = "macros", doc = "```")]
#![cfg_attr(not(feature = "macros"), doc = "```text")]
//! bitneural_rt::include_ternary_model!(pub struct Tilt = "models/tilt.safetensors");
//!
//! let mut model = Tilt::new();
//! let class = model.classify(&[0.1, -0.2, -0.95]); // an accelerometer's reading, in g
//! assert_eq!(class, TiltClass::Flat);
//! ```
//!
//! The macro compiles a model file into a typed struct at build time; this crate holds what the struct calls: integer
//! kernels and views of its working memory. Code that is generic over models uses the traits [`Model`]
//! and [`StreamingModel`].
//!
//! # Guarantees
//!
//! - Same bits everywhere: results follow the numbered integer rules (R1, R2 …) of `docs/arithmetic.md` on every chip.
//! - No panics, no allocation, no operating system; no floats but to quantize `f32` inputs and dequantize outputs. What
//!   a [`CustomLayer`] does is its author's to answer for.
//! - For chips with an FPU: the same networks with activations of `f32`, if asked for; then near real arithmetic instead of
//!   the same to the bit. No libm either.
//! - No memory but the model's struct, its read-only statics and a bounded stack.
//! - No dependencies, save the macro, but for features that name one.
//!
//! # Features
//!
//! - `macros` (default): re-exports the macro `include_ternary_model!`. Without it, generate the code by
//!   `bitneural-build` from a build script.
//! - `heapless`: classifiers over time, `SlidingClassifier` and `StreamClassifier`, generic over [`Model`] and
//!   [`StreamingModel`]; it takes the crate of that name.

// For chips without an operating system.
#![no_std]

// Tests run on a host and compare with its floats and vectors.
#[cfg(test)]
extern crate std;

mod blob;
mod custom;
mod evaluate;
mod interface;
mod kernels;
mod model;
mod params;
mod requant;
#[cfg(feature = "heapless")]
mod sliding;
mod slots;

#[doc(hidden)]
pub mod private;

pub use custom::{
    CustomFloatInput, CustomFloatLayer, CustomFloatOutput, CustomFormat, CustomInput, CustomLayer,
    CustomOutput, CustomShape,
};
pub use evaluate::Evaluation;
pub use model::{Model, StreamingModel};
#[cfg(feature = "heapless")]
pub use sliding::{Decision, SlidingClassifier, StreamClassifier};

/// Compiles a model file into a struct with typed methods.
///
/// ```
/// bitneural_rt::include_ternary_model!(pub struct Tilt = "models/tilt.safetensors");
///
/// let mut model = Tilt::new();
/// assert_eq!(model.classify(&[0.1, -0.2, -0.95]), TiltClass::Flat);
/// assert_eq!(model.classify(&[0.0, 1.0, 0.0]).label(), "on its end");
/// ```
///
/// The path is relative to the folder of the crate's Cargo.toml; the crate is compiled again when the file changes.
/// `docs/format.md` describes the file. Whatever is wrong with it is a compile error that says where and how to mend it.
///
/// # Forms
///
/// ```text
/// include_ternary_model!(pub(crate) struct Kws = "models/kws.safetensors");
/// include_ternary_model!("models/kws.safetensors");    // `pub struct Kws`, named after the model
/// include_ternary_model! {
///     /// Attributes and documentation pass through.
///     pub struct Kws = "models/kws.safetensors";
///     optimize = size;
/// }
/// ```
///
/// # Arguments
///
/// Each at most once, in any order, behind the path and a `;`:
///
/// | argument | values | what it does |
/// |---|---|---|
/// | `activations` | `u8` (default), `f32` | how activations are stored; `f32` is for chips with an FPU: see below |
/// | `ternarize` | `optimal`, `absmean`, `twn`, `median` | how weights become −1, 0, 1, instead of as the file says |
/// | `optimize` | `speed`, `size`, `balanced` (default) | what the choice of kernels aims at; never changes a result |
/// | `budget` | `budget(flash = 24_576, ram = 8_192)`, bytes, one or both | a compile error, with a breakdown, if the model needs more |
/// | `streaming` | `true`, `false` (default) | also a struct `…Stream` that takes a frame at a time: see below |
/// | `custom` | `custom(my_gate = crate::MyGate)`, one entry for each custom layer | the types that implement the file's custom layers: see [`CustomLayer`], and for `f32` [`CustomFloatLayer`] |
/// | `weights_section` | `".rodata.fast"` | the linker section of the weights; not under `forbid(unsafe_code)` |
/// | `crate` | `my_reexport::bitneural_rt` | the path of this crate, where it is renamed or re-exported |
///
/// ```
/// bitneural_rt::include_ternary_model! {
///     /// Tells which way up the device lies.
///     pub struct Tilt = "models/tilt.safetensors";
///     optimize = size;
///     budget(flash = 512, ram = 64);
/// }
///
/// static MODEL: std::sync::Mutex<Tilt> = std::sync::Mutex::new(Tilt::new());
/// assert_eq!(MODEL.lock().unwrap().classify_quantized(&Tilt::quantize_input(&[1.0, 0.0, 0.0])).index(), 0);
/// ```
///
/// # What it defines
///
/// The struct, with the model's figures in its documentation, and these items. `T`s are arrays of the shape in the
/// file: `[f32; 10]`, `[[f32; 8]; 8]`. Channels are the last axis, also where the file's `layout` is `torch`, which has
/// them first: an input of `[2, 4, 6]` there is `[[[f32; 2]; 6]; 4]` here, and `INPUT_SHAPE` is `[4, 6, 2]`.
///
/// | item | |
/// |---|---|
/// | `new()` | a model; `const`, all zero bytes, so a static lies in `.bss` |
/// | `predict(&mut self, &T) -> T` | the real outputs for real inputs |
/// | `classify(&mut self, &T)` | the most likely class: of the enum `…Class` if the file has labels, else its number |
/// | `predict_quantized`, `classify_quantized` | the same for quantized inputs: no floating point at all |
/// | `quantize_input(&T)` | real inputs as the two above take them |
/// | `INPUT_SHAPE`, `INPUT_SCALE`, `INPUT_ZERO_POINT`, and of `OUTPUT_` | what quantized numbers stand for: (number − zero point) · scale |
/// | `FLASH_BYTES`, `RAM_BYTES`, `STACK_BYTES`, `MACS` | what it costs |
/// | `MODEL_ID`, `MODEL_VERSION` | which model it is |
///
/// With `streaming = true` there is a second struct, `…Stream`, which goes along the first axis of the input, time, a frame
/// at a time. It keeps what it needs of the frames before, and no more, so that it takes less RAM than the whole sequence;
/// who uses it alone pays for it alone.
///
/// | item of `…Stream` | |
/// |---|---|
/// | `step(&mut self, &T) -> Option<T>`, `step_quantized` | one more frame; the outputs, if this frame gives some |
/// | `output(&self) -> Option<T>`, `output_quantized` | the latest outputs, `None` in front of the first ones |
/// | `reset(&mut self)` | forgets all frames |
///
/// Over a sequence the outputs are those of `predict` on the whole, to the bit. What has a value for each frame gives them
/// in turn; a state that is read at its end gives what it is so far, so that sequences may have any length; what reads
/// the whole sequence (a dense layer behind a flatten, a global pool) reads the last frames, as many as the model's input
/// has. The struct implements [`StreamingModel`].
///
/// Several inputs are arguments in the order of the file, named as there: `predict(&mut self, air: &T, seat: &T)`; the
/// constants are `AIR_SHAPE` and so on, the function that quantizes one is `quantize_air`. Several outputs are the fields
/// of `…Outputs` and `…QuantizedOutputs`; then there is no `classify`. A name that is a word of Rust, C or C++ gets `_2`
/// behind it.
///
/// `…Class` has `ALL`, `index()`, `label()` (the text of the file), `Display` and `TryFrom<usize>`. Its variants have
/// letters from a to z and digits only; labels that other letters tell apart have their position behind: `Class0`,
/// `Class1`. The struct implements [`Model`].
///
/// # Activations of `f32`
///
/// With `activations = f32` the same ternary network runs in floats: no ranges are needed in the file, nothing is lost by
/// quantizing activations, and RAM is four times as large. Each layer is within 10⁻⁵ of real arithmetic, relative to the
/// magnitude of its terms (`docs/arithmetic.md`). Of the items above `predict` and `classify` are there, without those of
/// quantized values. Without an FPU it works by soft float, some ten times slower than integers.
///
/// ```
/// bitneural_rt::include_ternary_model! {
///     pub struct Tilt = "models/tilt.safetensors";
///     activations = f32;
/// }
///
/// assert_eq!(Tilt::new().classify(&[0.1, -0.2, -0.95]), TiltClass::Flat);
/// ```
///
/// # Large models
///
/// Macros run without optimization unless the workspace asks for it; from a million weights on this saves seconds:
///
/// ```toml
/// [profile.dev.build-override]      # and the same for profile.release
/// opt-level = 2
/// ```
#[cfg(feature = "macros")]
pub use bitneural_macros::include_ternary_model;
