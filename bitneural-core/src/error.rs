//! What can be wrong with a model: every problem with its place, what was expected and found, and
//! how to mend it.
//!
//! A stage collects its problems in [`Errors`] and goes on as far as it can, so that a user sees
//! all of them at once.

use std::fmt;

mod kind;
mod near;
mod words;

pub use kind::{Argument, ErrorKind};
pub use near::near;

/// Where a problem lies; parts that do not apply are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The file, as the user wrote its path.
    pub file: Option<String>,
    /// The `id` of the layer in the file.
    pub layer: Option<String>,
    /// The name of the tensor in the file.
    pub tensor: Option<String>,
    /// The field of the metadata, as a path: `layers[2].units`.
    pub field: Option<String>,
}

impl Location {
    /// A place in layer `id`.
    pub fn layer(id: &str) -> Self {
        Self {
            layer: Some(id.to_owned()),
            ..Self::default()
        }
    }

    /// The same place, at a tensor of the file.
    pub fn tensor(mut self, name: &str) -> Self {
        self.tensor = Some(name.to_owned());
        self
    }

    /// The same place, at a field of the metadata.
    pub fn field(mut self, path: &str) -> Self {
        self.field = Some(path.to_owned());
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.file.clone(),
            self.layer.as_ref().map(|id| format!("layer `{id}`")),
            self.tensor.as_ref().map(|name| format!("tensor `{name}`")),
            self.field
                .as_ref()
                .map(|path| format!("metadata field `{path}`")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}

/// One problem: what, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where.
    pub location: Location,
}

/// Prints what, where, expected, found, help, a line each (those that apply).
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        let place = self.location.to_string();
        if !place.is_empty() {
            write!(f, "\n  --> {place}")?;
        }
        if let Some((expected, found)) = self.kind.expected_and_found() {
            write!(f, "\n   = expected: {expected}\n   = found: {found}")?;
        }
        if let Some(help) = self.kind.help(&self.location) {
            write!(f, "\n   = help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// All the problems that a stage found, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Errors(Vec<Error>);

impl Errors {
    /// No problem yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a problem.
    pub fn push(&mut self, kind: ErrorKind, location: Location) {
        self.0.push(Error { kind, location });
    }

    /// Takes over the problems of another list.
    pub fn extend(&mut self, other: Errors) {
        self.0.extend(other.0);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of problems.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The problems.
    pub fn iter(&self) -> std::slice::Iter<'_, Error> {
        self.0.iter()
    }

    /// `value` if nothing is wrong, else the problems.
    pub fn into_result<T>(self, value: T) -> Result<T, Errors> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// The same problems, all in `file` (a path as the user wrote it).
    pub fn in_file(mut self, file: &str) -> Self {
        for error in &mut self.0 {
            error.location.file.get_or_insert_with(|| file.to_owned());
        }
        self
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Self {
        Self(vec![error])
    }
}

impl IntoIterator for Errors {
    type Item = Error;
    type IntoIter = std::vec::IntoIter<Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f, "\n")?;
            }
            write!(f, "error: {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

#[cfg(test)]
mod tests;
