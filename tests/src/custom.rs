//! Layers of the tests' own: a small set of `custom` layers with one and several inputs, each written three times, by
//! itself: in Rust (`layers`), in C (`layers.c`), and here as the ops that the references run.

use bitneural_core::Options;
use bitneural_core::custom::{Codes, Cost, CustomOp, CustomOps, Format, Real};
use bitneural_core::emit::names::camel;
use bitneural_core::emit::program::{Places, Program};
use bitneural_core::emit::rust::Style;
use bitneural_core::shape::Shape;
use proc_macro2::{Ident, Span};
use quote::quote;

pub mod layers;

/// The names of the layers in files.
const NAMES: [&str; 5] = ["stamp", "pairs", "mask", "mean", "deep"];

/// The options with which a network that has such layers can be run.
#[must_use]
pub fn options() -> Options {
    Options {
        custom_ops: CustomOps::new()
            .with("stamp", Stamp)
            .with("pairs", Pairs)
            .with("mask", Mask)
            .with("mean", Mean)
            .with("deep", Deep),
        ..Options::default()
    }
}

/// The style of a struct `Net` in a program of `tests/firmware/model`, which has the layers in Rust.
#[must_use]
pub fn style() -> Style {
    let types = NAMES.map(|name| {
        let layer = Ident::new(&camel(name), Span::call_site());
        (name.to_owned(), quote!(::model::layers::#layer))
    });
    Style {
        custom: types.to_vec(),
        ..Style::new("Net")
    }
}

/// The layers in C, to stand behind the header of a program with that prefix; nothing if it calls none.
#[must_use]
pub fn in_c(program: &Program, prefix: &str) -> String {
    let is_custom = |places: &Places| matches!(places, Places::Custom { .. });
    if !program.calls.iter().any(|call| is_custom(&call.places)) {
        return String::new();
    }
    let layers = if program.is_float() {
        include_str!("custom/float_layers.c")
    } else {
        include_str!("custom/layers.c")
    };
    layers.replace("model_", &format!("{prefix}_"))
}

/// The numbers that a record holds, in its order: those of the formats, then the parameters.
struct Stamp;

impl Stamp {
    fn turned(formats: &[&Format], parameters: &[f32]) -> u8 {
        let mut words = Vec::new();
        for format in formats {
            let mut axes = vec![1; 3 - format.shape.rank()];
            axes.extend(&format.shape.0);
            words.extend(axes.iter().map(|&axis| axis as u64));
            words.push(format.scale.to_bits().into());
            words.push(format.zero_point.into());
        }
        words.extend(parameters.iter().map(|number| u64::from(number.to_bits())));
        let mix = |sum: u64, word: &u64| (sum ^ word) * 0x0100_0193 % (1 << 32);
        (words.iter().fold(0, mix) >> 24) as u8
    }
}

impl CustomOp for Stamp {
    fn output_shape(&self, inputs: &[&Shape], _: &[f32]) -> Result<Shape, String> {
        Ok(inputs[0].clone())
    }

    fn float(&self, inputs: &[Real<'_>], _: &[f32]) -> Vec<f32> {
        inputs[0].values.to_vec()
    }

    fn integer(&self, inputs: &[Codes<'_>], parameters: &[f32], output: &Format) -> Vec<u8> {
        let turned = Self::turned(&[inputs[0].format, output], parameters);
        inputs[0].codes.iter().map(|code| code ^ turned).collect()
    }
}

struct Pairs;

impl Pairs {
    /// What becomes of each group of two channels, or of a last one.
    fn each<T: Copy>(values: &[T], channels: usize, mean: impl Fn(&[T]) -> T) -> Vec<T> {
        let pixels = values.chunks(channels);
        pixels
            .flat_map(|pixel| pixel.chunks(2).map(&mean))
            .collect()
    }
}

impl CustomOp for Pairs {
    fn output_shape(&self, inputs: &[&Shape], _: &[f32]) -> Result<Shape, String> {
        let mut axes = inputs[0].0.clone();
        let last = axes.last_mut().ok_or("it needs channels")?;
        *last = last.div_ceil(2);
        Ok(Shape(axes))
    }

    fn float(&self, inputs: &[Real<'_>], _: &[f32]) -> Vec<f32> {
        let mean = |pair: &[f32]| pair.iter().sum::<f32>() / pair.len() as f32;
        Self::each(inputs[0].values, inputs[0].shape.channels(), mean)
    }

    fn integer(&self, inputs: &[Codes<'_>], _: &[f32], _: &Format) -> Vec<u8> {
        let mean = |pair: &[u8]| {
            let sum: usize = pair.iter().map(|&code| usize::from(code)).sum();
            sum.div_ceil(pair.len()) as u8
        };
        Self::each(inputs[0].codes, inputs[0].format.shape.channels(), mean)
    }
}

struct Mask;

impl CustomOp for Mask {
    fn output_shape(&self, inputs: &[&Shape], _: &[f32]) -> Result<Shape, String> {
        same(inputs)
    }

    fn float(&self, inputs: &[Real<'_>], _: &[f32]) -> Vec<f32> {
        let pairs = inputs[0].values.iter().zip(inputs[1].values);
        // Without a step: beside one, two results that are both right may lie far apart.
        pairs.map(|(&x, &m)| x * m.clamp(0.0, 1.0)).collect()
    }

    fn integer(&self, inputs: &[Codes<'_>], parameters: &[f32], output: &Format) -> Vec<u8> {
        let mask = &inputs[1];
        let open = mask.codes.iter().map(|&code| {
            let above = i32::from(code) - i32::from(mask.format.zero_point);
            above > parameters.len() as i32
        });
        let pairs = inputs[0].codes.iter().zip(open);
        pairs
            .map(|(&code, open)| if open { code } else { output.zero_point })
            .collect()
    }
}

struct Mean;

impl CustomOp for Mean {
    fn output_shape(&self, inputs: &[&Shape], _: &[f32]) -> Result<Shape, String> {
        same(inputs)
    }

    fn float(&self, inputs: &[Real<'_>], _: &[f32]) -> Vec<f32> {
        let sum = |index: usize| inputs.iter().map(|input| input.values[index]).sum::<f32>();
        let elements = 0..inputs[0].values.len();
        elements
            .map(|index| sum(index) / inputs.len() as f32)
            .collect()
    }

    fn integer(&self, inputs: &[Codes<'_>], _: &[f32], _: &Format) -> Vec<u8> {
        let elements = 0..inputs[0].codes.len();
        let mean = |index: usize| {
            let codes = inputs.iter().map(|input| f64::from(input.codes[index]));
            (codes.sum::<f64>() / inputs.len() as f64 + 0.5).floor() as u8
        };
        elements.map(mean).collect()
    }
}

/// For chips alone, on which it takes much of the stack: there is none in C.
struct Deep;

impl CustomOp for Deep {
    fn output_shape(&self, inputs: &[&Shape], _: &[f32]) -> Result<Shape, String> {
        same(inputs)
    }

    fn float(&self, inputs: &[Real<'_>], parameters: &[f32]) -> Vec<f32> {
        Mean.float(inputs, parameters)
    }

    fn integer(&self, inputs: &[Codes<'_>], parameters: &[f32], output: &Format) -> Vec<u8> {
        Mean.integer(inputs, parameters, output)
    }

    fn cost(&self, _: &[&Shape], _: &[f32]) -> Cost {
        Cost {
            stack_bytes: layers::Deep::STACK_BYTES,
            ..Cost::default()
        }
    }
}

/// The shape of all inputs.
fn same(inputs: &[&Shape]) -> Result<Shape, String> {
    if inputs.iter().all(|shape| *shape == inputs[0]) {
        Ok(inputs[0].clone())
    } else {
        Err("it takes values of one shape".to_owned())
    }
}
