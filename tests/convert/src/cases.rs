//! Inputs, labels and what the float network makes of them.

use safetensors::Dtype;
use safetensors::tensor::{TensorView, serialize};

use crate::Result;
use crate::source::Source;

/// Inputs as bytes.
pub(crate) struct Input {
    /// `U8` or `I8`.
    dtype: Dtype,
    bytes: Vec<u8>,
    /// The same, an input each.
    pub(crate) values: Vec<Vec<f32>>,
}

impl Input {
    /// Reads a tensor of bytes, or of floats that are `u8 / 255`.
    pub(crate) fn read(cases: &Source, name: &str) -> Result<Self> {
        let tensor = cases.tensor(name)?;
        let (dtype, bytes) = match tensor.dtype {
            Dtype::U8 | Dtype::I8 => (tensor.dtype, tensor.bytes.clone()),
            _ => (Dtype::U8, pixels(&cases.floats(name)?)?),
        };
        let value = |&byte: &u8| match dtype {
            Dtype::I8 => f32::from(byte.cast_signed()),
            _ => f32::from(byte),
        };
        let elements = tensor.shape[1..].iter().product();
        let inputs = bytes.chunks_exact(elements);
        let values = inputs.map(|input| input.iter().map(value).collect());
        Ok(Self {
            dtype,
            values: values.collect(),
            bytes,
        })
    }
}

fn pixels(values: &[f32]) -> Result<Vec<u8>> {
    let pixels = values.iter().map(|&value| {
        let pixel = (value * 255.0).round() as u8;
        let is_exact = (f64::from(pixel) / 255.0) as f32 == value;
        is_exact.then_some(pixel)
    });
    let pixels: Option<Vec<u8>> = pixels.collect();
    pixels.ok_or_else(|| "an input that is no u8 / 255".into())
}

/// A file of cases.
pub(crate) struct Cases<'a> {
    /// `None` if they are committed elsewhere.
    pub(crate) input: Option<&'a Input>,
    pub(crate) shape: &'a [usize],
    pub(crate) label: Vec<i32>,
    /// Probabilities by the framework.
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
