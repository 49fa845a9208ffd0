//! Layers of the user's own, as far as the compiler and the references need to know them.
//!
//! A file names a custom layer, its shape and the range of its output, and that is enough to compile it: what
//! it computes is in the user's firmware (`bitneural_rt::CustomLayer`, or a function in C). To *run* a network
//! here, for calibration, simulation and tests, a [`CustomOp`] of that name is registered in
//! [`Options::custom_ops`](crate::Options).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::shape::Shape;

/// What a custom layer computes, for the references.
///
/// All values lie channels last, whatever the layout of the file.
pub trait CustomOp: Send + Sync {
    /// The shape of the output for inputs of the given shapes; it must be the one that the file gives.
    ///
    /// # Errors
    /// Why the layer cannot read such inputs, or take such parameters.
    fn output_shape(&self, inputs: &[&Shape], parameters: &[f32]) -> Result<Shape, String>;

    /// The real output for real inputs.
    fn float(&self, inputs: &[Real<'_>], parameters: &[f32]) -> Vec<f32>;

    /// The codes of the output for codes: those that the firmware computes, bit for bit.
    ///
    /// By default the codes become real numbers (R5), these go through [`float`](Self::float), and what comes of
    /// them goes through [`Format::quantize`].
    fn integer(&self, inputs: &[Codes<'_>], parameters: &[f32], output: &Format) -> Vec<u8> {
        let real: Vec<Vec<f32>> = inputs.iter().map(Codes::dequantize).collect();
        let real: Vec<Real<'_>> = inputs
            .iter()
            .zip(&real)
            .map(|(input, values)| Real {
                shape: &input.format.shape,
                values,
            })
            .collect();
        let values = self.float(&real, parameters);
        values.iter().map(|&value| output.quantize(value)).collect()
    }

    /// What the layer costs on a chip; nothing by default.
    fn cost(&self, inputs: &[&Shape], parameters: &[f32]) -> Cost {
        let _ = (inputs, parameters);
        Cost::default()
    }
}

/// What a custom layer costs beside its record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Multiply-accumulates.
    pub macs: u64,
    /// Bytes of read-only data of its own.
    pub flash_bytes: usize,
    /// Bytes of stack.
    pub stack_bytes: usize,
}

/// What codes stand for: `scale · (code − zero_point)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Format {
    /// The axes, channels last.
    pub shape: Shape,
    /// The step, as the firmware has it.
    pub scale: f32,
    /// The code of 0.
    pub zero_point: u8,
}

impl Format {
    /// The nearest code, ties going up: in `f32`, as `CustomFormat::quantize` of the runtime.
    pub fn quantize(&self, value: f32) -> u8 {
        let code = value / self.scale + f32::from(self.zero_point) + 0.5;
        code.floor().clamp(0.0, 255.0) as u8
    }
}

/// A value in floating point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Real<'a> {
    /// Its axes, channels last.
    pub shape: &'a Shape,
    /// Its elements.
    pub values: &'a [f32],
}

/// A value in codes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Codes<'a> {
    /// What they stand for.
    pub format: &'a Format,
    /// The codes.
    pub codes: &'a [u8],
}

impl Codes<'_> {
    /// The real numbers that they stand for (R5).
    pub fn dequantize(&self) -> Vec<f32> {
        let Format {
            scale, zero_point, ..
        } = *self.format;
        let real = |&code: &u8| scale * f32::from(i16::from(code) - i16::from(zero_point));
        self.codes.iter().map(real).collect()
    }
}

/// A registered op. Two are equal if they are one.
#[derive(Clone)]
pub struct Registered(Arc<dyn CustomOp>);

impl Registered {
    /// The op.
    pub fn op(&self) -> &dyn CustomOp {
        &*self.0
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Registered")
    }
}

impl PartialEq for Registered {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.0), Arc::as_ptr(&other.0))
    }
}

/// The custom ops that a program knows, by the names that files give them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomOps(BTreeMap<String, Registered>);

impl CustomOps {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one; it takes the place of an earlier one of that name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, op: impl CustomOp + 'static) -> Self {
        self.0.insert(name.into(), Registered(Arc::new(op)));
        self
    }

    /// The op of that name.
    pub fn get(&self, name: &str) -> Option<&Registered> {
        self.0.get(name)
    }
}

#[cfg(test)]
mod tests;
