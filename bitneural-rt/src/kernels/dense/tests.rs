//! Both kernels against a plain loop over R6 and R7.

use super::*;
use crate::params::{Channel, Requant};
use proptest::prelude::*;
use std::vec::Vec;
use std::{format, vec};

/// Trits `[output][input]` and what goes with them.
#[derive(Debug, Clone)]
struct Case {
    inputs: usize,
    trits: Vec<i8>,
    input: Vec<u8>,
    channels: Vec<Channel>,
    requant: Requant,
}

impl Case {
    fn outputs(&self) -> usize {
        self.channels.len()
    }

    fn trit(&self, output: usize, input: usize) -> i8 {
        self.trits[output * self.inputs + input]
    }

    fn digit(&self, output: usize, input: usize) -> u32 {
        if output < self.outputs() && input < self.inputs {
            (self.trit(output, input) + 1) as u32
        } else {
            1
        }
    }

    /// R6 and R7, in i128.
    fn expected(&self) -> Vec<i32> {
        let requant = &self.requant;
        let one = |(output, channel): (usize, &Channel)| {
            let acc: i64 = (0..self.inputs)
                .map(|i| i64::from(self.trit(output, i)) * i64::from(self.input[i]))
                .sum();
            let t = i128::from(acc) * (1 << requant.pre_shift) + i128::from(channel.bias);
            assert!(
                i32::try_from(t).is_ok(),
                "the case breaks an obligation of R7"
            );
            let y = (t * i128::from(channel.multiplier)) >> (32 + requant.shift);
            y.clamp(requant.low.into(), requant.high.into()) as i32
        };
        self.channels.iter().enumerate().map(one).collect()
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
        bytes.resize(bytes.len().next_multiple_of(4), 0xee);
        let words = bytes.as_chunks().0;
        words.iter().map(|&word| u32::from_ne_bytes(word)).collect()
    }

    fn layer(&self, weights: Vec<u32>) -> Dense {
        Dense {
            inputs: self.inputs as u32,
            outputs: self.outputs() as u32,
            weights: weights.leak(),
            channels: self.channels.clone().leak(),
            requant: self.requant,
            leaky: None,
        }
    }

    fn scratch(&self) -> Vec<u32> {
        let blocks = self.inputs.div_ceil(64);
        let sums = if blocks > 1 { self.outputs() } else { 0 };
        vec![0xdead_beef; 45 * self.inputs.div_ceil(4).min(16) + sums]
    }

    /// Runs both kernels with outputs of type `O`, in slices of exactly the lengths that are stated.
    fn check<O: Output + Into<i32>>(&self) {
        let expected = self.expected();
        let run = |kernel: &mut dyn FnMut(&mut [O])| -> Vec<i32> {
            let mut output: Vec<O> = vec![O::from_clamped(3); self.outputs()];
            kernel(&mut output);
            output.into_iter().map(Into::into).collect()
        };
        let layer = self.layer(self.digit_words());
        let got = run(&mut |output| digits(&layer, &self.input, output));
        assert_eq!(got, expected, "digits, {} inputs", self.inputs);
        let layer = self.layer(self.table_words());
        let mut scratch = self.scratch();
        let got = run(&mut |output| tables(&layer, &self.input, output, &mut scratch));
        assert_eq!(got, expected, "tables, {} inputs", self.inputs);
    }
}

/// Cases of `inputs` and `outputs` that meet the obligations of R7, with outputs spread over the range of `O` and beyond.
fn cases(
    inputs: impl Strategy<Value = usize>,
    outputs: impl Strategy<Value = usize>,
    low: i16,
    high: i16,
) -> impl Strategy<Value = Case> {
    (inputs, outputs, 0_u8..=16).prop_flat_map(move |(inputs, outputs, pre_shift)| {
        // The largest P for which every sum fits, or a smaller one.
        let bound = 255 * inputs as i64;
        let fits = (0..=16).rev().find(|p| bound << p < 1 << 30).unwrap_or(0);
        let pre_shift = pre_shift.min(fits);
        let room = (i64::from(i32::MAX) - (bound << pre_shift)) as i32;
        let channel = (-room..=room, (1 << 20)..=i32::MAX)
            .prop_map(|(bias, multiplier)| Channel { bias, multiplier });
        let code = prop_oneof![any::<u8>(), Just(0), Just(255)];
        let bounds = (low..=high, low..=high).prop_map(|(a, b)| (a.min(b), a.max(b)));
        (
            prop::collection::vec(-1_i8..=1, inputs * outputs),
            prop::collection::vec(code, inputs),
            prop::collection::vec(channel, outputs),
            0_u8..=31,
            prop_oneof![Just((low, high)), bounds],
        )
            .prop_map(move |(trits, input, channels, shift, (low, high))| Case {
                inputs,
                trits,
                input,
                channels,
                requant: Requant {
                    pre_shift,
                    shift,
                    low,
                    high,
                },
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 150 }))]

    #[test]
    fn codes_equal_a_plain_loop(case in cases(1_usize..=300, 1_usize..=70, 0, 255)) {
        case.check::<u8>();
    }

    #[test]
    fn wide_values_equal_a_plain_loop(case in cases(1_usize..=300, 1_usize..=70, i16::MIN, i16::MAX)) {
        case.check::<i16>();
    }
}

/// A layer of one weight everywhere, whose output is its sum.
fn uniform(inputs: usize, outputs: usize, trit: i8, code: u8) -> Case {
    Case {
        inputs,
        trits: vec![trit; inputs * outputs],
        input: vec![code; inputs],
        // t·2^31 >> 32 >> 0 with t = 2·acc + 1 is acc.
        channels: vec![
            Channel {
                bias: 1,
                multiplier: i32::MAX,
            };
            outputs
        ],
        requant: Requant {
            pre_shift: 1,
            shift: 0,
            low: i16::MIN,
            high: i16::MAX,
        },
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
        }
    }
}

/// R6's weights and R8's constants, by hand: 9; with the sign of the channel flipped: 3.
#[test]
fn worked_example() {
    let case = Case {
        inputs: 4,
        trits: vec![1, 1, -1, 0, -1, -1, 1, 0],
        input: vec![30, 200, 15, 99],
        channels: [25_968_640, 27_279_360]
            .map(|bias| Channel {
                bias,
                multiplier: 1_099_511_628,
            })
            .to_vec(),
        requant: Requant {
            pre_shift: 16,
            shift: 20,
            low: 0,
            high: 255,
        },
    };
    assert_eq!(case.expected(), [9, 3]);
    case.check::<u8>();
}

/// The encodings of one small layer, by hand.
#[test]
fn encodings() {
    let mut case = uniform(5, 3, 0, 0);
    case.trits = vec![-1, 0, 1, 1, -1, 1, 1, 1, 1, 1, -1, -1, -1, -1, 0];
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
    let (by_digits, by_tables) = (
        case.layer(case.digit_words()),
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
        tables(&layer, &case.input, &mut output, &mut case.scratch());
    }
}
