//! The safetensors container, under limits, with the reader's refusals turned into located errors.

use safetensors::{SafeTensorError, SafeTensors};

use super::tensor::{Dtype, Tensor};
use super::{FIDELITY_KEY, METADATA_KEY, limits};
use crate::error::{Error, ErrorKind, Errors, Location};
use crate::shape::Shape;

/// What lies in the file, whether or not it makes a network.
#[derive(Debug, Clone)]
pub struct Container<'a> {
    /// The tensors, in the order of their names.
    pub tensors: Vec<(String, Tensor<'a>)>,
    /// The text of `__metadata__["bitneural"]`, if there is one.
    pub metadata: Option<String>,
    /// The text of `__metadata__["bitneural.fidelity"]`, if there is one of a bearable length.
    pub fidelity: Option<String>,
}

fn problem(kind: ErrorKind) -> Errors {
    Errors::from(Error {
        kind,
        location: Location::default(),
    })
}

/// The length of the header is looked at before the library parses (and allocates for) it.
pub(super) fn check_length(bytes: &[u8]) -> Result<(), Errors> {
    let found = bytes.len() as u64;
    if found > limits::FILE_BYTES {
        return Err(problem(ErrorKind::FileTooLarge {
            bytes: found,
            limit: limits::FILE_BYTES,
        }));
    }
    let Some((length, header)) = bytes.split_first_chunk::<8>() else {
        return Err(problem(ErrorKind::NotSafetensors {
            reason: format!("it has {found} bytes, the length of a header takes 8"),
        }));
    };
    let length = u64::from_le_bytes(*length);
    let opens = header.first() == Some(&b'{');
    if length > limits::HEADER_BYTES && !opens {
        return Err(problem(ErrorKind::NotSafetensors {
            reason: "it does not begin with a header in JSON".to_owned(),
        }));
    }
    if length > limits::HEADER_BYTES {
        return Err(problem(ErrorKind::HeaderOversized {
            bytes: length,
            limit: limits::HEADER_BYTES,
        }));
    }
    if length > header.len() as u64 {
        return Err(problem(ErrorKind::HeaderTruncated {
            needed: length + 8,
            found,
        }));
    }
    Ok(())
}

/// Reads the container alone: what `inspect` can show of a file that does not compile.
///
/// # Errors
/// A file that is no safetensors file, or that is beyond the limits.
pub fn read(bytes: &[u8]) -> Result<Container<'_>, Errors> {
    check_length(bytes)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| problem(kind(&error)))?;
    let entry = |key| header.metadata().as_ref()?.get(key).cloned();
    let metadata: Option<String> = entry(METADATA_KEY);
    let fidelity = entry(FIDELITY_KEY).filter(|text| text.len() <= limits::METADATA_BYTES);
    if metadata
        .as_ref()
        .is_some_and(|text| text.len() > limits::METADATA_BYTES)
    {
        return Err(problem(ErrorKind::TooLarge {
            what: "the metadata (in bytes)",
            found: metadata.map_or(0, |text| text.len()),
            limit: limits::METADATA_BYTES,
        }));
    }
    let file = SafeTensors::deserialize(bytes).map_err(|error| problem(kind(&error)))?;
    let mut tensors: Vec<(String, Tensor<'_>)> = file
        .iter()
        .map(|(name, view)| {
            let tensor = Tensor {
                dtype: dtype(view.dtype()),
                shape: Shape(view.shape().to_vec()),
                bytes: view.data(),
            };
            (name.to_owned(), tensor)
        })
        .collect();
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Container {
        tensors,
        metadata,
        fidelity,
    })
}

fn dtype(dtype: safetensors::Dtype) -> Dtype {
    match dtype {
        safetensors::Dtype::F32 => Dtype::F32,
        safetensors::Dtype::I8 => Dtype::I8,
        safetensors::Dtype::F64 => Dtype::Other("F64"),
        safetensors::Dtype::F16 => Dtype::Other("F16"),
        safetensors::Dtype::BF16 => Dtype::Other("BF16"),
        safetensors::Dtype::BOOL => Dtype::Other("BOOL"),
        safetensors::Dtype::U8 => Dtype::Other("U8"),
        safetensors::Dtype::I16 => Dtype::Other("I16"),
        safetensors::Dtype::U16 => Dtype::Other("U16"),
        safetensors::Dtype::I32 => Dtype::Other("I32"),
        safetensors::Dtype::U32 => Dtype::Other("U32"),
        safetensors::Dtype::I64 => Dtype::Other("I64"),
        safetensors::Dtype::U64 => Dtype::Other("U64"),
        // The library's enum is open: types that it may learn, and those of under a byte.
        _ => Dtype::Other("a type that no layer reads"),
    }
}

fn kind(error: &SafeTensorError) -> ErrorKind {
    match error {
        SafeTensorError::InvalidOffset(_)
        | SafeTensorError::MetadataIncompleteBuffer
        | SafeTensorError::TensorInvalidInfo
        | SafeTensorError::ValidationOverflow
        | SafeTensorError::MisalignedSlice => ErrorKind::TensorOffsets {
            reason: error.to_string(),
        },
        other => ErrorKind::NotSafetensors {
            reason: other.to_string(),
        },
    }
}
