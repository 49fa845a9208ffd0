//! The kernels against a plain loop over R6, R7 and R11.

use super::*;
use crate::kernels::plain::{self, Finish};
use crate::params::{Channel, Requant};
use proptest::prelude::*;
use std::vec::Vec;
use std::{format, vec};

/// Weights `[output][input]` and what goes with them.
#[derive(Debug, Clone)]
struct Case {
    inputs: usize,
    weights: Vec<i8>,
    input: Vec<u8>,
    finish: Finish,
}

impl Case {
    fn outputs(&self) -> usize {
        self.finish.channels.len()
    }

    /// Of a weight, 0 where there is none.
    fn weight(&self, output: usize, input: usize) -> i8 {
        if output < self.outputs() && input < self.inputs {
            self.weights[output * self.inputs + input]
        } else {
            0
        }
    }

    fn digit(&self, output: usize, input: usize) -> u32 {
        (self.weight(output, input) + 1) as u32
    }

    /// R6, R7 and R11.
    fn expected(&self) -> Vec<i32> {
        let one = |output: usize| {
            let acc = (0..self.inputs)
                .map(|i| i64::from(self.weight(output, i)) * i64::from(self.input[i]))
                .sum();
            self.finish.output(output, acc)
        };
        (0..self.outputs()).map(one).collect()
    }

    /// The encoding of `digits`, from its description.
    fn digit_words(&self) -> Vec<u32> {
        let mut words = Vec::new();
        for block in 0..self.outputs().div_ceil(16) {
            for input in 0..self.inputs {
                let lane = |s: usize| {
                    let output = 16 * block + 2 * s;
                    (self.digit(output, input) << (2 * s))
                        | (self.digit(output + 1, input) << (16 + 2 * s))
                };
                words.push((0..8).map(lane).sum::<u32>().to_le());
            }
        }
        words
    }

    /// The encoding of `tables`, from its description.
    fn table_words(&self) -> Vec<u32> {
        let mut bytes = Vec::new();
        let groups: Vec<usize> = (0..self.inputs.div_ceil(4)).collect();
        for block in groups.chunks(16) {
            for output in 0..self.outputs() {
                for group in block {
                    let d = |j: usize| self.digit(output, 4 * group + j);
                    bytes.push((d(0) + 3 * d(1) + 10 * d(2) + 30 * d(3)) as u8);
                }
            }
        }
        plain::words(bytes).to_vec()
    }

    /// The encoding of `int8`, from its description.
    fn int8_words(&self) -> Vec<u32> {
        let mut bytes = Vec::new();
        for block in 0..self.outputs().div_ceil(4) {
            for input in 0..self.inputs {
                bytes.extend((0..4).map(|o| self.weight(4 * block + o, input) as u8));
            }
        }
        plain::words(bytes).to_vec()
    }

    fn layer(&self, weights: Vec<u32>) -> Dense {
        Dense {
            inputs: self.inputs as u32,
            outputs: self.outputs() as u32,
            weights: weights.leak(),
            channels: self.finish.channels(),
            requant: self.finish.requant,
            leaky: self.finish.leaky(),
        }
    }

    fn scratch(&self) -> Vec<u32> {
        let blocks = self.inputs.div_ceil(64);
        let sums = if blocks > 1 { self.outputs() } else { 0 };
        vec![0xdead_beef; 45 * self.inputs.div_ceil(4).min(16) + sums]
    }

    /// Runs the kernels with outputs of type `O`, in slices of exactly the lengths that are stated.
    fn check<O: Output + Into<i32>>(&self) {
        let expected = self.expected();
        let run = |kernel: &mut dyn FnMut(&mut [O])| -> Vec<i32> {
            let mut output: Vec<O> = vec![O::from_clamped(3); self.outputs()];
            kernel(&mut output);
            output.into_iter().map(Into::into).collect()
        };
        let layer = self.layer(self.int8_words());
        let got = run(&mut |output| int8(&layer, &self.input, output));
        assert_eq!(got, expected, "int8, {} inputs", self.inputs);
        if self.weights.iter().any(|weight| weight.abs() > 1) {
            return;
        }
        let layer = self.layer(self.digit_words());
        let got = run(&mut |output| digits(&layer, &self.input, output));
        assert_eq!(got, expected, "digits, {} inputs", self.inputs);
        let layer = self.layer(self.table_words());
        let mut scratch = self.scratch();
        let got = run(&mut |output| tables(&layer, &self.input, output, &mut scratch));
        assert_eq!(got, expected, "tables, {} inputs", self.inputs);
    }
}

