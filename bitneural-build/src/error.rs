//! What went wrong, for people.

use std::fmt;
use std::io;
use std::path::Path;

use bitneural_core::Errors;

/// Everything that is wrong: with the model, with what was asked for, or with the disk.
///
/// Its `Display` is the message for people: each problem with its place, what was expected, what was
/// found, and a way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    problems: Vec<String>,
}

impl Error {
    /// The problems, at least one, each of several lines.
    pub fn problems(&self) -> impl Iterator<Item = &str> {
        self.problems.iter().map(String::as_str)
    }

    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self {
            problems: vec![problem.into()],
        }
    }

    pub(crate) fn write(path: &Path, error: &io::Error) -> Self {
        Self::new(format!(
            "the file cannot be written: {error}\n  --> {}",
            path.display()
        ))
    }
}

impl From<Errors> for Error {
    fn from(errors: Errors) -> Self {
        Self {
            problems: errors.iter().map(ToString::to_string).collect(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "error: {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
