//! The bytes of a file, unpacked, under limits.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::error::ErrorKind;

/// The most bytes that are read, and the most that a gzipped file may unpack to.
const MOST_BYTES: u64 = 2 << 30;

const GZIP: &[u8] = &[0x1f, 0x8b];

/// The content of the file at `path`, unpacked if it is gzipped.
pub(crate) fn content(path: &Path) -> Result<Vec<u8>, ErrorKind> {
    let unreadable = |error: &io::Error| ErrorKind::Unreadable {
        reason: error.to_string(),
    };
    let length = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            return Err(ErrorKind::Unreadable {
                reason: "it is a folder".to_owned(),
            });
        }
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ErrorKind::NotFound),
        Err(error) => return Err(unreadable(&error)),
    };
    if length > MOST_BYTES {
        return Err(ErrorKind::TooLarge { limit: MOST_BYTES });
    }
    let bytes = fs::read(path).map_err(|error| unreadable(&error))?;
    if bytes.starts_with(GZIP) {
        unpack(&bytes)
    } else {
        Ok(bytes)
    }
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(MOST_BYTES + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| ErrorKind::Malformed {
            format: "gzip",
            reason: error.to_string(),
        })?;
    if unpacked.len() as u64 > MOST_BYTES {
        return Err(ErrorKind::TooLarge { limit: MOST_BYTES });
    }
    Ok(unpacked)
}
