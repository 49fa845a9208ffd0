//! What was written, and what it costs.

use std::fs;
use std::path::{Path, PathBuf};

use bitneural_core::report::Report;
use bitneural_core::writer::write_atomically;

use crate::error::Error;

/// The files of a compilation: those that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Outputs {
    /// The Rust file.
    pub rust: Option<PathBuf>,
    /// The C header.
    pub c_header: Option<PathBuf>,
    /// The report.
    pub report: Option<PathBuf>,
    /// What the model costs.
    pub figures: Figures,
}

/// What a model costs on a 32-bit chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Figures {
    /// Multiply-accumulates of one inference.
    pub macs: u64,
    /// Bytes of read-only data, with the tables that kernels share, kernel code apart.
    pub flash_bytes: usize,
    /// Bytes of RAM, the stack apart.
    pub ram_bytes: usize,
    /// A bound of the stack, bytes.
    pub stack_bytes: usize,
}

impl From<&Report> for Figures {
    fn from(report: &Report) -> Self {
        Self {
            macs: report.macs,
            flash_bytes: report.flash_bytes,
            ram_bytes: report.ram_bytes,
            stack_bytes: report.stack_bytes,
        }
    }
}

/// Writes `text` unless the file holds it already, so that whatever depends on the file's date is not
/// built again for nothing.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|present| present == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::write(folder, &error))?;
    }
    write_atomically(path, text.as_bytes()).map_err(|error| Error::write(path, &error))
}
