//! Both kernels against a plain loop over R6, R7 and R11.

use super::*;
use crate::kernels::plain::{self, Finish};
use crate::params::Window;
use proptest::collection::vec;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

/// Weights `[output channel][tap]` and what goes with them.
#[derive(Debug, Clone)]
struct Case {
    window: Window,
    channels: usize,
    multiplier: usize,
    padding: u8,
    weights: Vec<i8>,
    input: Vec<u8>,
    finish: Finish,
}

impl Case {
    fn taps(&self) -> usize {
        self.weights.len() / (self.channels * self.multiplier)
    }

    fn expected(&self) -> Vec<i32> {
        let mut expected = Vec::new();
        for taps in plain::positions(&self.window) {
            for channel in 0..self.channels {
                for m in 0..self.multiplier {
                    let output = channel * self.multiplier + m;
                    let mut acc = 0;
                    for (t, tap) in taps.iter().enumerate() {
                        let code = tap.map_or(self.padding, |pixel| {
                            self.input[pixel * self.channels + channel]
                        });
                        acc += i64::from(self.weights[output * self.taps() + t]) * i64::from(code);
                    }
                    expected.push(self.finish.output(output, acc));
                }
            }
        }
        expected
    }

    fn digit_words(&self) -> &'static [u32] {
        let mut bytes = Vec::new();
        for weights in self.weights.chunks(self.taps()) {
            for weights in weights.chunks(16) {
                let digit = |t| weights.get(t).map_or(1, |weight| (weight + 1) as u32);
                let word: u32 = (0..16).map(|t| digit(t) << (2 * t)).sum();
                bytes.extend(word.to_le_bytes());
            }
        }
        plain::words(bytes)
    }

    fn int8_words(&self) -> &'static [u32] {
        plain::words(self.weights.iter().map(|&weight| weight as u8).collect())
    }

    fn layer(&self, weights: &'static [u32]) -> Depthwise {
        Depthwise {
            window: self.window,
            channels: self.channels as u16,
            multiplier: self.multiplier as u16,
            padding: self.padding.into(),
            weights,
            constants: self.finish.channels(),
            requant: self.finish.requant,
            leaky: self.finish.leaky(),
        }
    }

    /// In slices of exactly the lengths that are stated.
    fn check<O: Output + Into<i32>>(&self) {
        let expected = self.expected();
        let scratch = plain::scratch_words(&self.window, self.taps() * self.channels);
        let run = |kernel: fn(&Depthwise, &[u8], &mut [O], &mut [u32]), weights| -> Vec<i32> {
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
    let sizes = (plain::windows(), 1_usize..=20, 1_usize..=3);
    sizes.prop_flat_map(move |(window, channels, multiplier)| {
        let taps = usize::from(window.kernel_height) * usize::from(window.kernel_width);
        let outputs = channels * multiplier;
        let bound = 255 * taps as i64 * if is_trit { 1 } else { 127 };
        (
            vec(plain::weight(is_trit), outputs * taps),
            vec(plain::code(), plain::pixels(&window) * channels),
            plain::code(),
            plain::finishes(outputs, bound, wide),
        )
            .prop_map(move |(weights, input, padding, finish)| Case {
                window,
                channels,
                multiplier,
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

/// A batch norm that could not be folded (R19): one tap of weight 1 or −1, no scratch.
fn affine() -> Case {
    Case {
        window: plain::window([1, 1, 1, 1, 0, 1], [2, 1, 1, 1, 0, 2]),
        channels: 2,
        multiplier: 1,
        padding: 0,
        weights: vec![1, -1],
        input: vec![10, 20, 30, 40],
        finish: plain::identity(2),
    }
}

#[test]
fn one_tap_without_scratch() {
    let case = affine();
    assert_eq!(case.expected(), [10, -20, 30, -40]);
    assert_eq!(plain::scratch_words(&case.window, 2), 0);
    case.check::<i16>();
}

/// What the generator must not do, and what comes of it: less work, no panic.
#[test]
fn wrong_lengths() {
    let case = affine();
    for words in [0, 1, 2, 9] {
        for codes in 0..=5 {
            for outputs in 0..=5 {
                let layer = case.layer(vec![u32::MAX; words].leak());
                let mut output = vec![-7_i16; outputs];
                digits(&layer, &vec![1_u8; codes], &mut output, &mut []);
                assert!(output.get(4).is_none_or(|&y| y == -7));
                assert!(codes >= 2 || output.iter().all(|&y| y == -7));
                int8(&layer, &vec![1_u8; codes], &mut output, &mut []);
            }
        }
    }
    let layer = case.layer(case.digit_words());
    let mut output = [0_i16; 4];
    for (channels, multiplier) in [(0, 1), (1, 0), (3, 1), (u16::MAX, u16::MAX)] {
        let layer = Depthwise {
            channels,
            multiplier,
            ..layer
        };
        digits(&layer, &case.input, &mut output, &mut []);
        int8(&layer, &case.input, &mut output, &mut []);
    }
}