/// Up to 300 inputs and 70 outputs; outputs are spread over the range of the element and beyond.
fn cases(is_trit: bool, wide: bool) -> impl Strategy<Value = Case> {
    (1_usize..=300, 1_usize..=70).prop_flat_map(move |(inputs, outputs)| {
        let bound = 255 * inputs as i64 * if is_trit { 1 } else { 127 };
        (
            prop::collection::vec(plain::weight(is_trit), inputs * outputs),
            prop::collection::vec(plain::code(), inputs),
            plain::finishes(outputs, bound, wide),
        )
            .prop_map(move |(weights, input, finish)| Case {
                inputs,
                weights,
                input,
                finish,
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 50 }))]

    #[test]
    fn trits_to_codes(case in cases(true, false)) {
        case.check::<u8>();
    }

    #[test]
    fn trits_to_wide_values(case in cases(true, true)) {
        case.check::<i16>();
    }

    #[test]
    fn int8_to_codes(case in cases(false, false)) {
        case.check::<u8>();
    }

    #[test]
    fn int8_to_wide_values(case in cases(false, true)) {
        case.check::<i16>();
    }
}

/// A layer of one weight everywhere, whose output is its sum.
fn uniform(inputs: usize, outputs: usize, weight: i8, code: u8) -> Case {
    Case {
        inputs,
        weights: vec![weight; inputs * outputs],
        input: vec![code; inputs],
        finish: plain::identity(outputs),
    }
}

/// All digits 2 and all codes 255 fill the 16-bit lanes and entries to the brim.
#[test]
fn extreme_sums_at_the_edges_of_blocks() {
    for inputs in [1, 3, 4, 5, 63, 64, 65, 127, 128, 129, 192, 256, 257, 1000] {
        for outputs in [1, 2, 15, 16, 17, 33] {
            for trit in [-1, 0, 1] {
                uniform(inputs, outputs, trit, 255).check::<i16>();
            }
            // 1000·127·255 does not fit `i16`: the sum is asked for in parts of 2^11.
            for weight in [-127, 127] {
                let mut case = uniform(inputs, outputs, weight, 255);
                case.finish.requant.shift = 11;
                case.check::<i16>();
            }
        }
    }
}

/// R6's weights and R8's constants, by hand: 9; with the sign of the channel flipped: 3.
#[test]
fn worked_example() {
    let case = Case {
        inputs: 4,
        weights: vec![1, 1, -1, 0, -1, -1, 1, 0],
        input: vec![30, 200, 15, 99],
        finish: Finish {
            requant: Requant {
                pre_shift: 16,
                shift: 20,
                low: 0,
                high: 255,
            },
            channels: [25_968_640, 27_279_360]
                .map(|bias| Channel {
                    bias,
                    multiplier: 1_099_511_628,
                })
                .to_vec(),
            negative: None,
        },
    };
    assert_eq!(case.expected(), [9, 3]);
    case.check::<u8>();
}

