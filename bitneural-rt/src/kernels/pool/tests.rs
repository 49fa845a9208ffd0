//! Both kernels against plain loops over R17 and R18.

use super::*;
use crate::kernels::plain::{self, Finish};
use crate::params::{Channel, Requant, Window};
use proptest::collection::vec;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

/// R17 in place of R18 and R7 if there is no `finish`.
#[derive(Debug, Clone)]
struct Case {
    window: Window,
    channels: usize,
    padding: u8,
    count_padding: bool,
    input: Vec<u8>,
    /// The numbers of taps that count which occur.
    counts: Vec<u16>,
    /// A "channel" for each of them.
    finish: Finish,
}

/// How many taps count, ascending, each once.
fn counts(window: &Window, count_padding: bool) -> Vec<u16> {
    let count = |taps: Vec<Option<usize>>| {
        taps.iter()
            .filter(|tap| count_padding || tap.is_some())
            .count() as u16
    };
    let mut counts: Vec<u16> = plain::positions(window).into_iter().map(count).collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}

impl Case {
    fn average(&self) -> Vec<i32> {
        let mut expected = Vec::new();
        for taps in plain::positions(&self.window) {
            for channel in 0..self.channels {
                let (mut acc, mut n) = (0_i64, 0_u16);
                for tap in &taps {
                    match tap {
                        Some(pixel) => {
                            acc += i64::from(self.input[pixel * self.channels + channel])
                        }
                        None if self.count_padding => acc += i64::from(self.padding),
                        None => continue,
                    }
                    n += 1;
                }
                let constants = self.counts.iter().position(|&count| count == n).unwrap();
                expected.push(self.finish.output(constants, acc));
            }
        }
        expected
    }

    fn largest(&self) -> Vec<u8> {
        let mut expected = Vec::new();
        for taps in plain::positions(&self.window) {
            for channel in 0..self.channels {
                let codes = taps.iter().flatten();
                let largest = codes
                    .map(|pixel| self.input[pixel * self.channels + channel])
                    .max();
                expected.push(largest.unwrap_or(0));
            }
        }
        expected
    }

    fn layer(&self) -> AveragePool {
        AveragePool {
            window: self.window,
            channels: self.channels as u16,
            padding: self.padding,
            count_padding: self.count_padding,
            counts: self.counts.clone().leak(),
            constants: self.finish.channels(),
            requant: self.finish.requant,
        }
    }

    fn check<O: Output + Into<i32>>(&self) {
        let expected = self.average();
        let mut output = vec![O::from_clamped(3); expected.len()];
        average(&self.layer(), &self.input, &mut output);
        let output: Vec<i32> = output.into_iter().map(Into::into).collect();
        assert_eq!(output, expected);

        let layer = MaxPool {
            window: self.window,
            channels: self.channels as u16,
        };
        let mut output = vec![99; expected.len()];
        max(&layer, &self.input, &mut output);
        assert_eq!(output, self.largest());
    }
}

fn cases(wide: bool) -> impl Strategy<Value = Case> {
    let global = (1_u16..=12, 1_u16..=12)
        .prop_map(|(h, w)| plain::window([h, h, 1, 1, 0, 1], [w, w, 1, 1, 0, 1]));
    let windows = prop_oneof![4 => plain::windows(), 1 => global];
    (windows, 1_usize..=40, any::<bool>()).prop_flat_map(
        move |(window, channels, count_padding)| {
            let counts = counts(&window, count_padding);
            let taps = i64::from(window.kernel_height) * i64::from(window.kernel_width);
            (
                vec(plain::code(), plain::pixels(&window) * channels),
                plain::code(),
                plain::finishes(counts.len(), 255 * taps, wide),
            )
                .prop_map(move |(input, padding, finish)| Case {
                    window,
                    channels,
                    padding,
                    count_padding,
                    input,
                    counts: counts.clone(),
                    finish: Finish {
                        negative: None,
                        ..finish
                    },
                })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 150 }))]

    #[test]
    fn codes_equal_a_plain_loop(case in cases(false)) {
        case.check::<u8>();
    }

    #[test]
    fn wide_values_equal_a_plain_loop(case in cases(true)) {
        case.check::<i16>();
    }
}

/// R17's example: 13, 40, 7 and a padded tap.
#[test]
fn worked_example_of_r17() {
    let layer = MaxPool {
        window: plain::window([1, 1, 1, 1, 0, 1], [3, 4, 4, 1, 1, 1]),
        channels: 1,
    };
    let mut output = [0];
    max(&layer, &[13, 40, 7], &mut output);
    assert_eq!(output, [40]);
}

static R18: [Channel; 1] = [Channel {
    bias: -838_861,
    multiplier: 1_342_177_280,
}];

/// R18's example: 2×2, 13 + 40 + 7 + 22 = 82, 21; the same sum where 22 is the code of padding.
#[test]
fn worked_example_of_r18() {
    let mut layer = AveragePool {
        window: plain::window([2, 2, 2, 1, 0, 1], [2, 2, 2, 1, 0, 1]),
        channels: 1,
        padding: 10,
        count_padding: false,
        counts: &[4],
        constants: &R18,
        requant: Requant {
            pre_shift: 16,
            shift: 16,
            low: 0,
            high: 255,
        },
    };
    let mut output = [0_u8];
    average(&layer, &[13, 40, 7, 22], &mut output);
    assert_eq!(output, [21]);

    layer.window = plain::window([1, 1, 1, 1, 0, 1], [3, 4, 4, 1, 0, 1]);
    (layer.padding, layer.count_padding) = (22, true);
    output = [0];
    average(&layer, &[13, 40, 7], &mut output);
    assert_eq!(output, [21]);
    // There are no constants for three taps.
    layer.count_padding = false;
    output = [99];
    average(&layer, &[13, 40, 7], &mut output);
    assert_eq!(output, [99]);
}

/// What the generator must not do, and what comes of it: less work, no panic.
#[test]
fn wrong_lengths() {
    let window = plain::window([3, 3, 2, 1, 1, 2], [3, 3, 2, 1, 1, 2]);
    for channels in [0, 1, 2, 17, u16::MAX] {
        for codes in [0, 5, 9, 18, 153] {
            for outputs in [0, 1, 4, 8, 68] {
                let input = vec![9; codes];
                let mut output = vec![7; outputs];
                max(&MaxPool { window, channels }, &input, &mut output);
                let layer = AveragePool {
                    window,
                    channels,
                    padding: 3,
                    count_padding: true,
                    counts: &[9],
                    constants: &[],
                    requant: Requant {
                        pre_shift: 0,
                        shift: 0,
                        low: 0,
                        high: 255,
                    },
                };
                let before = output.clone();
                average(&layer, &input, &mut output);
                assert_eq!(output, before);
                let constants = &R18;
                average(&AveragePool { constants, ..layer }, &input, &mut output);
            }
        }
    }
}
