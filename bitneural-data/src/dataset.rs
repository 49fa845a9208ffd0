//! Samples with their labels, checked against the model that is to read them.

use std::ops::Range;

use crate::array::{Array, elements};
use crate::error::{Error, ErrorKind};
use crate::place::Place;
use crate::{csv, file, idx, npy, safetensors};

/// What to read, and what a model expects of it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where the inputs are.
    pub inputs: &'a Place,
    /// Where the labels are; `None` for those that stand beside the inputs, if any do: the tensor
    /// `label` or `labels` of the same file, the last column of a CSV.
    pub labels: Option<&'a Place>,
    /// Elements of one input.
    pub elements: usize,
    /// The number of classes, which every label must be below; `None` to leave labels alone.
    pub classes: Option<usize>,
}

/// Samples of a model's input.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// All elements, a sample after the other, in the order of the file; all finite.
    pub inputs: Vec<f32>,
    /// The axes of one sample, as many as the file gives.
    pub shape: Vec<usize>,
    /// The class of each sample.
    pub labels: Option<Vec<usize>>,
    elements: usize,
}

impl Dataset {
    /// The number of samples, at least 1.
    pub fn samples(&self) -> usize {
        self.inputs.len() / self.elements
    }

    /// The samples of `range` alone; `None` if there are none, or fewer than it reaches.
    pub fn slice(mut self, range: Range<usize>) -> Option<Self> {
        if range.is_empty() || range.end > self.samples() {
            return None;
        }
        self.labels = self.labels.map(|labels| labels[range.clone()].to_vec());
        self.inputs = self.inputs[range.start * self.elements..range.end * self.elements].to_vec();
        Some(self)
    }

    /// The elements of each sample.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.inputs.chunks_exact(self.elements)
    }
}

/// Reads inputs and labels.
///
/// # Errors
/// A file that is missing, in no known format or damaged, and data that do not fit the request.
pub fn read(request: &Request<'_>) -> Result<Dataset, Error> {
    let located = |place: &Place| {
        let place = place.to_string();
        move |kind| Error { kind, place }
    };
    let mut parts = parts(request).map_err(located(request.inputs))?;
    let samples = parts.samples;
    let labels = match (request.classes, request.labels) {
        (None, _) => None,
        (Some(classes), Some(place)) => Some(
            labels(place)
                .and_then(|array| checked(&array, samples, classes))
                .map_err(located(place))?,
        ),
        (Some(classes), None) => parts
            .labels
            .take()
            .map(|array| checked(&array, samples, classes))
            .transpose()
            .map_err(located(request.inputs))?,
    };
    Ok(Dataset {
        inputs: parts.inputs,
        shape: parts.shape,
        labels,
        elements: request.elements,
    })
}

/// A file of inputs, taken apart.
struct Parts {
    inputs: Vec<f32>,
    shape: Vec<usize>,
    samples: usize,
    labels: Option<Array>,
}

fn parts(request: &Request<'_>) -> Result<Parts, ErrorKind> {
    let (inputs, beside) = match open(request.inputs)? {
        Content::Safetensors(bytes) => {
            let file = safetensors::File::open(&bytes)?;
            let (name, inputs) = file.inputs(request.inputs.tensor.as_deref())?;
            let look = request.classes.is_some() && request.labels.is_none();
            let beside = if look {
                file.labels_beside(&name)?
            } else {
                None
            };
            (inputs, beside.map(|(_, labels)| labels))
        }
        Content::Table(table) => split_columns(table, request.elements),
        Content::Array(array) => (array, None),
    };
    let expected = request.elements;
    let shape = inputs.shape;
    if inputs.values.is_empty() || expected == 0 {
        return Err(ErrorKind::Empty);
    }
    let (samples, axes) = match shape.split_first() {
        Some((&samples, axes)) if elements(axes) == Some(expected) => (samples, axes.to_vec()),
        // One sample, its axes alone.
        _ if inputs.values.len() == expected => (1, shape),
        _ => return Err(ErrorKind::WrongElements { expected, shape }),
    };
    if let Some(at) = inputs.values.iter().position(|value| !value.is_finite()) {
        return Err(ErrorKind::NotFinite {
            sample: at / expected,
            index: at % expected,
            value: inputs.values[at],
        });
    }
    Ok(Parts {
        inputs: inputs.values,
        shape: axes,
        samples,
        labels: beside,
    })
}

