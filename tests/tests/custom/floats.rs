//! The same layers in f32 mode.

use std::path::Path;

use bitneural_core::options::Activations;
use bitneural_core::reference::float;
use bitneural_rt::{CustomFloatInput, CustomFloatLayer, CustomFloatOutput};
use bitneural_tests::models::Random;
use bitneural_tests::runners::float::Host;
use bitneural_tests::runners::header::{C99, CPP, Compiler, SANITIZED};

use super::layers::Gate;
use super::{INPUTS, Smooth, compiled_with, in_c};

bitneural_rt::include_ternary_model! {
    pub(crate) struct Valve = "data/models/valve.safetensors";
    activations = f32;
    custom(smooth = crate::Smooth, gate = crate::layers::Gate);
}

impl CustomFloatLayer for Smooth {
    fn run_float(
        [image]: [CustomFloatInput<'_>; 1],
        output: CustomFloatOutput<'_>,
        parameters: &[f32],
    ) {
        assert_eq!((image.shape.height, image.shape.width), (3, 4));
        assert_eq!((image.shape.channels, output.shape.channels), (2, 3));
        let (pixels, _) = image.values.as_chunks::<2>();
        let (outputs, _) = output.values.as_chunks_mut::<3>();
        for (y, &[a, b]) in outputs.iter_mut().zip(pixels) {
            *y = [a, b, parameters[0] * a + parameters[1] * b];
        }
    }
}

impl CustomFloatLayer<2> for Gate {
    fn run_float([x, gate]: [CustomFloatInput<'_>; 2], output: CustomFloatOutput<'_>, _: &[f32]) {
        for ((y, &x), &g) in output.values.iter_mut().zip(x.values).zip(gate.values) {
            *y = if g > 0.0 { x } else { 0.0 };
        }
    }
}

/// The same two layers in C.
const IN_C: &str = "
void valve_smooth(const bn_float_custom *layer, const bn_f32 *input, bn_f32 *output)
{
    uint32_t x;
    for (x = 0; x < layer->inputs[0].width; x++) {
        output[3 * x] = input[2 * x];
        output[3 * x + 1] = input[2 * x + 1];
        output[3 * x + 2] = layer->parameters[0] * input[2 * x] + layer->parameters[1] * input[2 * x + 1];
    }
}

void valve_gate(const bn_float_custom *layer, const bn_f32 *input_1, const bn_f32 *input_2, bn_f32 *output)
{
    const uint32_t n = layer->output.height * layer->output.width * layer->output.channels;
    uint32_t i;
    for (i = 0; i < n; i++) {
        output[i] = input_2[i] > 0.0f ? input_1[i] : 0.0f;
    }
}

int main(void)
{
    static valve model;
    float input[VALVE_INPUT_LEN];
    float output[VALVE_OUTPUT_LEN];
    while (fread(input, 1, sizeof input, stdin) == sizeof input) {
        valve_predict(&model, input, output);
        printf(\"%.9g %.9g\\n\", (double)output[0], (double)output[1]);
    }
    return 0;
}
";

fn inputs() -> Vec<[f32; INPUTS]> {
    let mut random = Random::new(5);
    let mut one = || core::array::from_fn(|_| random.symmetric() as f32);
    (0..100).map(|_| one()).collect()
}

fn is_near(found: &[f32], expected: &[f32]) -> bool {
    let pairs = found.iter().zip(expected);
    let mut errors = pairs.map(|(y, e)| (y - e).abs() / (1.0 + e.abs()));
    found.len() == expected.len() && errors.all(|error| error < 1e-5)
}

#[test]
fn generated_rust_is_near_the_registered_ops() {
    let compiled = compiled_with(Activations::F32);
    let host = Host::new(&compiled.plan);
    let mut model = Valve::new();
    let mut gated = 0;
    for input in inputs() {
        let (pixels, _) = input.as_chunks::<2>();
        let (rows, _) = pixels.as_chunks::<4>();
        let expected = float::output(&compiled.graph, &input);
        let found = model.predict(rows.first_chunk::<3>().unwrap());
        assert!(is_near(&found, &expected), "{found:?}, {expected:?}");
        assert!(is_near(host.run(&input).last().unwrap(), &expected));
        gated += usize::from(expected != [0.0, 0.0]);
    }
    // The gates do not shut everything out.
    assert!(gated > 75, "{gated}");
}

#[test]
fn generated_c_is_near_the_registered_ops() {
    let compiled = compiled_with(Activations::F32);
    let inputs = inputs();
    let bytes = inputs.as_flattened().iter().flat_map(|x| x.to_ne_bytes());
    let bytes: Vec<u8> = bytes.collect();
    let compilers: [(&str, Compiler); 3] = [("c99", C99), ("cpp", CPP), ("sanitized", SANITIZED)];
    for (name, compiler) in compilers {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("custom_float_{name}"));
        let text = in_c(&compiled, &folder, compiler, IN_C, &bytes);
        assert_eq!(text.lines().count(), inputs.len());
        for (line, input) in text.lines().zip(&inputs) {
            let found: Vec<f32> = line.split(' ').map(|word| word.parse().unwrap()).collect();
            let expected = float::output(&compiled.graph, input);
            assert!(
                is_near(&found, &expected),
                "{name}: {found:?}, {expected:?}"
            );
        }
    }
}
