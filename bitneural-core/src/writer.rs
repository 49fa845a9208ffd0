//! Writes model files: for the trainer and for `calibrate`.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use safetensors::tensor::{TensorView, serialize};
use serde_json::{Value, json};

use crate::error::{ErrorKind, Errors, Location};
use crate::graph::Graph;
use crate::source::{METADATA_KEY, ModelFile};

/// A tensor to write.
#[derive(Debug, Clone, PartialEq)]
pub enum TensorData {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// Trits or other small integers.
    I8(Vec<i8>),
}

/// A named tensor with its axes.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTensor {
    /// Its name in the file.
    pub name: String,
    /// Its axes; their product is the number of elements.
    pub shape: Vec<usize>,
    /// Its elements.
    pub data: TensorData,
}

/// The bytes of a model file with the given metadata (the JSON object of docs/format.md).
///
/// The same arguments give the same bytes.
///
/// # Errors
/// A tensor whose shape does not fit its elements.
pub fn model_bytes(metadata: &Value, tensors: &[NamedTensor]) -> io::Result<Vec<u8>> {
    let bytes: Vec<(safetensors::Dtype, Vec<u8>)> = tensors
        .iter()
        .map(|tensor| match &tensor.data {
            TensorData::F32(values) => (
                safetensors::Dtype::F32,
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
            ),
            TensorData::I8(values) => (
                safetensors::Dtype::I8,
                values.iter().map(|&value| value as u8).collect(),
            ),
        })
        .collect();
    let views = tensors.iter().zip(&bytes).map(|(tensor, (dtype, data))| {
        let view = TensorView::new(*dtype, tensor.shape.clone(), data).map_err(io::Error::other)?;
        Ok((tensor.name.clone(), view))
    });
    let views: Vec<(String, TensorView<'_>)> = views.collect::<io::Result<_>>()?;
    let entries = [(METADATA_KEY.to_owned(), metadata.to_string())]
        .into_iter()
        .collect();
    serialize(views, Some(entries)).map_err(io::Error::other)
}

/// Writes a file beside `path`, then renames it: an interrupted run leaves the old file whole.
///
/// # Errors
/// What the operating system says; the temporary file is removed.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = fs::File::create(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The error that matters is the first one; a leftover file is only untidy.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A range seen on calibration inputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// The smallest value.
    pub low: f32,
    /// The largest value.
    pub high: f32,
}

/// The bytes of `file` with the observed ranges of `graph` recorded in its metadata; weights and all
/// other fields stay as they are. `observed[i]` belongs to the value of the same index.
///
/// # Errors
/// The metadata cannot be read again, or the file cannot be put together.
pub fn with_ranges(
    file: &ModelFile<'_>,
    graph: &Graph,
    observed: &[Option<Observed>],
    samples: usize,
) -> Result<Vec<u8>, Errors> {
    let internal = |reason: String| {
        let mut errors = Errors::new();
        let kind = ErrorKind::Internal {
            stage: "calibrate",
            what: "model file",
            reason,
        };
        errors.push(kind, Location::default());
        errors
    };
    let mut metadata: Value =
        serde_json::from_str(&file.metadata_text).map_err(|error| internal(error.to_string()))?;
    for (value, observed) in graph.values.iter().zip(observed) {
        let Some(Observed { low, high }) = observed else {
            continue;
        };
        let entry = match value.layer {
            Some(layer) => &mut metadata["layers"][layer.index()],
            None => &mut metadata["inputs"][0],
        };
        let declared = value
            .range
            .is_some_and(|range| range.kind == crate::source::RangeKind::Declared);
        if declared {
            continue;
        }
        entry["range"] = json!([low, high]);
        entry["samples"] = json!(samples);
        if value.layer.is_none() {
            entry["range_kind"] = json!("observed");
        }
    }
    let tensors: Vec<(String, TensorView<'_>)> = file
        .tensors()
        .map(|(name, tensor)| {
            let dtype = match tensor.dtype {
                crate::source::Dtype::F32 => safetensors::Dtype::F32,
                crate::source::Dtype::I8 => safetensors::Dtype::I8,
                crate::source::Dtype::Other(name) => {
                    return Err(internal(format!(
                        "a tensor of type {name} cannot be written"
                    )));
                }
            };
            let view = TensorView::new(dtype, tensor.shape.0.clone(), tensor.bytes)
                .map_err(|error| internal(error.to_string()))?;
            Ok((name.to_owned(), view))
        })
        .collect::<Result<_, Errors>>()?;
    let entries = [(METADATA_KEY.to_owned(), metadata.to_string())]
        .into_iter()
        .collect();
    serialize(tensors, Some(entries)).map_err(|error| internal(error.to_string()))
}
