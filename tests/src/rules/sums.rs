//! R6 to R9: sums, and how they become elements.

use bitneural_core::error::ErrorKind;
use bitneural_core::network::Channel;
use bitneural_core::quantize::bounds::{Bounds, of_trits};
use bitneural_core::quantize::requant::{Constants, RealChannel, Shared, constants};
use serde::Deserialize;

use super::Session;
use super::formats::dense_op;
use crate::runners::implementation::{Requantize, one_channel};
use crate::spec::raw::Raw;
use crate::spec::{Dense, Element, Op};
use crate::tally::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accumulator {
    weights: Vec<i64>,
    negative_scale: bool,
    input: Vec<i32>,
    accumulator: i32,
    weight_sum: i64,
    acc_low: i64,
    acc_high: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requantized {
    pre_shift: u8,
    bias: i32,
    multiplier: i32,
    shift: u8,
    low: i16,
    high: i16,
    accumulators: Vec<i64>,
    codes: Vec<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    input_scale: f64,
    output_scale: f64,
    input_zero_point: i32,
    output_zero_point: i32,
    low: i32,
    high: i32,
    a: Vec<f64>,
    b: Vec<f64>,
    weight_sum: Vec<i64>,
    acc_low: Vec<i64>,
    acc_high: Vec<i64>,
    pre_shift: Option<u32>,
    shift: Option<u32>,
    multiplier: Option<Vec<i32>>,
    bias: Option<Vec<i32>>,
    constant: Option<Vec<bool>>,
    error: Option<String>,
}

impl Session {
    pub(super) fn accumulator(&mut self, case: &Raw) {
        let given: Accumulator = case.read();
        if given.weights.iter().any(|w| !(-1..=1).contains(w)) {
            self.tally
                .excuse(&case.name, "the compiler has no `int8` weights yet");
            return;
        }
        let trits: Vec<i8> = given
            .weights
            .iter()
            .map(|&w| i8::try_from(w).expect("a trit"))
            .collect();
        let scale = if given.negative_scale { -1.0 } else { 1.0 };
        let flipped = dense_op(&trits, scale, 0.0).trits;
        let Bounds {
            low,
            high,
            weight_sum,
        } = of_trits(&flipped);
        let expected = [given.acc_low, given.acc_high, given.weight_sum];
        self.compiler(case, "lo, hi and W", &expected, &[low, high, weight_sum]);

        // 4·acc · 2^30 >> 32: the sum itself.
        let text = flipped.iter().map(|trit| match trit {
            -1 => '-',
            0 => '0',
            _ => '+',
        });
        let op = Op::Dense(Dense {
            inputs: trits.len(),
            outputs: 1,
            element: Element::I16,
            pre_shift: 2,
            shift: 0,
            low: i16::MIN,
            high: i16::MAX,
            multiplier: vec![1 << 30],
            bias: vec![0],
            trits: vec![text.collect()],
        });
        self.all_ways(
            &case.rule,
            &case.name,
            &op,
            &given.input,
            &[given.accumulator],
        );
    }

    pub(super) fn requantize(&mut self, case: &Raw) {
        let Requantized {
            pre_shift,
            bias,
            multiplier,
            shift,
            low,
            high,
            accumulators,
            codes,
        } = case.read();
        let constants = Requantize {
            pre_shift,
            bias,
            multiplier,
            shift,
            low,
            high,
        };
        assert_eq!(accumulators.len(), codes.len(), "{}", case.name);
        for (&accumulator, &code) in accumulators.iter().zip(&codes) {
            let (op, input) = one_channel(&constants, accumulator);
            let place = format!("{}, acc = {accumulator}", case.name);
            self.all_ways(&case.rule, &place, &op, &input, &[code]);
        }
        let place = Place {
            subject: &case.rule,
            case: &case.name,
        };
        for implementation in &mut self.implementations {
            if let Some(found) = implementation.requantize(&constants, &accumulators) {
                let name = format!("{} on its own", implementation.name());
                self.tally.same(place, &name, &codes, &found);
            }
        }
    }

    pub(super) fn constants(&mut self, case: &Raw) {
        let given: Chosen = case.read();
        let shared = Shared {
            input_scale: given.input_scale,
            input_zero_point: given.input_zero_point,
            output_scale: given.output_scale,
            output_zero_point: given.output_zero_point,
            low: given.low,
            high: given.high,
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
        match (constants(&shared, &channels), given.error) {
            (Ok(found), None) => {
                let Constants { requant, constant } = found;
                let shifts = [given.pre_shift, given.shift];
                self.compiler(
                    case,
                    "P and S",
                    &shifts,
                    &[Some(requant.pre_shift), Some(requant.shift)],
                );
                self.compiler(
                    case,
                    "ends",
                    &[given.low, given.high],
                    &[requant.low, requant.high],
                );
                let list =
                    |of: fn(&Channel) -> i32| requant.channels.iter().map(of).collect::<Vec<_>>();
                let multiplier = given.multiplier.expect("a result");
                self.compiler(case, "m", &multiplier, &list(|channel| channel.multiplier));
                self.compiler(
                    case,
                    "B",
                    &given.bias.expect("a result"),
                    &list(|channel| channel.bias),
                );
                self.compiler(
                    case,
                    "constant",
                    &given.constant.expect("a result"),
                    &constant,
                );
            }
            (found, expected) => {
                let found = found.err().map(refusal);
                self.compiler(case, "error", &[expected], &[found]);
            }
        }
    }
}

/// The words of R8 for its refusals.
fn refusal(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::SumTooWide => "sum too wide for 32 bits".to_owned(),
        ErrorKind::ScaleTooFine { .. } => "output scale too fine for its input".to_owned(),
        ErrorKind::ScalesTooFarApart { .. } => "channel scales too far apart".to_owned(),
        other => other.to_string(),
    }
}
