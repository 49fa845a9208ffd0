//! The kernels against plain loops in `f64`, over weights that the tests encode themselves.

use super::*;
use crate::params::float::{
    FloatAveragePool, FloatConv, FloatDense, FloatDepthwise, FloatElu, FloatLine, FloatRelu,
};
use crate::params::{Frame, MaxPool, Window};
use std::vec::Vec;
use std::{format, vec};

/// Numbers that a seed decides (Lehmer's generator).
struct Random(u64);

impl Random {
    fn below(&mut self, count: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % count
    }

    fn values(&mut self, count: usize) -> Vec<f32> {
        let one = |_| (self.below(20_001) as f32 - 10_000.0) / 3000.0;
        (0..count).map(one).collect()
    }

    fn weights(&mut self, count: usize, largest: i8) -> Vec<i8> {
        let one = |_| (self.below(2 * largest as u64 + 1) as i16 - i16::from(largest)) as i8;
        (0..count).map(one).collect()
    }
}

fn epilogue(random: &mut Random, outputs: usize, leaky: bool) -> FloatEpilogue {
    let channels = random.values(2 * outputs);
    let channels: Vec<FloatChannel> = channels
        .chunks(2)
        .map(|pair| FloatChannel {
            scale: pair[0],
            bias: pair[1],
        })
        .collect();
    let slopes = leaky.then(|| &*random.values(outputs).leak());
    let (low, high) = if leaky {
        (f32::MIN, f32::MAX)
    } else {
        (-40.0, 50.0)
    };
    FloatEpilogue {
        channels: channels.leak(),
        slopes,
        low,
        high,
    }
}

/// The output of a channel, and how far off it may be.
fn expected(
    terms: impl Iterator<Item = f64> + Clone,
    c: usize,
    epilogue: &FloatEpilogue,
) -> [f64; 2] {
    let channel = epilogue.channels[c];
    let (scale, bias) = (f64::from(channel.scale), f64::from(channel.bias));
    let mut y = terms.clone().sum::<f64>() * scale + bias;
    let mut size = terms.map(f64::abs).sum::<f64>() * scale.abs() + bias.abs();
    if let Some(slopes) = epilogue.slopes
        && y < 0.0
    {
        y *= f64::from(slopes[c]);
        size *= f64::from(slopes[c]).abs().max(1.0);
    }
    let y = y.max(epilogue.low.into()).min(epilogue.high.into());
    [y, 1e-5 * size + 1e-6]
}

fn check(found: &[f32], expected: &[[f64; 2]], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (&found, &[y, bound])) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(found) - y).abs();
        assert!(error <= bound, "{what}, {index}: {found} instead of {y}");
    }
}

/// Weights `[outputs][inputs]` as [`dense::digits`] reads them.
fn digits(weights: &[i8], inputs: usize, outputs: usize) -> &'static [u32] {
    let mut words = vec![];
    for first in (0..outputs).step_by(16) {
        for input in 0..inputs {
            words.push((0..16_usize).fold(0, |word, lane| {
                let weight = weights.get((first + lane) * inputs + input);
                let digit = (weight.copied().unwrap_or(0) + 1) as u32;
                word | digit << (2 * (lane / 2) + 16 * (lane % 2))
            }));
        }
    }
    words.leak()
}

/// As [`dense::int8`] reads them.
fn int8(weights: &[i8], inputs: usize, outputs: usize) -> &'static [u32] {
    let mut words = vec![];
    for first in (0..outputs).step_by(4) {
        for input in 0..inputs {
            let byte = |lane| {
                let weight = weights.get((first + lane) * inputs + input);
                weight.copied().unwrap_or(0) as u8
            };
            words.push(u32::from_ne_bytes([byte(0), byte(1), byte(2), byte(3)]));
        }
    }
    words.leak()
}

