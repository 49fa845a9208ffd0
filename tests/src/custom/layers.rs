//! The layers in Rust: in the kernels' place on this machine, and in the programs of `tests/firmware/model`, which include
//! this file. As on a chip they can neither panic nor use a float; of floats they read the bits.

use core::hint::black_box;
use core::mem;

use bitneural_rt::{CustomFormat, CustomInput, CustomLayer, CustomOutput};

/// The codes, with bits of them turned that all that the layer is told decides: a wrong field of a record shows in each
/// code.
#[derive(Debug)]
pub struct Stamp;

impl CustomLayer for Stamp {
    fn run([input]: [CustomInput<'_>; 1], output: CustomOutput<'_>, parameters: &[f32]) {
        let formats = [input.format, output.format];
        let sum = formats.into_iter().fold(0, told);
        let words = parameters.iter().map(|parameter| parameter.to_bits());
        let [.., turned] = words.fold(sum, mixed).to_le_bytes();
        for (y, &x) in output.codes.iter_mut().zip(input.codes) {
            *y = x ^ turned;
        }
    }
}

fn mixed(sum: u32, word: u32) -> u32 {
    (sum ^ word).wrapping_mul(0x0100_0193)
}

fn told(sum: u32, format: &CustomFormat) -> u32 {
    let words = [
        format.height,
        format.width,
        format.channels,
        format.scale.to_bits(),
        format.zero_point.into(),
    ];
    words.into_iter().fold(sum, mixed)
}

/// Half the channels: each is the mean of two, halves rounded up; of an odd number the last one stays.
#[derive(Debug)]
pub struct Pairs;

impl CustomLayer for Pairs {
    fn run([input]: [CustomInput<'_>; 1], output: CustomOutput<'_>, _: &[f32]) {
        let (from, to) = (input.format.channels, output.format.channels);
        // Not `chunks`: for size the compiler keeps its panic for chunks of nothing.
        let (mut pixels, mut means) = (input.codes, output.codes);
        while let Some((pixel, pixels_left)) = pixels.split_at_checked(from as usize)
            && let Some((mean, means_left)) =
                mem::take(&mut means).split_at_mut_checked(to as usize)
            && !mean.is_empty()
        {
            let (pairs, last) = pixel.as_chunks::<2>();
            let halves = pairs
                .iter()
                .map(|&[a, b]| a.midpoint(b).wrapping_add((a ^ b) & 1));
            for (y, half) in mean.iter_mut().zip(halves.chain(last.iter().copied())) {
                *y = half;
            }
            (pixels, means) = (pixels_left, means_left);
        }
    }
}

/// The first value where the second is above its zero by more than there are parameters, elsewhere the output's zero.
#[derive(Debug)]
pub struct Mask;

impl CustomLayer<2> for Mask {
    fn run([x, mask]: [CustomInput<'_>; 2], output: CustomOutput<'_>, parameters: &[f32]) {
        let least = usize::from(mask.format.zero_point) + parameters.len();
        for ((y, &x), &m) in output.codes.iter_mut().zip(x.codes).zip(mask.codes) {
            *y = if usize::from(m) > least {
                x
            } else {
                output.format.zero_point
            };
        }
    }
}

/// The mean of the codes of all values, halves rounded up.
#[derive(Debug)]
pub struct Mean;

impl<const N: usize> CustomLayer<N> for Mean {
    fn run(inputs: [CustomInput<'_>; N], output: CustomOutput<'_>, _: &[f32]) {
        let count = N.max(1) as u32;
        for (index, y) in output.codes.iter_mut().enumerate() {
            let codes = inputs
                .iter()
                .filter_map(|input| input.codes.get(index))
                .map(|&code| u32::from(code));
            *y = ((2 * codes.sum::<u32>() + count) / (2 * count)) as u8;
        }
    }
}

/// The mean of at most `CODES`, by way of the stack.
#[derive(Debug)]
pub struct Deep;

/// The codes that lie on the stack.
const CODES: usize = 1024;

impl Deep {
    /// What it takes of stack: the codes, and what lies below any function.
    pub const STACK_BYTES: usize = CODES + 32;
}

impl<const N: usize> CustomLayer<N> for Deep {
    fn run(inputs: [CustomInput<'_>; N], output: CustomOutput<'_>, parameters: &[f32]) {
        let mut codes = [0; CODES];
        let means = CustomOutput {
            codes: &mut codes,
            format: output.format,
        };
        Mean::run(inputs, means, parameters);
        for (y, &mean) in output.codes.iter_mut().zip(black_box(&codes)) {
            *y = mean;
        }
    }
}
