//! A tensor of the file: borrowed bytes with a shape and a type.

use crate::error::ErrorKind;
use crate::shape::Shape;

/// The element types that the compiler reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dtype {
    /// 32-bit float.
    F32,
    /// 8-bit signed integer.
    I8,
    /// A type of the container that no layer reads.
    Other(&'static str),
}

impl Dtype {
    /// The name, as safetensors spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::I8 => "I8",
            Self::Other(name) => name,
        }
    }
}

/// A tensor: borrowed little-endian bytes, whose length fits shape and type.
#[derive(Debug, Clone)]
pub struct Tensor<'a> {
    /// The element type.
    pub dtype: Dtype,
    /// The axes, in the order of the file.
    pub shape: Shape,
    /// The elements.
    pub bytes: &'a [u8],
}

impl Tensor<'_> {
    /// The elements as `f32`, an `I8` tensor widened.
    ///
    /// # Errors
    /// Another type, or a value that is not finite.
    pub fn to_f32(&self) -> Result<Vec<f32>, ErrorKind> {
        match self.dtype {
            Dtype::F32 => {
                let mut values = Vec::with_capacity(self.bytes.len() / 4);
                for chunk in self.bytes.chunks_exact(4) {
                    // `chunks_exact(4)` yields four bytes; indexing is the fastest form without optimization.
                    let value = f32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
                    if !value.is_finite() {
                        return Err(ErrorKind::NotFinite {
                            index: values.len(),
                            value: value.to_string(),
                        });
                    }
                    values.push(value);
                }
                Ok(values)
            }
            Dtype::I8 => Ok(self
                .bytes
                .iter()
                .map(|&byte| f32::from(byte as i8))
                .collect()),
            Dtype::Other(name) => Err(ErrorKind::WrongDtype {
                expected: "F32",
                found: name.to_owned(),
            }),
        }
    }

    /// The elements as trits.
    ///
    /// # Errors
    /// Another type than `I8`, or a value outside -1, 0, 1.
    pub fn to_trits(&self) -> Result<Vec<i8>, ErrorKind> {
        self.to_integers(-1, |index, value| ErrorKind::NotATrit { index, value })
    }

    /// The elements as codes of 8 bits.
    ///
    /// # Errors
    /// Another type than `I8`, or -128.
    pub fn to_codes(&self) -> Result<Vec<i8>, ErrorKind> {
        self.to_integers(-127, |index, _| ErrorKind::InvalidField {
            field: "kernel".to_owned(),
            expected: "codes of -127 to 127 beside `weights` `int8` (clip -128 to -127)".to_owned(),
            found: format!("-128 at index {index}"),
        })
    }

    /// The elements of an `I8` tensor, all at most `-least` from 0.
    fn to_integers(
        &self,
        least: i8,
        problem: impl Fn(usize, i8) -> ErrorKind,
    ) -> Result<Vec<i8>, ErrorKind> {
        if self.dtype != Dtype::I8 {
            return Err(ErrorKind::WrongDtype {
                expected: "I8",
                found: self.dtype.name().to_owned(),
            });
        }
        let values: Vec<i8> = self.bytes.iter().map(|&byte| byte as i8).collect();
        let outside = |value: &i8| *value < least || *value > -least;
        match values.iter().position(outside) {
            Some(index) => Err(problem(index, values[index])),
            None => Ok(values),
        }
    }
}