#[test]
fn dense_layers() {
    let mut random = Random(1);
    for (inputs, outputs) in [(1, 1), (3, 17), (64, 4), (65, 5), (700, 20), (6000, 3)] {
        for (is_int8, leaky) in [(false, false), (false, true), (true, false), (true, true)] {
            let weights = random.weights(inputs * outputs, if is_int8 { 127 } else { 1 });
            let input = random.values(inputs);
            let layer = FloatDense {
                inputs: inputs as u32,
                outputs: outputs as u32,
                weights: if is_int8 {
                    int8(&weights, inputs, outputs)
                } else {
                    digits(&weights, inputs, outputs)
                },
                epilogue: epilogue(&mut random, outputs, leaky),
            };
            let mut output = vec![7.0; outputs];
            let kernel = if is_int8 { dense::int8 } else { dense::digits };
            kernel(&layer, &input, &mut output);
            let row = |c: usize| weights[c * inputs..].iter().zip(&input);
            let term = |(&w, &x): (&i8, &f32)| f64::from(w) * f64::from(x);
            let rows = (0..outputs).map(|c| expected(row(c).map(term), c, &layer.epilogue));
            let what = format!("{inputs} → {outputs}, int8 {is_int8}, leaky {leaky}");
            check(&output, &rows.collect::<Vec<_>>(), &what);
            // Too short an input: nothing happens.
            let mut untouched = [7.0];
            kernel(&layer, &input[1..], &mut untouched);
            assert_eq!(untouched, [7.0]);
        }
    }
}

/// 5×4 pixels, 3×2 taps, a stride of two rows, dilated columns, padded at the top and on the left.
const WINDOW: Window = Window {
    input_height: 5,
    input_width: 4,
    output_height: 3,
    output_width: 4,
    kernel_height: 3,
    kernel_width: 2,
    stride_y: 2,
    stride_x: 1,
    dilation_y: 1,
    dilation_x: 2,
    pad_top: 1,
    pad_left: 1,
};

/// The pixel under a tap of `WINDOW`, if there is one.
fn under(output: usize, tap: usize) -> Option<usize> {
    let y = (output / 4 * 2 + tap / 2).checked_sub(1)?;
    let x = (output % 4 + tap % 2 * 2).checked_sub(1)?;
    (y < 5 && x < 4).then_some(y * 4 + x)
}

#[test]
fn convolutions() {
    let mut random = Random(2);
    let (groups, seen, outputs) = (2, 3, 5);
    for is_int8 in [false, true] {
        let largest = if is_int8 { 127 } else { 1 };
        let weights = random.weights(groups * outputs * 6 * seen, largest);
        let encode = if is_int8 { int8 } else { digits };
        let words: Vec<u32> = weights
            .chunks(outputs * 6 * seen)
            .flat_map(|group| encode(group, 6 * seen, outputs).to_vec())
            .collect();
        let layer = FloatConv {
            window: WINDOW,
            groups: groups as u16,
            dense: FloatDense {
                inputs: 6 * seen as u32,
                outputs: outputs as u32,
                weights: words.leak(),
                epilogue: epilogue(&mut random, groups * outputs, true),
            },
        };
        let channels = groups * seen;
        let input = random.values(20 * channels);
        let mut output = vec![7.0; 12 * groups * outputs];
        let kernel = if is_int8 { conv::int8 } else { conv::digits };
        kernel(&layer, &input, &mut output, &mut [9; 18]);
        let mut rows = vec![];
        for position in 0..12 {
            for c in 0..groups * outputs {
                let first = c / outputs * seen;
                let terms = (0..6).flat_map(|tap| (0..seen).map(move |k| (tap, k)));
                let terms = terms.map(|(tap, k)| {
                    let x = under(position, tap).map_or(0.0, |p| input[p * channels + first + k]);
                    f64::from(weights[(c * 6 + tap) * seen + k]) * f64::from(x)
                });
                rows.push(expected(terms, c, &layer.dense.epilogue));
            }
        }
        check(&output, &rows, "conv");
        kernel(&layer, &input, &mut output, &mut [9; 17]);
    }
}

