//! R6 to R9: sums, and how they become elements.

use bitneural_core::network::Channel;
use bitneural_core::quantize::bounds::{Bounds, of_weights};
use bitneural_core::quantize::requant::{Constants, RealChannel, Shared, constants};
use bitneural_core::ternarize::Precision;
use serde::Deserialize;

use super::Session;
use super::graphs::{dense, dense_graph, dense_op, refusal};
use crate::runners::implementation::{Requantize, one_channel};
use crate::runners::reference::core;
use crate::spec::Element;
use crate::spec::op::{Dense, Epilogue, Op, Weights};
use crate::spec::raw::Raw;
use crate::tally::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accumulator {
    weights: Vec<i8>,
    negative_scale: bool,
    bits: Option<u32>,
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
        let is_int8 = given.weights.iter().any(|w| !(-1..=1).contains(w));
        let precision = if is_int8 {
            Precision::Int8
        } else {
            Precision::Ternary
        };
        let scale = if given.negative_scale { -1.0 } else { 1.0 };
        let reads = if given.bits == Some(16) {
            Element::U16
        } else {
            Element::U8
        };
        let graph = dense_graph(dense(&given.weights, precision, scale, 0.0));
        let flipped = dense_op(&graph).weights;
        let Bounds {
            low,
            high,
            weight_sum,
        } = of_weights(&flipped, core(reads));
        let expected = [given.acc_low, given.acc_high, given.weight_sum];
        self.compiler(case, "lo, hi and W", &expected, &[low, high, weight_sum]);

        // 4·acc · 2^30 >> 32: the sum itself.
        let op = Op::Dense(Dense {
            reads,
            inputs: flipped.len(),
            weights: Weights {
                rows: vec![flipped],
                is_int8,
            },
            epilogue: Epilogue {
                element: Element::I16,
                pre_shift: 2,
                shift: 0,
                low: i16::MIN,
                high: i16::MAX,
                multiplier: vec![1 << 30],
                bias: vec![0],
                leaky: None,
            },
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
            negative: None,
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
        self.on_their_own(place, &constants, &accumulators, &codes);
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
                let found = found.err().map(|kind| refusal(&kind));
                self.compiler(case, "error", &[expected], &[found]);
            }
        }
    }
}
