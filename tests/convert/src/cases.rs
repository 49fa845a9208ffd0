//! Inputs, labels and what the float network makes of them.

use safetensors::Dtype;
use safetensors::tensor::{TensorView, serialize};

use crate::source::Source;
use crate::{Model, Result};

/// Inputs as bytes, where they are some.
pub(crate) struct Input {
    /// `U8`, `I8` or `F32`.
    dtype: Dtype,
    bytes: Vec<u8>,
    /// The same, an input each.
    pub(crate) values: Vec<Vec<f32>>,
}

impl Input {
    /// Reads a tensor of bytes, of floats that are bytes after the model's `mean` and `std`, or of others.
    pub(crate) fn read(cases: &Source, model: &Model, name: &str) -> Result<Self> {
        let tensor = cases.tensor(name)?;
        let is_signed = model.bounds.is_some_and(|[low, _]| low == -128.0);
        let (dtype, bytes) = match tensor.dtype {
            Dtype::U8 | Dtype::I8 => (tensor.dtype, tensor.bytes.clone()),
            _ if model.bounds.is_none() || model.std == [1.0] => (Dtype::F32, tensor.bytes.clone()),
            _ if is_signed => (Dtype::I8, bytes_of(&cases.floats(name)?, model)?),
            _ => (Dtype::U8, bytes_of(&cases.floats(name)?, model)?),
        };
        let values: Vec<f32> = match dtype {
            Dtype::F32 => cases.floats(name)?,
            Dtype::I8 => bytes
                .iter()
                .map(|&byte| f32::from(byte.cast_signed()))
                .collect(),
            _ => bytes.iter().map(|&byte| f32::from(byte)).collect(),
        };
        let elements = tensor.shape[1..].iter().product();
        Ok(Self {
            dtype,
            values: values.chunks_exact(elements).map(<[f32]>::to_vec).collect(),
            bytes,
        })
    }
}

/// The bytes that normalized values were made of.
fn bytes_of(values: &[f32], model: &Model) -> Result<Vec<u8>> {
    let ([mean], [std], Some([low, high])) = (model.mean, model.std, model.bounds) else {
        return Err("bytes have one `mean`, one `std` and bounds".into());
    };
    let bytes = values.iter().map(|&value| {
        let whole = (f64::from(value) * std + mean).round();
        let back = (whole - mean) / std;
        // f32 has a relative error of 6e-8 for each operation that made the value.
        let is_near = (back - f64::from(value)).abs() < 5e-7 * back.abs().max(1.0);
        let is_inside = (low..=high).contains(&whole);
        (is_near && is_inside).then_some(whole as i16 as u8)
    });
    let bytes: Option<Vec<u8>> = bytes.collect();
    bytes.ok_or_else(|| "an input that is no byte after `mean` and `std`".into())
}

/// A file of cases.
pub(crate) struct Cases<'a> {
    /// `None` if they are committed elsewhere.
    pub(crate) input: Option<&'a Input>,
    pub(crate) shape: &'a [usize],
    pub(crate) label: Vec<i32>,
    /// What the framework makes of them.
    pub(crate) output: Vec<f32>,
    /// Of the float network, nothing quantized.
    pub(crate) logits: Vec<f32>,
}

impl Cases<'_> {
    pub(crate) fn bytes(&self) -> Result<Vec<u8>> {
        let samples = self.label.len();
        let labels = self.label.iter().map(|&label| u8::try_from(label));
        let labels = labels.collect::<std::result::Result<Vec<u8>, _>>()?;
        let floats = |values: &[f32]| -> Vec<u8> {
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect()
        };
        let (output, logits) = (floats(&self.output), floats(&self.logits));
        let classes = self.output.len() / samples;
        let mut views = vec![
            ("label", TensorView::new(Dtype::U8, vec![samples], &labels)?),
            (
                "output",
                TensorView::new(Dtype::F32, vec![samples, classes], &output)?,
            ),
            (
                "logits",
                TensorView::new(Dtype::F32, vec![samples, classes], &logits)?,
            ),
        ];
        if let Some(input) = self.input {
            let shape = [&[samples], self.shape].concat();
            views.push(("input", TensorView::new(input.dtype, shape, &input.bytes)?));
        }
        Ok(serialize(views, None)?)
    }
}