#[test]
fn depthwise_convolutions() {
    let mut random = Random(3);
    let (channels, multiplier) = (3, 2);
    for is_int8 in [false, true] {
        let outputs = channels * multiplier;
        let weights = random.weights(outputs * 6, if is_int8 { 127 } else { 1 });
        let words: Vec<u32> = if is_int8 {
            let bytes: Vec<u8> = weights.iter().map(|&weight| weight as u8).collect();
            let words = bytes.chunks(4);
            words
                .map(|w| u32::from_ne_bytes(w.try_into().unwrap()))
                .collect()
        } else {
            let rows = weights.chunks(6).map(|row| {
                (0..16).fold(0, |word, tap| {
                    let digit = (row.get(tap).copied().unwrap_or(0) + 1) as u32;
                    word | digit << (2 * tap)
                })
            });
            rows.collect()
        };
        let layer = FloatDepthwise {
            window: WINDOW,
            channels: channels as u16,
            multiplier: multiplier as u16,
            weights: words.leak(),
            epilogue: epilogue(&mut random, outputs, false),
        };
        let input = random.values(20 * channels);
        let mut output = vec![7.0; 12 * outputs];
        let kernel = if is_int8 {
            depthwise::int8
        } else {
            depthwise::digits
        };
        kernel(&layer, &input, &mut output, &mut [9; 18]);
        let mut rows = vec![];
        for position in 0..12 {
            for c in 0..outputs {
                let terms = (0..6).map(|tap| {
                    let x = under(position, tap);
                    let x = x.map_or(0.0, |p| input[p * channels + c / multiplier]);
                    f64::from(weights[c * 6 + tap]) * f64::from(x)
                });
                rows.push(expected(terms, c, &layer.epilogue));
            }
        }
        check(&output, &rows, "depthwise");
    }
}

#[test]
fn pools() {
    let mut random = Random(4);
    let channels = 17;
    let input = random.values(20 * channels);
    let values = |position: usize, c: usize| {
        let input = &input;
        let pixels = (0..6).filter_map(move |tap| under(position, tap));
        pixels.map(move |p| f64::from(input[p * channels + c]))
    };
    let places = (0..12).flat_map(|position| (0..channels).map(move |c| (position, c)));
    let mut output = vec![7.0; 12 * channels];
    let layer = MaxPool {
        window: WINDOW,
        channels: channels as u16,
    };
    pool::max(&layer, &input, &mut output);
    let largest = places
        .clone()
        .map(|(position, c)| values(position, c).fold(-9.0, f64::max));
    assert!(largest.eq(output.iter().map(|&y| f64::from(y))));
    for count_padding in [false, true] {
        let layer = FloatAveragePool {
            window: WINDOW,
            channels: channels as u16,
            count_padding,
            low: -0.5,
            high: f32::MAX,
        };
        pool::average(&layer, &input, &mut output);
        let means = places.clone().map(|(position, c)| {
            let count = if count_padding {
                6
            } else {
                values(position, c).count()
            };
            let mean = values(position, c).sum::<f64>() / count as f64;
            [mean.max(-0.5), 1e-6]
        });
        check(&output, &means.collect::<Vec<_>>(), "average");
    }
}

/// 5000 taps of which the first is large: a plain sum would lose the others' last places.
#[test]
fn long_averages() {
    let window = Window {
        input_height: 1,
        input_width: 5000,
        output_height: 1,
        output_width: 1,
        kernel_height: 1,
        kernel_width: 5000,
        pad_top: 0,
        pad_left: 0,
        ..WINDOW
    };
    let layer = FloatAveragePool {
        window: Window {
            dilation_x: 1,
            ..window
        },
        channels: 1,
        count_padding: true,
        low: f32::MIN,
        high: f32::MAX,
    };
    let input = vec![0.1_f32; 5000];
    let mut output = [7.0];
    pool::average(&layer, &input, &mut output);
    check(&output, &[[f64::from(0.1_f32), 1e-6]], "average");
}

#[test]
fn frames() {
    let layer = Frame {
        input_height: 2,
        input_width: 3,
        output_height: 4,
        output_width: 3,
        cut_top: 0,
        cut_left: 2,
        pad_top: 0,
        pad_left: 1,
        repeat_y: 2,
        repeat_x: 1,
        channels: 1,
        padding: 7,
    };
    let mut output = [9.0; 12];
    shape::frame(&layer, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], &mut output);
    let rows = [
        [0.0, 2.0, 0.0],
        [0.0, 2.0, 0.0],
        [0.0, 5.0, 0.0],
        [0.0, 5.0, 0.0],
    ];
    assert_eq!(output, *rows.as_flattened());
}

