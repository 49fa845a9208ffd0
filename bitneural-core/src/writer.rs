//! Writes model files: for the trainer and for `calibrate`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use safetensors::tensor::{TensorView, serialize};
use serde_json::{Value, json};

use crate::error::{ErrorKind, Errors, Location};
use crate::fidelity::Fidelity;
use crate::graph::Graph;
use crate::source::{self, FIDELITY_KEY, METADATA_KEY, RangeKind, fidelity};

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

/// Writes a file beside `path`, then renames it: an interrupted run leaves the old file whole. Symbolic links and
/// permissions stay as they are.
///
/// # Errors
/// What the operating system says; the temporary file is removed.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = followed(path)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = fs::File::create(&beside)
        .and_then(|mut file| {
            // Before there is something to read.
            if let Ok(old) = fs::metadata(&path) {
                file.set_permissions(old.permissions())?;
            }
            file.write_all(bytes).and_then(|()| file.sync_all())
        })
        .and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // The error that matters is the first one; a leftover file is only untidy.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The file that a path leads to through symbolic links; it need not be there.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    // As many as Linux follows.
    for _ in 0..40 {
        let Ok(next) = fs::read_link(&path) else {
            return Ok(path);
        };
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(io::Error::other("too many symbolic links"))
}

/// A range seen on calibration inputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// The smallest value.
    pub low: f32,
    /// The largest value.
    pub high: f32,
}

/// `bytes`, a model file that `graph` was built from, with the observed ranges recorded in its metadata;
/// tensors, other fields and other entries of `__metadata__` stay as they are. `observed[i]` belongs to
/// the value of the same index; a declared range holds against what was observed.
///
/// # Errors
/// The header cannot be read again.
pub fn with_ranges(
    bytes: &[u8],
    graph: &Graph,
    observed: &[Option<Observed>],
    samples: usize,
) -> Result<Vec<u8>, Errors> {
    edited(bytes, |entries| {
        let entry = &mut entries[METADATA_KEY];
        let text = entry.as_str().ok_or("no metadata")?;
        let mut metadata: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        record(&mut metadata, graph, observed, samples);
        *entry = Value::String(metadata.to_string());
        Ok(())
    })
}

/// `bytes`, a model file, with a comparison of its networks recorded; everything else stays as it is.
///
/// # Errors
/// Bytes that are no model file.
pub fn with_fidelity(bytes: &[u8], found: &Fidelity) -> Result<Vec<u8>, Errors> {
    let fingerprint = source::read(bytes)?.fingerprint();
    edited(bytes, |entries| {
        entries[FIDELITY_KEY] = Value::String(fidelity::write(found, &fingerprint));
        Ok(())
    })
}

/// A model file with `edit` made to its `__metadata__`.
fn edited(
    bytes: &[u8],
    edit: impl FnOnce(&mut Value) -> Result<(), String>,
) -> Result<Vec<u8>, Errors> {
    let internal = |reason: &str| {
        let mut errors = Errors::new();
        let kind = ErrorKind::Internal {
            stage: "calibrate",
            what: "model file",
            reason: reason.to_owned(),
        };
        errors.push(kind, Location::default());
        errors
    };
    let (header, tensors) = bytes
        .split_first_chunk::<8>()
        .and_then(|(length, rest)| {
            rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
        })
        .ok_or_else(|| internal("its header is cut off"))?;
    let mut header: Value =
        serde_json::from_slice(header).map_err(|error| internal(&error.to_string()))?;
    edit(&mut header["__metadata__"]).map_err(|reason| internal(&reason))?;
    let mut header = header.to_string();
    // The tensors begin at a multiple of eight, as the format wants.
    header.extend(std::iter::repeat_n(' ', header.len().wrapping_neg() % 8));
    let length = (header.len() as u64).to_le_bytes();
    Ok([&length, header.as_bytes(), tensors].concat())
}

/// Writes the ranges into the metadata.
fn record(metadata: &mut Value, graph: &Graph, observed: &[Option<Observed>], samples: usize) {
    for (index, (value, observed)) in graph.values.iter().zip(observed).enumerate() {
        let Some(Observed { low, high }) = observed else {
            continue;
        };
        let declared = value
            .range
            .is_some_and(|range| range.kind == RangeKind::Declared);
        if declared {
            continue;
        }
        let entry = match value.layer {
            Some(layer) => &mut metadata["layers"][layer.index()],
            // The inputs are the first values, in the order of the file.
            None => &mut metadata["inputs"][index],
        };
        entry[value.range_field] = json!([low, high]);
        entry["samples"] = json!(samples);
        if value.layer.is_none() {
            entry["range_kind"] = json!("observed");
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn links_and_permissions_stay() {
        let folder = std::env::temp_dir().join(format!("bitneural_writer_{}", std::process::id()));
        fs::create_dir_all(folder.join("models")).unwrap();
        let file = folder.join("models/m");
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let (link, indirect) = (folder.join("link"), folder.join("indirect"));
        symlink("models/m", &link).unwrap();
        symlink(&link, &indirect).unwrap();
        symlink("models/new", folder.join("dangling")).unwrap();
        symlink("round", folder.join("round")).unwrap();

        write_atomically(&indirect, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert!(link.is_symlink() && indirect.is_symlink());

        write_atomically(&folder.join("dangling"), b"first").unwrap();
        assert_eq!(fs::read(folder.join("models/new")).unwrap(), b"first");
        assert!(write_atomically(&folder.join("round"), b"").is_err());
        // Nothing else is left behind.
        assert_eq!(fs::read_dir(folder.join("models")).unwrap().count(), 2);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 5);
        fs::remove_dir_all(&folder).unwrap();
    }
}
