//! Where data lies: a file and, in a safetensors file, a tensor.

use std::fmt;
use std::path::{Path, PathBuf};

/// A file, and which of its tensors is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user wrote its path.
    pub path: PathBuf,
    /// The name of a tensor, for formats that hold several.
    pub tensor: Option<String>,
}

impl Place {
    /// A file, whose tensor is found by its name: `input`, `label`, `labels`, or the only one.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            tensor: None,
        }
    }

    /// What a user wrote: `FILE` or `FILE:TENSOR`. A file whose own name has a colon is found as it is.
    pub fn parse(text: &str) -> Self {
        let whole = Path::new(text);
        match text.rsplit_once(':') {
            Some((path, tensor)) if !whole.exists() && Path::new(path).is_file() => Self {
                path: path.into(),
                tensor: Some(tensor.to_owned()),
            },
            _ => Self::new(whole),
        }
    }

    /// The same file, its tensor `name`.
    pub fn tensor(mut self, name: impl Into<String>) -> Self {
        self.tensor = Some(name.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match &self.tensor {
            Some(tensor) => write!(f, ", tensor `{tensor}`"),
            None => Ok(()),
        }
    }
}