#[test]
fn activations() {
    let layer = FloatRelu {
        max: 6.0,
        slope: 0.5,
        threshold: 1.0,
    };
    let input = [-1.0, 1.0, 1.5, 6.0, 7.0];
    let mut output = [0.0; 5];
    activation::relu(&layer, &input, &mut output);
    assert_eq!(output, [-1.0, 0.0, 1.5, 6.0, 6.0]);
    let mut data = input;
    activation::relu_in_place(&layer, &mut data);
    assert_eq!(data, output);
}

#[test]
fn functions_of_constants() {
    let input = [-200.0, -1.5, 0.0, 0.25, 7.0];
    let mut output = [9.0; 5];
    let layer = FloatElu {
        factor: 2.0,
        alpha: 0.5,
    };
    activation::elu(&layer, &input, &mut output);
    let below = |x: f64| [0.5 * x.exp_m1(), 1e-7];
    let expected = [
        [-0.5, 0.0],
        below(-1.5),
        [0.0, 0.0],
        [0.5, 0.0],
        [14.0, 0.0],
    ];
    check(&output, &expected, "elu");
    let mut data = input;
    activation::elu_in_place(&layer, &mut data);
    assert_eq!(data, output);
    let layer = FloatLine {
        slope: 0.2,
        offset: 0.5,
        low: 0.0,
        high: 1.0,
    };
    activation::line(&layer, &input, &mut output);
    let expected = [0.0, 0.2, 0.5, 0.55, 1.0].map(|y| [y, 1e-7]);
    check(&output, &expected, "line");
    let mut data = input;
    activation::line_in_place(&layer, &mut data);
    assert_eq!(data, output);
    activation::line(&layer, &[f32::NAN], &mut data);
    assert!(data[0].is_nan());
}

/// Where the functions of the reference have limits, these have them too.
#[test]
fn ends_of_functions() {
    let ends = [f32::MIN, f32::MAX];
    type Kernel = fn(&[f32], &mut [f32]);
    let cases: [(Kernel, [f32; 2]); 9] = [
        (activation::sigmoid, [0.0, 1.0]),
        (activation::tanh, [-1.0, 1.0]),
        (activation::hard_swish, [0.0, f32::MAX]),
        (activation::swish, [0.0, f32::MAX]),
        (activation::gelu, [0.0, f32::MAX]),
        (activation::gelu_tanh, [0.0, f32::MAX]),
        (activation::softplus, [0.0, f32::MAX]),
        (activation::softsign, [-1.0, 1.0]),
        (activation::exponential, [0.0, f32::INFINITY]),
    ];
    for (index, (kernel, expected)) in cases.into_iter().enumerate() {
        let mut output = [9.0; 2];
        kernel(&ends, &mut output);
        assert_eq!(output, expected, "{index}");
        kernel(&[f32::NAN], &mut output);
        assert!(output[0].is_nan(), "{index}");
    }
    let mut output = [9.0; 2];
    activation::softsign(&[f32::INFINITY, f32::NEG_INFINITY], &mut output);
    assert_eq!(output, [1.0, -1.0]);
}

#[test]
fn probabilities() {
    let mut random = Random(5);
    for count in [1, 5, 64, 1000] {
        let input = random.values(count);
        let mut output = vec![7.0; count];
        softmax::softmax(&input, &mut output);
        let largest = input.iter().copied().fold(-9.0, f32::max);
        let exps: Vec<f64> = input
            .iter()
            .map(|&x| f64::from(x - largest).exp())
            .collect();
        let sum: f64 = exps.iter().sum();
        let expected: Vec<[f64; 2]> = exps.iter().map(|e| [e / sum, 1e-6 * (e / sum)]).collect();
        check(&output, &expected, "softmax");
    }
    let mut output = [0.0; 3];
    softmax::softmax(&[1e30, -1e30, 1e30], &mut output);
    assert_eq!(output, [0.5, 0.0, 0.5]);
}

