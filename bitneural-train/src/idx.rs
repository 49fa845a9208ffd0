//! The files of MNIST: big-endian header, then `u8` values.

use std::path::Path;

use crate::Error;
use crate::dataset::{Dataset, open};

impl Dataset {
    /// Reads images and labels in the format of MNIST (`idx3-ubyte`, `idx1-ubyte`). Values are those of the file,
    /// 0..=255. A name that ends in `.gz` is unpacked.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::File`] for anything that is not such a file, and those of [`Dataset::new`].
    pub fn read_idx(
        images: impl AsRef<Path>,
        labels: impl AsRef<Path>,
        classes: usize,
    ) -> Result<Self, Error> {
        let (shape, inputs) = read(images.as_ref())?;
        let (_, labels) = read(labels.as_ref())?;
        Self::new(
            shape.iter().skip(1).product(),
            classes,
            inputs.into_iter().map(f32::from).collect(),
            labels.into_iter().map(usize::from).collect(),
        )
    }
}

/// The shape in the header, and the values.
fn read(path: &Path) -> Result<(Vec<usize>, Vec<u8>), Error> {
    let mut bytes = Vec::new();
    open(path)?
        .read_to_end(&mut bytes)
        .map_err(|source| Error::Io {
            path: path.to_owned(),
            source,
        })?;
    parse(&bytes).map_err(|problem| Error::File {
        path: path.to_owned(),
        problem,
    })
}

fn parse(bytes: &[u8]) -> Result<(Vec<usize>, Vec<u8>), String> {
    let Some(([0, 0, 8, rank], mut rest)) = bytes.split_first_chunk() else {
        return Err("no IDX file of `u8` values: it must begin with the bytes 0, 0, 8".into());
    };
    let mut shape = Vec::new();
    for _ in 0..*rank {
        let Some((extent, values)) = rest.split_first_chunk() else {
            return Err(format!("the header ends before its {rank} extents"));
        };
        shape.push(u32::from_be_bytes(*extent) as usize);
        rest = values;
    }
    let expected = shape
        .iter()
        .try_fold(1_usize, |n, extent| n.checked_mul(*extent));
    if expected != Some(rest.len()) {
        let found = rest.len();
        return Err(format!(
            "the header announces {shape:?} values, {found} follow"
        ));
    }
    Ok((shape, rest.to_vec()))
}
