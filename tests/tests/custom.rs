//! Layers of the user's own compute in generated Rust and C what the references compute by their ops.
//!
//! Needs: gcc

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use bitneural_core::custom::{Codes, CustomOp, CustomOps, Format, Real};
use bitneural_core::emit::c;
use bitneural_core::options::Activations;
use bitneural_core::reference::integer;
use bitneural_core::shape::Shape;
use bitneural_core::{Compiled, Options, compile};
use bitneural_rt::{CustomInput, CustomLayer, CustomOutput};
use bitneural_tests::fixtures::whole;
use bitneural_tests::models::Random;
use bitneural_tests::runners::header::{C99, CPP, Compiler, SANITIZED};
use bitneural_tests::runners::plan::Host;

#[path = "custom/floats.rs"]
mod floats;

bitneural_rt::include_ternary_model! {
    /// Two layers of the user's own, one of them twice.
    pub(crate) struct Valve = "data/models/valve.safetensors";
    custom(smooth = crate::Smooth, gate = crate::layers::Gate);
}

const INPUTS: usize = 24;

/// Channels 0 and 1 in the first row, and what the parameters make of them: of an image of 3×4×2 one of 1×4×3.
pub(crate) struct Smooth;

impl CustomLayer for Smooth {
    fn run([image]: [CustomInput<'_>; 1], output: CustomOutput<'_>, parameters: &[f32]) {
        assert_eq!((image.format.height, image.format.width), (3, 4));
        assert_eq!((image.format.channels, output.format.channels), (2, 3));
        let mix = |pixel: &[u8]| {
            let terms = pixel.iter().zip(parameters);
            let terms = terms.map(|(&code, &factor)| factor * image.format.dequantize(code));
            terms.fold(0.0, |sum, term| sum + term)
        };
        let (pixels, _) = image.codes.as_chunks::<2>();
        let (outputs, _) = output.codes.as_chunks_mut::<3>();
        for (y, pixel) in outputs.iter_mut().zip(pixels) {
            let [a, b] = pixel.map(|code| image.format.dequantize(code));
            *y = [a, b, mix(pixel)].map(|real| output.format.quantize(real));
        }
    }
}

struct SmoothOp;

impl CustomOp for SmoothOp {
    fn output_shape(&self, inputs: &[&Shape], _: &[f32]) -> Result<Shape, String> {
        match inputs {
            [image] if image.rank() == 3 && image.channels() == 2 => {
                Ok(Shape(vec![1, image.0[1], 3]))
            }
            _ => Err("it takes an image of two channels".to_owned()),
        }
    }

    fn float(&self, inputs: &[Real<'_>], parameters: &[f32]) -> Vec<f32> {
        let row = inputs[0].values.chunks(2).take(inputs[0].shape.0[1]);
        let pixel = |pixel: &[f32]| {
            let sum = parameters[0] * pixel[0] + parameters[1] * pixel[1];
            [pixel[0], pixel[1], sum]
        };
        row.flat_map(pixel).collect()
    }
}

mod layers {
    use super::{CustomInput, CustomLayer, CustomOutput};

    /// The code of the first value where that of the second is above its zero, plus the parameter, else zero.
    pub(crate) struct Gate;

    impl CustomLayer<2> for Gate {
        fn run([x, gate]: [CustomInput<'_>; 2], output: CustomOutput<'_>, parameters: &[f32]) {
            let least = gate.format.zero_point + u8::from(!parameters.is_empty());
            for ((y, &x), &g) in output.codes.iter_mut().zip(x.codes).zip(gate.codes) {
                *y = if g > least {
                    x
                } else {
                    output.format.zero_point
                };
            }
        }
    }
}

/// Knows nothing of real numbers that the codes would not: the reference of a layer that is defined on codes.
struct GateOp;

impl CustomOp for GateOp {
    fn output_shape(&self, inputs: &[&Shape], _: &[f32]) -> Result<Shape, String> {
        Ok(inputs[0].clone())
    }

