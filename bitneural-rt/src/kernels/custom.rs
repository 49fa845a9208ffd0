//! Calls of the layers that users write.

use crate::custom::{CustomInput, CustomLayer, CustomOutput};
use crate::params::Custom;

/// Runs the user's layer `L`.
///
/// Never inlined, as no kernel is: what the layer takes of stack would be taken by all kernels of the network.
#[inline(never)]
pub fn run<L: CustomLayer<INPUTS>, const INPUTS: usize>(
    layer: &'static Custom,
    inputs: [&[u8]; INPUTS],
    output: &mut [u8],
) {
    let mut formats = layer.inputs.iter();
    let inputs = inputs.map(|codes| CustomInput {
        codes,
        // There is a format for each input.
        format: formats.next().unwrap_or(&layer.output),
    });
    let output = CustomOutput {
        codes: output,
        format: &layer.output,
    };
    L::run(inputs, output, layer.parameters);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custom::CustomFormat;

    const fn format(channels: u32, scale: f32, zero_point: u8) -> CustomFormat {
        CustomFormat {
            height: 1,
            width: 1,
            channels,
            scale,
            zero_point,
        }
    }

    static SUM: Custom = Custom {
        inputs: &[format(3, 0.5, 10), format(1, 0.25, 0)],
        output: format(3, 1.0, 100),
        parameters: &[2.0],
    };

    /// `a + parameter · b`, b being one number.
    struct Sum;

    impl CustomLayer<2> for Sum {
        fn run([a, b]: [CustomInput<'_>; 2], output: CustomOutput<'_>, parameters: &[f32]) {
            let factor = parameters.first().copied().unwrap_or(0.0);
            let b = b
                .codes
                .first()
                .map_or(0.0, |&code| b.format.dequantize(code));
            for (y, &x) in output.codes.iter_mut().zip(a.codes) {
                *y = output.format.quantize(a.format.dequantize(x) + factor * b);
            }
        }
    }

    #[test]
    fn a_layer_is_told_its_formats_and_parameters() {
        let mut output = [7; 3];
        run::<Sum, 2>(&SUM, [&[10, 11, 20], &[8]], &mut output);
        // 0, 0.5 and 5, each with 2 · 2.
        assert_eq!(output, [104, 105, 109]);
    }

    #[test]
    fn what_is_out_of_reach_saturates() {
        let format = format(1, 0.5, 10);
        let found = [-9.0, -5.0, 0.0, 0.25, 122.5, 200.0].map(|real| format.quantize(real));
        assert_eq!(found, [0, 0, 10, 11, 255, 255]);
        assert_eq!(format.quantize(f32::NAN), 0);
    }
}
