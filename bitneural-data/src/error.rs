//! What can be wrong with data: what, where, expected, found, help.

use std::fmt;

/// A problem and the file that has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The file, as the user wrote its path, and the tensor.
    pub place: String,
}

/// What is wrong with a file of data.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No file at this path.
    #[error("no such file")]
    NotFound,
    /// The operating system does not give it.
    #[error("the file cannot be read: {reason}")]
    Unreadable {
        /// Its words.
        reason: String,
    },
    /// More bytes than are read.
    #[error("the file is too large")]
    TooLarge {
        /// The most bytes that are read.
        limit: u64,
    },
    /// Neither of the known formats.
    #[error("the file is in no format that can be read")]
    UnknownFormat {
        /// What it looks like.
        found: &'static str,
    },
    /// A file that breaks the rules of its format.
    #[error("the {format} file is damaged: {reason}")]
    Malformed {
        /// The format.
        format: &'static str,
        /// What does not fit.
        reason: String,
    },
    /// An element type that is not read.
    #[error("the {format} file holds {found}, which cannot be read")]
    UnsupportedType {
        /// The format.
        format: &'static str,
        /// What it holds.
        found: String,
        /// What can be read.
        expected: &'static str,
    },
    /// A file without the tensor in question.
    #[error("the file does not have the tensor")]
    NoTensor {
        /// Names that would do.
        wanted: Vec<String>,
        /// Names that are there.
        present: Vec<String>,
    },
    /// A tensor was named for a format that has no names.
    #[error("only a safetensors file has named tensors")]
    NoNames {
        /// The name.
        tensor: String,
    },
    /// A field of a CSV file that is no number.
    #[error("line {line}, column {column} is no number")]
    NotANumber {
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: usize,
        /// What stands there.
        text: String,
    },
    /// No sample at all.
    #[error("the file has no samples")]
    Empty,
    /// Samples of another length than the model's input.
    #[error("the samples do not fit the model's input")]
    WrongElements {
        /// Elements of the input.
        expected: usize,
        /// The axes of the file.
        shape: Vec<usize>,
    },
    /// NaN or an infinity.
    #[error("sample {sample} holds {value} at index {index}")]
    NotFinite {
        /// The sample, from 0.
        sample: usize,
        /// The index in it.
        index: usize,
        /// The value.
        value: f32,
    },
    /// Labels with more axes than one.
    #[error("the labels are no list")]
    LabelAxes {
        /// The axes of the file.
        shape: Vec<usize>,
    },
    /// Another number of labels than of samples.
    #[error("the number of labels is not the number of samples")]
    LabelCount {
        /// Labels.
        labels: usize,
        /// Samples.
        samples: usize,
    },
    /// A label that is no class.
    #[error("the label of sample {sample} is no class of the model")]
    NotAClass {
        /// The sample, from 0.
        sample: usize,
        /// The label.
        label: f32,
        /// The number of classes.
        classes: usize,
    },
}

fn quoted(names: &[String], between: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(between)
}

impl ErrorKind {
    /// What was expected and what was found, where that can be said in a line each.
    pub fn expected_and_found(&self) -> Option<(String, String)> {
        Some(match self {
            Self::TooLarge { limit } => (format!("at most {limit} bytes"), "more".to_owned()),
            Self::UnknownFormat { found } => (
                "safetensors, .npy, IDX or CSV, gzipped or not".to_owned(),
                (*found).to_owned(),
            ),
            Self::UnsupportedType {
                found, expected, ..
            } => ((*expected).to_owned(), found.clone()),
            Self::NoTensor { wanted, present } => (
                quoted(wanted, " or "),
                if present.is_empty() {
                    "no tensors".to_owned()
                } else {
                    quoted(present, ", ")
                },
            ),
            Self::NotANumber { text, .. } => ("a number".to_owned(), format!("`{text}`")),
            Self::WrongElements { expected, shape } => (
                format!("{expected} elements a sample"),
                match shape.split_first() {
                    Some((samples, axes)) => format!(
                        "{samples} samples of {} elements (shape {shape:?})",
                        crate::array::elements(axes).unwrap_or(usize::MAX)
                    ),
                    None => "a single number".to_owned(),
                },
            ),
            Self::NotFinite { value, .. } => ("finite numbers".to_owned(), value.to_string()),
            Self::LabelAxes { shape } => (
                "one label for each sample".to_owned(),
                format!("shape {shape:?}"),
            ),
            Self::LabelCount { labels, samples } => {
                (format!("{samples} labels"), format!("{labels}"))
            }
            Self::NotAClass { label, classes, .. } => (
                format!("a whole number from 0 to {}", classes.saturating_sub(1)),
                label.to_string(),
            ),
            Self::NotFound
            | Self::Unreadable { .. }
            | Self::Malformed { .. }
            | Self::NoNames { .. }
            | Self::Empty => return None,
        })
    }

    /// How to mend it.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFound => "the path is relative to the current folder",
            Self::UnknownFormat { .. } | Self::UnsupportedType { .. } => {
                "write it in Python: `numpy.save(\"inputs.npy\", inputs)`"
            }
            Self::Malformed { .. } => {
                "is the file complete? (A Git LFS pointer or an interrupted download looks like this.)"
            }
            Self::NoTensor { .. } => "choose one: `FILE:TENSOR`",
            Self::NoNames { .. } => "leave the name of the tensor out",
            Self::WrongElements { .. } => {
                "the first axis counts the samples; the model's input shape gives the others"
            }
            Self::NotANumber { .. } => {
                "each row is a sample: its elements, then its class if it has one"
            }
            Self::LabelAxes { .. } => "labels are class indices, not one-hot vectors",
            Self::NotAClass { .. } => {
                "labels are class indices, in the order of the model's outputs"
            }
            Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::Empty
            | Self::NotFinite { .. }
            | Self::LabelCount { .. } => return None,
        })
    }
}

/// Prints what, where, expected, found, help, a line each (those that apply).
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  --> {}", self.kind, self.place)?;
        if let Some((expected, found)) = self.kind.expected_and_found() {
            write!(f, "\n   = expected: {expected}\n   = found: {found}")?;
        }
        if let Some(help) = self.kind.help() {
            write!(f, "\n   = help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
