//! Stage 1: a model file, read and validated under limits.
//!
//! [`read`] turns bytes into a [`ModelFile`]: the layers as the user wrote them, and the tensors
//! as borrowed bytes. Nothing is skipped: an unknown field, an unused tensor and an unsupported
//! option are problems.

use crate::error::{ErrorKind, Errors, Location};
use crate::fidelity::Fidelity;

pub mod container;
mod elsewhere;
pub(crate) mod fidelity;
pub mod foreign;
mod input;
mod json;
pub mod layers;
pub mod limits;
mod metadata;
mod outline;
mod ranges;
mod tensor;
mod wiring;

pub use input::Input;
pub use json::Object;
pub use metadata::{Layout, Metadata};
pub use outline::{Outline, outline};
pub use ranges::{RangeKind, RecordedRange};
pub use tensor::{Dtype, Tensor};
pub use wiring::Origin;

use layers::Layer;

/// The name of the entry of `__metadata__` that describes the network.
pub const METADATA_KEY: &str = "bitneural";

/// The name of the entry of `__metadata__` that says how near the integers came to the floats.
pub const FIDELITY_KEY: &str = "bitneural.fidelity";

/// The tensor that a file may carry so that its ranges can be observed without other data.
pub const CALIBRATION_INPUT: &str = "calibration.input";

/// A validated model file.
#[derive(Debug)]
pub struct ModelFile<'a> {
    /// What `__metadata__["bitneural"]` says.
    pub metadata: Metadata,
    /// The layers, in the order of the file.
    pub layers: Vec<Layer>,
    /// Their places in an order in which each finds what it reads.
    pub order: Vec<usize>,
    /// All tensors, in the order of their names.
    tensors: Vec<(String, Tensor<'a>)>,
    /// The metadata as it stands in the file.
    pub metadata_text: String,
    /// How near the integer network came to the float network, if the file records it, and of what it
    /// holds now.
    pub fidelity: Option<Fidelity>,
}

impl<'a> ModelFile<'a> {
    /// The tensor called `name`.
    pub fn tensor(&self, name: &str) -> Option<&Tensor<'a>> {
        let at = |(found, _): &(String, Tensor<'a>)| found.as_str().cmp(name);
        let index = self.tensors.binary_search_by(at).ok()?;
        self.tensors.get(index).map(|(_, tensor)| tensor)
    }

    /// The name of an input or of a layer.
    pub fn name(&self, origin: Origin) -> &str {
        match origin {
            Origin::Input(index) => &self.metadata.inputs[index].id,
            Origin::Layer(index) => &self.layers[index].id,
        }
    }

    /// All tensors with their names, in the order of their names.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &Tensor<'a>)> {
        self.tensors
            .iter()
            .map(|(name, tensor)| (name.as_str(), tensor))
    }
}

/// Reads a model file.
///
/// Allocates at most [`limits::METADATA_MULTIPLE`] times the length of the header, nothing for
/// the tensors.
///
/// # Errors
/// Every problem that can be found in the container and in the metadata; tensors are looked at by
/// the next stage, unused ones too.
pub fn read(bytes: &[u8]) -> Result<ModelFile<'_>, Errors> {
    let container = container::read(bytes)?;
    let Some(metadata_text) = container.metadata else {
        return Err(Errors::from(crate::error::Error {
            kind: ErrorKind::NoMetadata,
            location: Location::default(),
        }));
    };
    let mut problems = Errors::new();
    let parsed = metadata::parse(&metadata_text, &mut problems)?;
    let mut file = ModelFile {
        metadata: parsed.metadata,
        layers: parsed.layers,
        order: parsed.order,
        tensors: container.tensors,
        metadata_text,
        fidelity: None,
    };
    let fidelity = container.fidelity;
    file.fidelity = fidelity.and_then(|text| fidelity::read(&text, &file));
    problems.into_result(file)
}

#[cfg(test)]
mod tests;
