//! R11: sums that are requantized anew below zero.

use bitneural_core::network::{Channel, Leaky};
use bitneural_core::quantize::bounds::Bounds;
use bitneural_core::quantize::requant::{Constants, RealChannel, Shared, leaky_constants};
use serde::Deserialize;

use super::Session;
use super::graphs::refusal;
use crate::runners::implementation::{Negative, Requantize, one_channel};
use crate::spec::raw::Raw;
use crate::tally::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Slopes {
    input_scale: f64,
    output_scale: f64,
    input_zero_point: i32,
    output_zero_point: i32,
    a: Vec<f64>,
    b: Vec<f64>,
    slope: Vec<f64>,
    weight_sum: Vec<i64>,
    acc_low: Vec<i64>,
    acc_high: Vec<i64>,
    accumulators: Vec<Vec<i64>>,
    pre_shift: Option<u32>,
    shift: Option<u32>,
    negative_shift: Option<u32>,
    multiplier: Option<Vec<i32>>,
    bias: Option<Vec<i32>>,
    negative_multiplier: Option<Vec<i32>>,
    negative_bias: Option<Vec<i32>>,
    constant: Option<Vec<bool>>,
    codes: Option<Vec<Vec<i32>>>,
    error: Option<String>,
}

impl Session {
    pub(super) fn slopes(&mut self, case: &Raw) {
        let given: Slopes = case.read();
        let shared = Shared {
            input_scale: given.input_scale,
            input_zero_point: given.input_zero_point,
            output_scale: given.output_scale,
            output_zero_point: given.output_zero_point,
            low: 0,
            high: 255,
        };
        let channel = |c: usize| RealChannel {
            scale: given.a[c],
            bias: given.b[c],
            bounds: Bounds {
                low: given.acc_low[c],
                high: given.acc_high[c],
                weight_sum: given.weight_sum[c],
            },
        };
        let channels: Vec<RealChannel> = (0..given.a.len()).map(channel).collect();
        let found = leaky_constants(&shared, &channels, &given.slope);
        let Constants { requant, constant } = match (found, &given.error) {
            (Ok(found), None) => found,
            (found, expected) => {
                let found = found.err().map(|kind| refusal(&kind));
                self.compiler(case, "error", &[expected], &[&found]);
                return;
            }
        };
        let Leaky {
            shift,
            zero,
            channels: below,
        } = requant.leaky.as_ref().expect("slopes");
        let shifts = [given.pre_shift, given.shift, given.negative_shift];
        let found = [requant.pre_shift, requant.shift, *shift].map(Some);
        self.compiler(case, "P, S and S⁻", &shifts, &found);
        self.compiler(
            case,
            "z_y and ends",
            &[given.output_zero_point, 0, 255],
            &[*zero, requant.low, requant.high],
        );
        let multipliers = |list: &[Channel]| list.iter().map(|c| c.multiplier).collect::<Vec<_>>();
        let biases = |list: &[Channel]| list.iter().map(|c| c.bias).collect::<Vec<_>>();
        let lists = [
            ("m", &given.multiplier, multipliers(&requant.channels)),
            ("B", &given.bias, biases(&requant.channels)),
            ("m⁻", &given.negative_multiplier, multipliers(below)),
            ("B⁻", &given.negative_bias, biases(below)),
        ];
        for (what, expected, found) in lists {
            self.compiler(case, what, expected.as_ref().expect("a result"), &found);
        }
        let expected = given.constant.as_ref().expect("a result");
        self.compiler(case, "constant", expected, &constant);

        let codes = given.codes.expect("a result");
        assert_eq!(codes.len(), channels.len(), "{}", case.name);
        for (c, expected) in codes.iter().enumerate() {
            let byte = |shift: u32| u8::try_from(shift).expect("at most 31");
            let constants = Requantize {
                pre_shift: byte(requant.pre_shift),
                bias: requant.channels[c].bias,
                multiplier: requant.channels[c].multiplier,
                shift: byte(requant.shift),
                low: 0,
                high: 255,
                negative: Some(Negative {
                    shift: byte(*shift),
                    zero: i16::try_from(*zero).expect("a code"),
                    bias: below[c].bias,
                    multiplier: below[c].multiplier,
                }),
            };
            // The weights of a constant channel are cleared.
            let sums: Vec<i64> = given.accumulators[c]
                .iter()
                .map(|&sum| if constant[c] { 0 } else { sum })
                .collect();
            assert_eq!(sums.len(), expected.len(), "{}", case.name);
            for (&sum, &code) in sums.iter().zip(expected) {
                let (op, input) = one_channel(&constants, sum);
                let place = format!("{}, channel {c}, acc = {sum}", case.name);
                self.all_ways(&case.rule, &place, &op, &input, &[code]);
            }
            let place = Place {
                subject: &case.rule,
                case: &format!("{}, channel {c}", case.name),
            };
            self.on_their_own(place, &constants, &sums, expected);
        }
    }
}
