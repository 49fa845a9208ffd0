//! Trains ternary networks for microcontrollers, and writes the model files that `include_ternary_model!` reads.
//!
//! The forward pass uses the weights that the device will have, -1, 0 or 1 (or, in layers that ask for it, -127..=127)
//! times a scale per output channel, and activations rounded to eight bits; the backward pass treats both as if they were
//! not there (straight-through estimator) and moves latent floats. What counts is what [`Deployed`] says: it is the
//! integer engine of the compiler on the exported file, bit for bit the firmware.
//!
//! ```
//! use bitneural_train::{Architecture, Dataset, Dense, Fit, Input, Network};
//!
//! // Is x + y above 1? Sixteen points by sixteen, the ones on the line left out.
//! let points = (0..256).map(|i| [(i % 16) as f32 / 15.0, (i / 16) as f32 / 15.0]);
//! let points: Vec<_> = points.filter(|[x, y]| (x + y - 1.0).abs() > 0.01).collect();
//! let labels = points.iter().map(|[x, y]| usize::from(x + y > 1.0)).collect();
//! let data = Dataset::new(2, 2, points.concat(), labels)?;
//!
//! let architecture = Architecture::new("above", Input::new("point", [2]).declared(0.0, 1.0))
//!     .labels(["below", "above"])
//!     .dense(Dense::new("hidden", 8).batch_norm().relu())
//!     .dense(Dense::new("output", 2).learned_scale());
//! let mut network = Network::new(architecture, 1)?;
//! Fit::new().epochs(30).seed(1).run(&mut network, &data)?;
//!
//! let deployed = network.deploy()?; // `network.write("above.safetensors")` makes the file
//! assert!(data.accuracy(&deployed.classify(&data)?)? > 0.95);
//! assert_eq!(deployed.compare(&data)?.other_activations, 0);
//! # Ok::<(), bitneural_train::Error>(())
//! ```
//!
//! # Guarantees
//!
//! - The trits in training are those of the compiler's quantizer; the exporter writes them, nothing is decided twice.
//! - Two runs with the same seeds on the same machine write the same bytes.
//! - No type of the deep-learning framework below appears in this API: it may be exchanged.
//!
//! Build with `--release`: the framework is fifty times slower without optimization.

mod architecture;
mod augment;
mod augment_sequence;
mod blocks;
mod dataset;
mod deployed;
mod error;
mod export;
mod fit;
mod network;
mod observer;
mod random;
mod weights;

pub use architecture::{Architecture, Conv1d, Conv2d, Dense, Extent, Input, Weights};
pub use augment::Augment;
pub use augment_sequence::AugmentSequence;
pub use dataset::Dataset;
pub use deployed::{Comparison, Deployed};
pub use error::Error;
pub use fit::{Epoch, Fit};
pub use network::Network;
