//! Reads inputs and labels for the host tools of [BitNeural](https://docs.rs/bitneural-rt):
//! safetensors, NumPy's `.npy`, IDX (the format of MNIST) and CSV, gzipped or not.
//!
//! ```
//! # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/digits/digits.csv.gz");
//! use bitneural_data::{Place, Request, read};
//!
//! let digits = read(&Request {
//!     inputs: &Place::new(path),
//!     labels: None, // the last column of the CSV
//!     elements: 64,
//!     classes: Some(10),
//! })?;
//! assert_eq!(digits.samples(), 1797);
//! assert_eq!(digits.labels.as_deref().map(<[usize]>::len), Some(1797));
//! # Ok::<(), bitneural_data::Error>(())
//! ```
//!
//! A file is recognized by its content, not by its name. Nothing is skipped or guessed: inputs of
//! another length than the model's, labels that are no class, NaN and a file that ends early are
//! errors that say where, what was expected and what was found. No size that a file claims leads to
//! an allocation before it is held against the length of the file.
//!
//! For programs on a computer; firmware gets its inputs from its sensors.

mod array;
mod csv;
mod dataset;
mod element;
mod error;
mod file;
mod idx;
mod npy;
mod place;
mod safetensors;

pub use dataset::{Dataset, Request, read};
pub use error::{Error, ErrorKind};
pub use place::Place;
