//! wip
mod architecture;
pub mod constants;
mod dataset;
mod dense;
mod error;
mod export;
mod fit;
mod network;
mod observer;
mod random;
mod ternary;

pub use architecture::{Architecture, Dense, Input, Weights};
pub use dataset::Dataset;
pub use error::Error;
pub use fit::{Epoch, Fit};
pub use network::Network;
