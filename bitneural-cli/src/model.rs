//! Reads model files, for all commands.

use std::path::Path;

use bitneural_core::source::container;
use bitneural_core::source::{self, ModelFile};
use bitneural_core::{Errors, compile, graph::Graph, options::Options};

use crate::problem::{self, Failure, Problem};

/// The bytes of a model file, and its path as the user wrote it.
pub(crate) struct Bytes {
    pub(crate) bytes: Vec<u8>,
    pub(crate) shown: String,
}

impl Bytes {
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let bytes = bitneural_core::load(path, &shown)
            .map_err(|errors| Failure::from(problem::of(errors, None)))?;
        Ok(Self { bytes, shown })
    }

    /// The problems of this file.
    pub(crate) fn problems(&self, errors: Errors) -> Vec<Problem> {
        let metadata = container::read(&self.bytes)
            .ok()
            .and_then(|container| container.metadata);
        problem::of(errors.in_file(&self.shown), metadata.as_deref())
    }

    pub(crate) fn file(&self) -> Result<ModelFile<'_>, Failure> {
        source::read(&self.bytes).map_err(|errors| self.problems(errors).into())
    }

    /// The float network, its weights ternary.
    pub(crate) fn float_network(&self, file: &ModelFile<'_>) -> Result<Graph, Failure> {
        compile::float_network(file, &Options::default())
            .map_err(|errors| self.problems(errors).into())
    }

    pub(crate) fn compile(&self, options: &Options) -> Result<bitneural_core::Compiled, Failure> {
        bitneural_core::compile(&self.bytes, options).map_err(|errors| self.problems(errors).into())
    }
}