    fn float(&self, inputs: &[Real<'_>], _: &[f32]) -> Vec<f32> {
        let pairs = inputs[0].values.iter().zip(inputs[1].values);
        pairs
            .map(|(&x, &g)| if g > 0.0 { x } else { 0.0 })
            .collect()
    }

    fn integer(&self, inputs: &[Codes<'_>], parameters: &[f32], output: &Format) -> Vec<u8> {
        let least = inputs[1].format.zero_point + u8::from(!parameters.is_empty());
        let pairs = inputs[0].codes.iter().zip(inputs[1].codes);
        let zero = output.zero_point;
        pairs
            .map(|(&x, &g)| if g > least { x } else { zero })
            .collect()
    }
}

/// The same two layers in C.
const IN_C: &str = "
static float real(const bn_custom_format *format, uint8_t code)
{
    return format->scale * ((float)code - (float)format->zero_point);
}

static uint8_t code(const bn_custom_format *format, float real)
{
    const float code = real / format->scale + (float)format->zero_point + 0.5f;
    return code < 0.0f ? 0 : code > 255.0f ? 255 : (uint8_t)code;
}

void valve_smooth(const bn_custom *layer, const uint8_t *input, uint8_t *output)
{
    const bn_custom_format *from = layer->inputs;
    uint32_t x;
    for (x = 0; x < from->width; x++) {
        const float a = real(from, input[2 * x]), b = real(from, input[2 * x + 1]);
        float sum = 0.0f;
        sum += layer->parameters[0] * a;
        sum += layer->parameters[1] * b;
        output[3 * x] = code(&layer->output, a);
        output[3 * x + 1] = code(&layer->output, b);
        output[3 * x + 2] = code(&layer->output, sum);
    }
}

void valve_gate(const bn_custom *layer, const uint8_t *input_1, const uint8_t *input_2, uint8_t *output)
{
    const uint32_t least = layer->inputs[1].zero_point + (layer->parameter_count > 0u);
    const uint32_t n = layer->output.height * layer->output.width * layer->output.channels;
    uint32_t i;
    for (i = 0; i < n; i++) {
        output[i] = input_2[i] > least ? input_1[i] : layer->output.zero_point;
    }
}

int main(void)
{
    static valve model;
    uint8_t input[VALVE_INPUT_LEN];
    int16_t output[VALVE_OUTPUT_LEN];
    while (fread(input, 1, sizeof input, stdin) == sizeof input) {
        valve_predict_quantized(&model, input, output);
        printf(\"%d %d\\n\", output[0], output[1]);
    }
    return 0;
}
";

fn compiled() -> Compiled {
    compiled_with(Activations::U8)
}

fn compiled_with(activations: Activations) -> Compiled {
    let options = Options {
        activations,
        custom_ops: CustomOps::new()
            .with("smooth", SmoothOp)
            .with("gate", GateOp),
        ..Options::default()
    };
    compile(&whole::valve(), &options).unwrap_or_else(|errors| panic!("{errors}"))
}

fn inputs() -> Vec<[u8; INPUTS]> {
    let mut random = Random::new(5);
    let code = |random: &mut Random| (127.5 * (1.0 + random.symmetric())).round() as u8;
    (0..200)
        .map(|_| core::array::from_fn(|_| code(&mut random)))
        .collect()
}

fn expected(compiled: &Compiled) -> Vec<Vec<i32>> {
    let run = |input: [u8; INPUTS]| integer::output(&compiled.network, &input.map(i32::from));
    inputs().into_iter().map(run).collect()
}

#[test]
fn generated_rust_agrees_with_the_registered_ops() {
    let compiled = compiled();
    let mut model = Valve::new();
    let mut gated = 0;
    for (input, expected) in inputs().iter().zip(expected(&compiled)) {
        let (pixels, _) = input.as_chunks::<2>();
        let (rows, _) = pixels.as_chunks::<4>();
        let image: &[[[u8; 2]; 4]; 3] = rows.first_chunk().unwrap();
        let found = model.predict_quantized(image);
        assert_eq!(found.map(i32::from).as_slice(), expected, "{input:?}");
        gated += usize::from(expected != [0, 0]);
    }
    // The gates do not shut everything out.
    assert!(gated > 150, "{gated}");
}

#[test]
fn steps_are_those_of_the_reference() {
    let compiled = compiled();
    let host = Host::new(&compiled.plan);
    for (input, expected) in inputs().iter().zip(expected(&compiled)) {
        let codes = input.map(u16::from);
        assert_eq!(host.run(&codes).last(), Some(&expected), "{input:?}");
    }
}

#[test]
fn generated_c_agrees_with_the_registered_ops() {
    let compiled = compiled();
    let expected = expected(&compiled);
    for (name, compiler) in [("c99", C99), ("cpp", CPP), ("sanitized", SANITIZED)] {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("custom_{name}"));
        let inputs = inputs();
        let text = in_c(&compiled, &folder, compiler, IN_C, inputs.as_flattened());
        let line = |line: &str| {
            let words = line.split_whitespace();
            words.map(|word| word.parse().unwrap()).collect()
        };
        let found: Vec<Vec<i32>> = text.lines().map(line).collect();
        assert_eq!(found, expected, "{name}");
    }
}

/// What a program prints that is `main` behind the model's header, for what it reads.
fn in_c(compiled: &Compiled, folder: &Path, compiler: Compiler, main: &str, read: &[u8]) -> String {
    fs::create_dir_all(folder).unwrap();
    let header = c::print(&compiled.program, &c::Style::new("valve"));
    fs::write(folder.join("valve.h"), header).unwrap();
    let source = folder.join(format!("main.{}", compiler.extension));
    let text = format!("#include <stdio.h>\n#include \"valve.h\"\n{main}");
    fs::write(&source, text).unwrap();
    let program = folder.join("main");
    let built = Command::new(compiler.command)
        .args(compiler.options)
        // The sums of `smooth` are rounded after each step, as Rust does.
        .arg("-ffp-contract=off")
        .arg(&source)
        .arg("-o")
        .arg(&program)
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let mut child = Command::new(&program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(read).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