/// A table with one column too many has the class in the last one.
fn split_columns(table: Array, expected: usize) -> (Array, Option<Array>) {
    let [rows, columns] = table.shape[..] else {
        return (table, None);
    };
    if columns != expected + 1 {
        return (table, None);
    }
    let mut values = Vec::with_capacity(rows * expected);
    let mut labels = Vec::with_capacity(rows);
    for row in table.values.chunks_exact(columns) {
        values.extend_from_slice(&row[..expected]);
        labels.push(row[expected]);
    }
    let inputs = Array {
        shape: vec![rows, expected],
        values,
    };
    let labels = Array {
        shape: vec![rows],
        values: labels,
    };
    (inputs, Some(labels))
}

/// The labels of a file of labels; of a table, the last column.
fn labels(place: &Place) -> Result<Array, ErrorKind> {
    match open(place)? {
        Content::Safetensors(bytes) => {
            safetensors::File::open(&bytes)?.labels(place.tensor.as_deref())
        }
        Content::Table(table) => match table.shape[..] {
            [rows, columns] if columns > 1 => Ok(Array {
                shape: vec![rows],
                values: table
                    .values
                    .chunks_exact(columns)
                    .map(|row| row[columns - 1])
                    .collect(),
            }),
            _ => Ok(table),
        },
        Content::Array(array) => Ok(array),
    }
}

/// Labels as classes.
fn checked(array: &Array, samples: usize, classes: usize) -> Result<Vec<usize>, ErrorKind> {
    if array.shape.iter().skip(1).any(|&axis| axis != 1) {
        return Err(ErrorKind::LabelAxes {
            shape: array.shape.clone(),
        });
    }
    if array.values.len() != samples {
        return Err(ErrorKind::LabelCount {
            labels: array.values.len(),
            samples,
        });
    }
    let class = |(sample, &label): (usize, &f32)| {
        let class = label as usize;
        if class as f32 == label && class < classes {
            Ok(class)
        } else {
            Err(ErrorKind::NotAClass {
                sample,
                label,
                classes,
            })
        }
    };
    array.values.iter().enumerate().map(class).collect()
}

/// A file by its format.
enum Content {
    Safetensors(Vec<u8>),
    Array(Array),
    Table(Array),
}

fn open(place: &Place) -> Result<Content, ErrorKind> {
    let bytes = file::content(&place.path)?;
    let (is_npy, is_idx) = (npy::recognize(&bytes), idx::recognize(&bytes));
    // Last, for it looks at the ninth byte only, which may be an element of an IDX file.
    if !is_npy && !is_idx && safetensors::recognize(&bytes) {
        return Ok(Content::Safetensors(bytes));
    }
    if let Some(tensor) = &place.tensor {
        return Err(ErrorKind::NoNames {
            tensor: tensor.clone(),
        });
    }
    if is_npy {
        return Ok(Content::Array(npy::read(&bytes)?));
    }
    if is_idx {
        return Ok(Content::Array(idx::read(&bytes)?));
    }
    let found = if bytes.is_empty() {
        return Err(ErrorKind::Empty);
    } else if bytes.starts_with(b"PK\x03\x04") {
        "a zip archive (.npz?)"
    } else if bytes.contains(&0) || std::str::from_utf8(&bytes).is_err() {
        "bytes that are no text"
    } else {
        return Ok(Content::Table(csv::read(&bytes)?));
    };
    Err(ErrorKind::UnknownFormat { found })
}
