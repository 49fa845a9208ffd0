//! What can go wrong between a data file and a model file.

use std::path::PathBuf;

/// An error of this crate. Every message names the file, row, layer or epoch to look at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A row of a data file is not what the data set expects.
    #[error("{}, row {row}: {problem}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The row, counted from 1.
        row: usize,
        /// Expected and found.
        problem: String,
    },
    /// A data file cannot be read, or does not hold what is expected.
    #[error(transparent)]
    Data(#[from] bitneural_data::Error),
    /// There is nothing to train on or to measure.
    #[error("the data set is empty")]
    EmptyData,
    /// Two lengths that belong together differ.
    #[error("{what}: expected {expected} values, found {found}")]
    Length {
        /// Which values.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A label names a class that does not exist.
    #[error("sample {sample}: label {label} is out of range, the classes are 0..{classes}")]
    Label {
        /// The sample, counted from 0.
        sample: usize,
        /// Its label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// An input value is NaN or infinite.
    #[error("sample {sample}: value {position} is {value}, expected a finite number")]
    NotFinite {
        /// The sample, counted from 0.
        sample: usize,
        /// The position in the sample, counted from 0.
        position: usize,
        /// The value.
        value: f32,
    },
    /// The loss left the finite numbers.
    #[error("the loss became {loss} in epoch {epoch}; try a lower learning rate than {rate}")]
    Diverged {
        /// The loss.
        loss: f32,
        /// The epoch, counted from 1.
        epoch: usize,
        /// The learning rate that the fit started with.
        rate: f64,
    },
    /// The architecture does not describe a network.
    #[error("architecture of `{name}`: {problem}")]
    Architecture {
        /// The name of the model.
        name: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A setting of the fit cannot be used.
    #[error("fit: {0}")]
    Setting(String),
    /// The network holds something that a model file cannot hold.
    #[error("layer `{layer}` cannot be exported: {problem}")]
    Export {
        /// The layer.
        layer: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The compiler refuses the model file.
    #[error("{0}")]
    Model(String),
}
