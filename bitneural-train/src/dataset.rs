//! Labelled samples in memory.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bitneural_data::Place;

use crate::Error;

/// Labelled samples of one shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    sample_len: usize,
    classes: usize,
    inputs: Vec<f32>,
    labels: Vec<usize>,
}

impl Dataset {
    /// Samples of `sample_len` values each, in the order of `inputs`, with the class of each.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyData`]; [`Error::Length`] if `inputs` is not `labels.len()` samples; [`Error::Label`] for a
    /// label that is not below `classes`; [`Error::NotFinite`] for a NaN or an infinity.
    pub fn new(
        sample_len: usize,
        classes: usize,
        inputs: Vec<f32>,
        labels: Vec<usize>,
    ) -> Result<Self, Error> {
        if labels.is_empty() || sample_len == 0 {
            return Err(Error::EmptyData);
        }
        if inputs.len() != sample_len * labels.len() {
            return Err(Error::Length {
                what: "inputs of all samples",
                expected: sample_len * labels.len(),
                found: inputs.len(),
            });
        }
        if let Some((sample, &label)) = labels
            .iter()
            .enumerate()
            .find(|(_, label)| **label >= classes)
        {
            return Err(Error::Label {
                sample,
                label,
                classes,
            });
        }
        if let Some((index, &value)) = inputs
            .iter()
            .enumerate()
            .find(|(_, value)| !value.is_finite())
        {
            return Err(Error::NotFinite {
                sample: index / sample_len,
                position: index % sample_len,
                value,
            });
        }
        Ok(Self {
            sample_len,
            classes,
            inputs,
            labels,
        })
    }

    /// Reads inputs and labels from two files of any format that the command line knows: IDX (the format of MNIST),
    /// `.npy`, safetensors, CSV, gzipped or not. `FILE:TENSOR` names a tensor of a safetensors file. Values are those of
    /// the files: pixels remain 0..=255.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] for files that are missing, damaged, or do not hold samples of `sample_len` values with a label
    /// below `classes` each.
    pub fn read(
        inputs: impl AsRef<Path>,
        labels: impl AsRef<Path>,
        sample_len: usize,
        classes: usize,
    ) -> Result<Self, Error> {
        let data = bitneural_data::read(&bitneural_data::Request {
            inputs: &place(inputs.as_ref()),
            labels: Some(&place(labels.as_ref())),
            elements: sample_len,
            classes: Some(classes),
        })?;
        Self::new(
            sample_len,
            classes,
            data.inputs,
            data.labels.unwrap_or_default(),
        )
    }

    /// Reads rows of comma-separated numbers without a header; the last one is the class. A name that ends in `.gz`
    /// is unpacked.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Row`] for a row of another length or with something that is no number, and those of
    /// [`Dataset::new`].
    pub fn read_csv(
        path: impl AsRef<Path>,
        sample_len: usize,
        classes: usize,
    ) -> Result<Self, Error> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| Error::Io {
            path: path.to_owned(),
            source,
        })?;
        let reader: Box<dyn Read> = if path.extension().is_some_and(|extension| extension == "gz") {
            Box::new(flate2::read::GzDecoder::new(file))
        } else {
            Box::new(file)
        };
        let at = |row: usize, problem: String| Error::Row {
            path: path.to_owned(),
            row,
            problem,
        };
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(reader);
        let (mut inputs, mut labels) = (Vec::new(), Vec::new());
        for (index, record) in rows.records().enumerate() {
            let row = index + 1;
            let record = record.map_err(|error| at(row, error.to_string()))?;
            if record.len() != sample_len + 1 {
                let found = record.len();
                return Err(at(
                    row,
                    format!("expected {sample_len} values and a class, found {found} columns"),
                ));
            }
            for (column, text) in record.iter().take(sample_len).enumerate() {
                let value = text.trim().parse::<f32>();
                inputs.push(value.map_err(|_| {
                    at(
                        row,
                        format!("column {}: `{text}` is not a number", column + 1),
                    )
                })?);
            }
            let text = &record[sample_len];
            let label = text.trim().parse::<usize>();
            labels
                .push(label.map_err(|_| at(row, format!("class `{text}` is not a whole number")))?);
        }
        Self::new(sample_len, classes, inputs, labels)
    }

    /// The first `count` samples, and the others.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyData`] if one part would be empty.
    pub fn split_at(mut self, count: usize) -> Result<(Self, Self), Error> {
        if count == 0 || count >= self.len() {
            return Err(Error::EmptyData);
        }
        let rest = Self {
            inputs: self.inputs.split_off(count * self.sample_len),
            labels: self.labels.split_off(count),
            ..self
        };
        Ok((self, rest))
    }

    /// How many samples there are; never 0.
    #[allow(clippy::len_without_is_empty)] // it would always be false
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// How many values a sample has.
    #[must_use]
    pub fn sample_len(&self) -> usize {
        self.sample_len
    }

    /// How many classes there are.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The values of all samples, one after the other.
    #[must_use]
    pub fn inputs(&self) -> &[f32] {
        &self.inputs
    }

    /// The class of each sample.
    #[must_use]
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The samples one by one.
    pub fn samples(&self) -> impl Iterator<Item = &[f32]> {
        self.inputs.chunks_exact(self.sample_len)
    }

    /// The share of samples whose class is the one given, 0..=1.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if there is not one class for each sample.
    pub fn accuracy(&self, classes: &[usize]) -> Result<f64, Error> {
        if classes.len() != self.len() {
            return Err(Error::Length {
                what: "classes to compare",
                expected: self.len(),
                found: classes.len(),
            });
        }
        let right = classes
            .iter()
            .zip(&self.labels)
            .filter(|(a, b)| a == b)
            .count();
        Ok(right as f64 / self.len() as f64)
    }
}

/// What the command line makes of the same words.
fn place(path: &Path) -> Place {
    path.to_str().map_or_else(|| Place::new(path), Place::parse)
}
