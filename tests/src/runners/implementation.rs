//! What every implementation of the integer mode can be asked.

use crate::spec::Element;
use crate::spec::op::{Dense, Epilogue, Leaky, Op, Weights};

/// What an implementation made of an op, and by which of its ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The kernel, and who encoded its weights; empty if there is one way only.
    pub way: &'static str,
    /// What it wrote.
    pub output: Vec<i32>,
}

/// The constants of R7 for one channel, and of R11 if it has a slope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Requantize {
    pub pre_shift: u8,
    pub bias: i32,
    pub multiplier: i32,
    pub shift: u8,
    pub low: i16,
    pub high: i16,
    pub negative: Option<Negative>,
}

/// The constants of R11 below zero, for one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Negative {
    pub shift: u8,
    pub zero: i16,
    pub bias: i32,
    pub multiplier: i32,
}

/// An implementation of the rules that hold on a chip.
pub trait Implementation {
    /// For messages.
    fn name(&self) -> &str;

    /// The outputs of an op (R6, R7, R11, R13, R17, R18, R20, R23), in every way in which it can be computed.
    fn run(&mut self, op: &Op, input: &[i32]) -> Vec<Answer>;

    /// The codes of floats, or wide codes, channel after channel (R4): `(k_c, b_c)` of each.
    fn codes(&mut self, element: Element, channels: &[(f32, i32)], input: &[f32]) -> Vec<i32>;

    /// The floats of codes (R5).
    fn reals(&mut self, element: Element, scale: f64, zero_point: i32, codes: &[i32]) -> Vec<f32>;

    /// The class of scores (R21).
    fn class(&mut self, element: Element, scores: &[i32]) -> usize;

    /// The class of a single score in front of a sigmoid (R21).
    fn above(&mut self, element: Element, score: i32, threshold: i32) -> usize;

    /// The table T of R23.
    fn tangents(&mut self) -> Vec<i32>;

    /// The table E of R20.
    fn exponentials(&mut self) -> Vec<i32>;

    /// R7 or R11 on its own, if the implementation has it on its own.
    fn requantize(&mut self, _: &Requantize, _accumulators: &[i64]) -> Option<Vec<i32>> {
        None
    }
}

/// R7, or R11, as a dense op of one output whose sum is `accumulator`, with its input.
///
/// An accumulator beyond what the op's inputs reach is shortened, and what is cut off, times 2^P, is
/// put into the bias: that too lies between B and acc·2^P + B, so it fits.
///
/// # Panics
/// If acc·2^P + B does not fit `i32`: a case that breaks the obligation of R7.
#[must_use]
pub fn one_channel(constants: &Requantize, accumulator: i64) -> (Op, Vec<i32>) {
    const INPUTS: i64 = 72;
    let near = accumulator.clamp(-255 * INPUTS, 255 * INPUTS);
    let rest = (accumulator - near) << constants.pre_shift;
    let shifted = |bias: i32| i32::try_from(i64::from(bias) + rest).expect("the obligation of R7");
    let trit = if accumulator < 0 { "-" } else { "+" };
    let input = (0..INPUTS).map(|index| (near.abs() - 255 * index).clamp(0, 255));
    let is_code = constants.low >= 0 && constants.high <= 255;
    let leaky = constants.negative.map(|negative| Leaky {
        shift: negative.shift,
        zero: negative.zero,
        multiplier: vec![negative.multiplier],
        bias: vec![shifted(negative.bias)],
    });
    let op = Dense {
        reads: Element::U8,
        inputs: 72,
        weights: Weights::trits(&[trit.repeat(72)]),
        epilogue: Epilogue {
            element: if is_code { Element::U8 } else { Element::I16 },
            pre_shift: constants.pre_shift,
            shift: constants.shift,
            low: constants.low,
            high: constants.high,
            multiplier: vec![constants.multiplier],
            bias: vec![shifted(constants.bias)],
            leaky,
        },
    };
    let input = input.map(|u| i32::try_from(u).expect("a code")).collect();
    (Op::Dense(op), input)
}