#[test]
fn joins_of_several() {
    use crate::params::float::{FloatConcat, FloatJoin, FloatOperand, FloatPiece};
    use core::cell::Cell;
    use elementwise as kernels;
    type Kernel = fn(&FloatJoin, &[&[Cell<f32>]], &[Cell<f32>]);
    let cells =
        |values: &[f32]| -> Vec<Cell<f32>> { values.iter().copied().map(Cell::new).collect() };
    let (whole, part) = (cells(&[1.0, -2.0, 3.0, 4.0, 0.5, -6.0]), cells(&[2.0, 3.0]));
    let (plain, repeated) = (
        FloatOperand { repeated: false },
        FloatOperand { repeated: true },
    );
    let cases: [(&str, Kernel, [f32; 6], [f32; 6]); 6] = [
        (
            "add",
            kernels::add,
            [3.0, 1.0, 5.0, 7.0, 2.5, -3.0],
            [4.0, -1.0, 8.0, 9.0, 3.0, -9.0],
        ),
        (
            "average",
            kernels::average,
            [1.5, 0.5, 2.5, 3.5, 1.25, -1.5],
            [4.0, -1.0, 8.0, 11.0, 3.0, -9.0].map(|y: f32| y / 3.0),
        ),
        (
            "subtract",
            kernels::subtract,
            [-1.0, -5.0, 1.0, 1.0, -1.5, -9.0],
            [-2.0, -3.0, -2.0, -3.0, -2.0, -3.0],
        ),
        (
            "multiply",
            kernels::multiply,
            [2.0, -6.0, 6.0, 9.0, 1.0, -9.0],
            [2.0, 9.0, 9.0, 9.0, 0.5, 9.0],
        ),
        (
            "maximum",
            kernels::maximum,
            [2.0, 3.0, 3.0, 4.0, 2.0, 3.0],
            [2.0, 3.0, 3.0, 4.0, 2.0, 3.0],
        ),
        (
            "minimum",
            kernels::minimum,
            [1.0, -2.0, 2.0, 3.0, 0.5, -6.0],
            [1.0, -2.0, 2.0, 3.0, 0.5, -6.0],
        ),
    ];
    for (name, kernel, of_two, of_three) in cases {
        let layer = |operands: &[FloatOperand]| FloatJoin {
            operands: operands.to_vec().leak(),
            run: 2,
            low: -9.0,
            high: 9.0,
        };
        let output = cells(&[7.0; 6]);
        kernel(&layer(&[plain, repeated]), &[&whole, &part], &output);
        let found = |output: &[Cell<f32>]| output.iter().map(Cell::get).collect::<Vec<_>>();
        assert_eq!(found(&output), of_two, "{name}");
        kernel(
            &layer(&[plain, repeated, plain]),
            &[&whole, &part, &whole],
            &output,
        );
        check(&found(&output), &of_three.map(|y| [y.into(), 1e-6]), name);
        // Over an input that comes twice.
        let over = cells(&[3.0]);
        kernel(
            &FloatJoin {
                run: 1,
                ..layer(&[plain, plain])
            },
            &[&over, &over],
            &over,
        );
        let expected = [("add", 6.0), ("subtract", 0.0), ("multiply", 9.0)];
        let expected = expected.iter().find(|(word, _)| *word == name);
        assert_eq!(over[0].get(), expected.map_or(3.0, |(_, y)| *y), "{name}");
        // Nothing is joined with nothing.
        kernel(&layer(&[plain]), &[&whole], &output);
    }
    let layer = FloatConcat {
        pieces: &[
            FloatPiece { len: 2 },
            FloatPiece { len: 6 },
            FloatPiece { len: 0 },
        ],
        round: 8,
    };
    let output = cells(&[7.0; 9]);
    kernels::concat(&layer, &[&part, &whole, &part], &output);
    let found: Vec<f32> = output.iter().map(Cell::get).collect();
    assert_eq!(found, [2.0, 3.0, 1.0, -2.0, 3.0, 4.0, 0.5, -6.0, 7.0]);
}
