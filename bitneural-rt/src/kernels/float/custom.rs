//! Calls of the layers that users write, in f32 mode.

use crate::custom::{CustomFloatInput, CustomFloatLayer, CustomFloatOutput};
use crate::params::float::FloatCustom;

/// Runs the user's layer `L`.
pub fn run<L: CustomFloatLayer<INPUTS>, const INPUTS: usize>(
    layer: &'static FloatCustom,
    inputs: [&[f32]; INPUTS],
    output: &mut [f32],
) {
    let mut shapes = layer.inputs.iter();
    let inputs = inputs.map(|values| CustomFloatInput {
        values,
        // There is a shape for each input.
        shape: shapes.next().unwrap_or(&layer.output),
    });
    let output = CustomFloatOutput {
        values: output,
        shape: &layer.output,
    };
    L::run_float(inputs, output, layer.parameters);
}
