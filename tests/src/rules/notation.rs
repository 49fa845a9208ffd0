//! R1: by requantizations that are nothing but the operation in question, and the compiler's `rnd`.

use bitneural_core::quantize::ranges::rnd;
use serde::Deserialize;

use super::Session;
use crate::runners::implementation::{Negative, Requantize, one_channel};
use crate::spec::raw::Raw;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notation {
    function: String,
    #[serde(default)]
    arguments: Vec<i64>,
    real: Option<f64>,
    result: i64,
}

/// t·2^30 >> 32: with it, y = clamp(t >> (2 + S)).
const QUARTER: i32 = 1 << 30;

impl Session {
    pub(super) fn notation(&mut self, case: &Raw) {
        let notation: Notation = case.read();
        let wide = |bias: i64, multiplier: i32, shift: i64| Requantize {
            pre_shift: 0,
            bias: i32::try_from(bias).expect("arguments fit i32"),
            multiplier,
            shift: u8::try_from(shift).expect("a shift"),
            low: i16::MIN,
            high: i16::MAX,
            negative: None,
        };
        let clamp16 = |x: i64| x.clamp(i16::MIN.into(), i16::MAX.into());
        match (
            notation.function.as_str(),
            &notation.arguments[..],
            notation.real,
        ) {
            ("rnd", [], Some(real)) => {
                // The results of the cases are exact in `f64`.
                let expected = notation.result as f64;
                self.compiler(case, "rnd", &[expected], &[rnd(real)]);
            }
            ("shift_right", &[x, n], None) => {
                let (bias, shift) = match i32::try_from(4 * x) {
                    Ok(fourfold) => (i64::from(fourfold), n),
                    Err(_) => (x, n - 2),
                };
                self.one(case, &wide(bias, QUARTER, shift), clamp16(notation.result));
            }
            // The upper and the lower half of the result, as y has no more than 16 bits.
            ("mulh", &[a, b], None) if b >= 1 => {
                let multiplier = i32::try_from(b).expect("arguments fit i32");
                self.one(case, &wide(a, multiplier, 16), notation.result >> 16);
                self.one(case, &wide(a, multiplier, 0), clamp16(notation.result));
            }
            // Only slopes multiply by negative numbers (R11): everything is below zero here.
            ("mulh", &[a, b], None) => {
                let sloped = |shift: u8| Requantize {
                    negative: Some(Negative {
                        shift,
                        zero: 0,
                        bias: i32::try_from(a).expect("arguments fit i32"),
                        multiplier: i32::try_from(b).expect("arguments fit i32"),
                    }),
                    ..wide(i32::MIN.into(), QUARTER, 0)
                };
                self.one(case, &sloped(16), notation.result >> 16);
                self.one(case, &sloped(0), clamp16(notation.result));
            }
            ("clamp", &[x, low, high], None) => {
                let constants = Requantize {
                    low: i16::try_from(low).expect("an element"),
                    high: i16::try_from(high).expect("an element"),
                    ..wide(4 * x, QUARTER, 0)
                };
                self.one(case, &constants, notation.result);
            }
            _ => panic!("{}: R1 has no such function or arguments", case.name),
        }
    }

    fn one(&mut self, case: &Raw, constants: &Requantize, expected: i64) {
        let (op, input) = one_channel(constants, 0);
        let expected = i32::try_from(expected).expect("an element");
        self.all_ways(&case.rule, &case.name, &op, &input, &[expected]);
    }
}
