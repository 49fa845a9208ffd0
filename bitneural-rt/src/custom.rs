//! Layers of the user's own.

/// A layer that the user writes, for what the file calls a `custom` layer and the macro is told by
/// `custom(name = path::to::Type)`.
///
/// `INPUTS` is the number of values that it reads: the `inputs` of the layer in the file. A type that is used for
/// layers of different numbers implements the trait for each.
///
/// ```
/// use bitneural_rt::{CustomInput, CustomLayer, CustomOutput};
///
/// /// Lets a value through where another one is above a threshold, the only parameter.
/// pub struct Gate;
///
/// impl CustomLayer<2> for Gate {
///     fn run([value, gate]: [CustomInput<'_>; 2], output: CustomOutput<'_>, parameters: &[f32]) {
///         let threshold = parameters.first().map_or(gate.format.zero_point, |&real| gate.format.quantize(real));
///         for ((y, &x), &g) in output.codes.iter_mut().zip(value.codes).zip(gate.codes) {
///             // This layer's file gives its output the format of `value`, so that codes can be copied.
///             *y = if g > threshold { x } else { output.format.zero_point };
///         }
///     }
/// }
/// ```
///
/// What the crate guarantees of its own kernels, the author of this function answers for here: it must not panic
/// (`zip`, `first` and `get` instead of indices), it should not need floats in its inner loop on a chip without
/// them, and what it takes of stack is not in the model's `STACK_BYTES`. It cannot allocate what the crate around it
/// cannot. The same codes must always give the same codes.
pub trait CustomLayer<const INPUTS: usize = 1> {
    /// Writes every code of the output. What it leaves is what another layer left there.
    ///
    /// `parameters` are those of the layer in the file.
    fn run(inputs: [CustomInput<'_>; INPUTS], output: CustomOutput<'_>, parameters: &[f32]);
}

/// What codes stand for: `scale · (code − zero_point)`. They lie channels last, whatever the layout of the file: the
/// code at (y, x, c) has the index `(y · width + x) · channels + c`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CustomFormat {
    /// Rows; 1 for a value of one or two axes.
    pub height: u32,
    /// Columns, or steps in time; 1 for a vector.
    pub width: u32,
    /// Channels, or the elements of a vector.
    pub channels: u32,
    /// The real value of a step.
    pub scale: f32,
    /// The code of 0.
    pub zero_point: u8,
}

impl CustomFormat {
    /// The real number that a code stands for.
    pub fn dequantize(&self, code: u8) -> f32 {
        self.scale * (f32::from(code) - f32::from(self.zero_point))
    }

    /// The code nearest to a real number, ties going up; the last one in its direction if it is out of reach.
    pub fn quantize(&self, real: f32) -> u8 {
        // A cast saturates, and cuts off: what is below 0 becomes 0 all the same.
        (real / self.scale + f32::from(self.zero_point) + 0.5) as u8
    }
}

/// A value that a custom layer reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CustomInput<'a> {
    /// Its codes: `height · width · channels` of them.
    pub codes: &'a [u8],
    /// What they stand for.
    pub format: &'a CustomFormat,
}

/// The value that a custom layer writes.
#[derive(Debug, PartialEq)]
pub struct CustomOutput<'a> {
    /// Its codes: `height · width · channels` of them.
    pub codes: &'a mut [u8],
    /// What they will stand for.
    pub format: &'a CustomFormat,
}

/// The same layer where activations are floats (`activations = f32`): values instead of codes. A type implements this trait,
/// the other or both, as its models need.
///
/// ```
/// use bitneural_rt::{CustomFloatInput, CustomFloatLayer, CustomFloatOutput};
///
/// /// Lets a value through where another one is above a threshold, the only parameter.
/// pub struct Gate;
///
/// impl CustomFloatLayer<2> for Gate {
///     fn run_float(
///         [value, gate]: [CustomFloatInput<'_>; 2],
///         output: CustomFloatOutput<'_>,
///         parameters: &[f32],
///     ) {
///         let threshold = parameters.first().copied().unwrap_or(0.0);
///         for ((y, &x), &g) in output.values.iter_mut().zip(value.values).zip(gate.values) {
///             *y = if g > threshold { x } else { 0.0 };
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not compute with floats, which `activations = f32` needs",
    label = "a custom layer of {INPUTS} inputs, for floats",
    note = "implement `bitneural_rt::CustomFloatLayer<{INPUTS}>` for it, or leave `activations = f32` out"
)]
pub trait CustomFloatLayer<const INPUTS: usize = 1> {
    /// Writes every value of the output. What it leaves is what another layer left there.
    ///
    /// `parameters` are those of the layer in the file.
    fn run_float(
        inputs: [CustomFloatInput<'_>; INPUTS],
        output: CustomFloatOutput<'_>,
        parameters: &[f32],
    );
}

/// The axes of a value, which lies channels last, as [`CustomFormat`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomShape {
    /// Rows; 1 for a value of one or two axes.
    pub height: u32,
    /// Columns, or steps in time; 1 for a vector.
    pub width: u32,
    /// Channels, or the elements of a vector.
    pub channels: u32,
}

/// A value that a custom layer reads in f32 mode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CustomFloatInput<'a> {
    /// Its elements: `height · width · channels` of them.
    pub values: &'a [f32],
    /// Its axes.
    pub shape: &'a CustomShape,
}

/// The value that a custom layer writes in f32 mode.
#[derive(Debug, PartialEq)]
pub struct CustomFloatOutput<'a> {
    /// Its elements: `height · width · channels` of them.
    pub values: &'a mut [f32],
    /// Its axes.
    pub shape: &'a CustomShape,
}
