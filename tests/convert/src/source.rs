//! Files of the sources: named tensors, and words about them.

use std::collections::HashMap;
use std::path::Path;

use safetensors::{Dtype, SafeTensors};

use crate::Result;

/// A file.
pub(crate) struct Source {
    metadata: HashMap<String, String>,
    tensors: HashMap<String, Tensor>,
}

/// A tensor.
pub(crate) struct Tensor {
    pub(crate) dtype: Dtype,
    pub(crate) shape: Vec<usize>,
    pub(crate) bytes: Vec<u8>,
}

impl Source {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let (_, header) = SafeTensors::read_metadata(&bytes)?;
        let tensors = SafeTensors::deserialize(&bytes)?;
        let own = |(key, value): (&String, &String)| (key.clone(), value.clone());
        let tensors = tensors.iter().map(|(name, view)| {
            let tensor = Tensor {
                dtype: view.dtype(),
                shape: view.shape().to_vec(),
                bytes: view.data().to_vec(),
            };
            (name.to_owned(), tensor)
        });
        Ok(Self {
            metadata: header.metadata().iter().flatten().map(own).collect(),
            tensors: tensors.collect(),
        })
    }

    /// An entry of the metadata.
    pub(crate) fn entry(&self, name: &str) -> Result<&str> {
        let found = self.metadata.get(name).map(String::as_str);
        found.ok_or_else(|| format!("no `{name}` in the metadata").into())
    }

    pub(crate) fn tensor(&self, name: &str) -> Result<&Tensor> {
        let found = self.tensors.get(name);
        found.ok_or_else(|| format!("no tensor `{name}`").into())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The elements of an `F32` tensor.
    pub(crate) fn floats(&self, name: &str) -> Result<Vec<f32>> {
        Ok(self
            .words(name, Dtype::F32)?
            .map(f32::from_le_bytes)
            .collect())
    }

    /// The elements of an `I32` tensor.
    pub(crate) fn integers(&self, name: &str) -> Result<Vec<i32>> {
        Ok(self
            .words(name, Dtype::I32)?
            .map(i32::from_le_bytes)
            .collect())
    }

    fn words(&self, name: &str, dtype: Dtype) -> Result<impl Iterator<Item = [u8; 4]> + '_> {
        let tensor = self.tensor(name)?;
        if tensor.dtype != dtype {
            return Err(format!("`{name}` is {:?} instead of {dtype:?}", tensor.dtype).into());
        }
        let words = tensor.bytes.chunks_exact(4);
        Ok(words.map(|word| [word[0], word[1], word[2], word[3]]))
    }
}