/// The encodings of one small layer, by hand.
#[test]
fn encodings() {
    let mut case = uniform(5, 3, 0, 0);
    case.weights = vec![-1, 0, 1, 1, -1, 1, 1, 1, 1, 1, -1, -1, -1, -1, 0];
    // Lane 0: digits of outputs 0 and 1; lane 1: of output 2 and of none (1); the others 1.
    let ones = 0x5554_5550_u32;
    let low = [0, 1, 2, 2, 0_u32];
    let third = [0, 0, 0, 0, 1_u32];
    let words: Vec<u32> = (0..5)
        .map(|i| (ones | low[i] | (2 << 16) | (third[i] << 2)).to_le())
        .collect();
    assert_eq!(case.digit_words(), words);
    // Two groups an output: (0, 1, 2, 2) and (0, 1, 1, 1); all 2 and (2, 1, 1, 1); all 0 and all 1.
    let bytes = [3 + 20 + 60, 43, 88, 45, 0, 44, 0xee, 0xee];
    let words = bytes.as_chunks().0.iter().map(|&w| u32::from_ne_bytes(w));
    assert_eq!(case.table_words(), words.collect::<Vec<_>>());

    let mut case = uniform(2, 5, 0, 0);
    case.weights = vec![1, 2, 3, 4, -5, 6, 7, -128 + 1, 9, 10];
    let bytes = [1, 3, 251, 7, 2, 4, 6, 129, 9, 0, 0, 0, 10, 0, 0, 0];
    let words = bytes.as_chunks().0.iter().map(|&w| u32::from_ne_bytes(w));
    assert_eq!(case.int8_words(), words.collect::<Vec<_>>());
}

/// Every entry of a table whose four inputs differ.
#[test]
fn entries() {
    let mut table = [0; TABLE_WORDS];
    assert_eq!(build_table([255, 3, 100, 17], &mut table), 375);
    let entries: &[u16] = view(&table, TABLE);
    for i in 0..81 {
        let d = [i % 3, i / 3 % 3, i / 9 % 3, i / 27];
        let index = d[0] + 3 * d[1] + 10 * d[2] + 30 * d[3];
        let sum = 255 * d[0] + 3 * d[1] + 100 * d[2] + 17 * d[3];
        assert_eq!(usize::from(entries[index]), sum, "digits {d:?}");
    }
}

/// What the generator must not do, and what comes of it: less work, no panic.
#[test]
fn wrong_lengths() {
    let case = uniform(130, 20, 1, 1);
    let (by_digits, by_int8, by_tables) = (
        case.layer(case.digit_words()),
        case.layer(case.int8_words()),
        case.layer(case.table_words()),
    );
    let expected = [130_i16; 20];
    let mut scratch = case.scratch();
    for input in [0, 1, 129, 130, 140] {
        for outputs in [0, 1, 19, 20, 21] {
            let input = vec![1; input];
            let what = format!("{} inputs, {outputs} outputs", input.len());
            let done = if input.len() < 130 {
                0
            } else {
                outputs.min(20)
            };
            let mut output = vec![-7_i16; outputs];
            digits(&by_digits, &input, &mut output);
            assert_eq!(output[..done], expected[..done], "{what}");
            assert!(output[done..].iter().all(|&y| y == -7), "{what}");
            output.fill(-7);
            int8(&by_int8, &input, &mut output);
            assert_eq!(output[..done], expected[..done], "{what}");
            assert!(output[done..].iter().all(|&y| y == -7), "{what}");
            output.fill(-7);
            tables(&by_tables, &input, &mut output, &mut scratch);
            assert_eq!(output[..done], expected[..done], "{what}");
            assert!(output[done..].iter().all(|&y| y == -7), "{what}");
        }
    }
    let mut output = [-7_i16; 20];
    let short = scratch.len() - 1;
    for len in [0, 44, 719, 720, short] {
        tables(&by_tables, &case.input, &mut output, &mut scratch[..len]);
        assert_eq!(output, [-7; 20]);
    }
}

/// Weights that no compiler writes: any bytes, any length.
#[test]
fn wrong_weights() {
    let case = uniform(130, 20, 1, 255);
    for len in [0, 1, 100, 500, 2000] {
        let layer = case.layer(vec![u32::MAX; len]);
        let mut output = [0_i16; 20];
        digits(&layer, &case.input, &mut output);
        int8(&layer, &case.input, &mut output);
        tables(&layer, &case.input, &mut output, &mut case.scratch());
    }
}
