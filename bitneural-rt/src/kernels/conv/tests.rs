//! Both kernels against a plain loop over R6, R7 and R11.

use super::*;
use crate::kernels::plain::{self, Finish};
use crate::params::{Dense, Window};
use proptest::collection::vec;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

/// Weights `[output channel][ky][kx][channel of the group]` and what goes with them.
#[derive(Debug, Clone)]
struct Case {
    window: Window,
    groups: usize,
    /// Of a group.
    channels: usize,
    /// Of a group.
    outputs: usize,
    padding: u8,
    weights: Vec<i8>,
    input: Vec<u8>,
    finish: Finish,
}

impl Case {
    fn inputs(&self) -> usize {
        self.weights.len() / (self.groups * self.outputs)
    }

    fn expected(&self) -> Vec<i32> {
        let mut expected = Vec::new();
        for taps in plain::positions(&self.window) {
            for (output, weights) in self.weights.chunks(self.inputs()).enumerate() {
                let group = output / self.outputs;
                let mut acc = 0;
                for (weights, tap) in weights.chunks(self.channels).zip(&taps) {
                    for (c, &weight) in weights.iter().enumerate() {
                        let channel = group * self.channels + c;
                        let code = tap.map_or(self.padding, |pixel| {
                            self.input[pixel * self.groups * self.channels + channel]
                        });
                        acc += i64::from(weight) * i64::from(code);
                    }
                }
                expected.push(self.finish.output(output, acc));
            }
        }
        expected
    }

    /// Of a weight of a group, 0 where there is none.
    fn weight(&self, group: usize, output: usize, input: usize) -> i8 {
        if output < self.outputs {
            self.weights[(group * self.outputs + output) * self.inputs() + input]
        } else {
            0
        }
    }

    fn digit_words(&self) -> &'static [u32] {
        let mut bytes = Vec::new();
        for group in 0..self.groups {
            for block in 0..self.outputs.div_ceil(16) {
                for input in 0..self.inputs() {
                    let digit = |o| (self.weight(group, 16 * block + o, input) + 1) as u32;
                    let word = (0..16).map(|o| digit(o) << (o / 2 * 2 + o % 2 * 16));
                    bytes.extend(word.sum::<u32>().to_le_bytes());
                }
            }
        }
        plain::words(bytes)
    }

    fn int8_words(&self) -> &'static [u32] {
        let mut bytes = Vec::new();
        for group in 0..self.groups {
            for block in 0..self.outputs.div_ceil(4) {
                for input in 0..self.inputs() {
                    bytes.extend((0..4).map(|o| self.weight(group, 4 * block + o, input) as u8));
                }
            }
        }
        plain::words(bytes)
    }

    fn layer(&self, weights: &'static [u32]) -> Conv {
        Conv {
            window: self.window,
            groups: self.groups as u16,
            padding: self.padding.into(),
            dense: Dense {
                inputs: self.inputs() as u32,
                outputs: self.outputs as u32,
                weights,
                channels: self.finish.channels(),
                requant: self.finish.requant,
                leaky: self.finish.leaky(),
            },
        }
    }

    /// In slices of exactly the lengths that are stated.
    fn check<O: Output + Into<i32>>(&self) {
        let expected = self.expected();
        let scratch = plain::scratch_words(&self.window, self.inputs());
        let run = |kernel: fn(&Conv, &[u8], &mut [O], &mut [u32]), weights| -> Vec<i32> {
            let mut output = vec![O::from_clamped(3); expected.len()];
            let mut scratch = vec![0xdead_beef; scratch];
            kernel(&self.layer(weights), &self.input, &mut output, &mut scratch);
            output.into_iter().map(Into::into).collect()
        };
        assert_eq!(run(int8, self.int8_words()), expected, "int8");
        if self.weights.iter().all(|weight| weight.abs() <= 1) {
            assert_eq!(run(digits, self.digit_words()), expected, "digits");
        }
    }
}

fn cases(is_trit: bool, wide: bool) -> impl Strategy<Value = Case> {
    // With one group up to 20 channels, else a few for each.
    let sizes = prop_oneof![
        (Just(1_usize), 1_usize..=20, 1_usize..=20),
        (2_usize..=4, 1_usize..=5, 1_usize..=5),
    ];
    (plain::windows(), sizes).prop_flat_map(move |(window, (groups, channels, outputs))| {
        let taps = usize::from(window.kernel_height) * usize::from(window.kernel_width);
        let inputs = taps * channels;
        let bound = 255 * inputs as i64 * if is_trit { 1 } else { 127 };
        let input = plain::pixels(&window) * groups * channels;
        (
            vec(plain::weight(is_trit), groups * outputs * inputs),
            vec(plain::code(), input),
            plain::code(),
            plain::finishes(groups * outputs, bound, wide),
        )
            .prop_map(move |(weights, input, padding, finish)| Case {
                window,
                groups,
                channels,
                outputs,
                padding,
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

/// A 2×2 image of two channels under a 3×3 kernel with padding 10 all around, its output the sum of one channel.
fn small() -> Case {
    Case {
        window: plain::window([2, 3, 1, 1, 1, 2], [2, 3, 1, 1, 1, 2]),
        groups: 1,
        channels: 2,
        outputs: 2,
        padding: 10,
        weights: [[1, 0], [0, -1]].map(|pair| pair.repeat(9)).concat(),
        input: vec![1, 5, 2, 6, 3, 7, 4, 8],
        finish: plain::identity(2),
    }
}

/// Every window sees the whole image and five taps of padding: 1 + 2 + 3 + 4 + 50 and −(5 + 6 + 7 + 8 + 50).
#[test]
fn padding_counts_as_its_code() {
    let case = small();
    assert_eq!(case.expected(), [60, -76].repeat(4));
    case.check::<i16>();
}

/// What the generator must not do, and what comes of it: less work, no panic.
#[test]
fn wrong_lengths() {
    let case = small();
    let (by_digits, by_int8) = (
        case.layer(case.digit_words()),
        case.layer(case.int8_words()),
    );
    for words in 0..=5 {
        for codes in [0, 3, 8, 9] {
            for outputs in 0..=9 {
                let mut output = vec![-7_i16; outputs];
                let mut scratch = vec![0; words];
                digits(&by_digits, &vec![1_u8; codes], &mut output, &mut scratch);
                assert!(words == 5 || output.iter().all(|&y| y == -7));
                assert!(output.get(8).is_none_or(|&y| y == -7));
                int8(&by_int8, &vec![1_u8; codes], &mut output, &mut scratch);
            }
        }
    }
    let mut output = [0_i16; 8];
    for len in [0, 1, 17, 100] {
        let layer = case.layer(vec![u32::MAX; len].leak());
        digits(&layer, &case.input, &mut output, &mut [0; 5]);
        int8(&layer, &case.input, &mut output, &mut [0; 5]);
    }
    for (kernel_height, groups) in [(0, 1), (3, 0), (1, 9), (u16::MAX, u16::MAX)] {
        let mut layer = by_digits;
        layer.window.kernel_height = kernel_height;
        layer.groups = groups;
        digits(&layer, &case.input, &mut output, &mut [0; 5]);
        int8(&layer, &case.input, &mut output, &mut [0; 5]);
    }
}
