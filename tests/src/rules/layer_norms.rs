//! R22: layer norm.

use bitneural_core::graph::{Clamp, LayerNorm, NodeKind};
use bitneural_core::network::OpKind;
use bitneural_core::quantize::quantize;
use bitneural_core::reference::integer::norm::steps;
use bitneural_core::shape::Shape;
use serde::Deserialize;

use super::Session;
use super::graphs::{chain, reader, refusal_of, value};
use crate::spec::Element;
use crate::spec::op::{self, Epilogue, Op};
use crate::spec::raw::Raw;
use crate::tally::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    input: Vec<i32>,
    input_scale: f64,
    epsilon: f64,
    gamma: Vec<f64>,
    beta: Vec<f64>,
    output_scale: f64,
    output_zero_point: i32,
    low: i32,
    high: i32,
    a: Option<u32>,
    epsilon_code: Option<u32>,
    sum: Option<i64>,
    squares: Option<i64>,
    v: Option<i64>,
    j: Option<i64>,
    root: Option<i64>,
    reciprocal: Option<i64>,
    normalized: Option<Vec<i64>>,
    signs: Option<Vec<i8>>,
    pre_shift: Option<u8>,
    shift: Option<u8>,
    multiplier: Option<Vec<i32>>,
    bias: Option<Vec<i32>>,
    codes: Option<Vec<i32>>,
    error: Option<String>,
}

impl Session {
    /// A layer norm of one position, read by something that does not compute.
    pub(super) fn layer_norm(&mut self, case: &Raw) {
        let given: Position = case.read();
        let channels = given.input.len();
        let shape = || Shape(vec![1, 1, channels]);
        let output = (given.output_scale, given.output_zero_point);
        let clamp = if given.low > 0 {
            assert_eq!(given.low, output.1, "{}: a relu", case.name);
            Clamp::Clip(0.0, f64::INFINITY)
        } else {
            Clamp::NONE
        };
        let norm = LayerNorm {
            epsilon: given.epsilon,
            gamma: given.gamma.clone(),
            beta: given.beta.clone(),
            clamp,
        };
        let input = value(shape(), given.input_scale, 0);
        let output = value(shape(), output.0, output.1);
        let values = vec![input, output.clone(), output];
        let graph = chain(values, vec![NodeKind::LayerNorm(norm), reader([1, 1])]);
        let found = match (quantize(&graph), &given.error) {
            (Ok(found), None) => found,
            (found, expected) => {
                let found = found.as_ref().err().map(refusal_of);
                self.compiler(case, "error", &[expected], &[&found]);
                return;
            }
        };
        let OpKind::LayerNorm(found) = &found.ops[0].kind else {
            panic!("a layer norm, not {:?}", found.ops[0].kind)
        };
        let constants = [given.a, given.epsilon_code];
        self.compiler(
            case,
            "a and E",
            &constants,
            &[Some(found.lift), Some(found.epsilon)],
        );
        let signs = given.signs.as_ref().expect("a result");
        self.compiler(case, "signs", signs, &found.signs);
        let requant = &found.requant;
        let shifts = [given.pre_shift, given.shift].map(|shift| shift.map(u32::from));
        let found_shifts = [requant.pre_shift, requant.shift].map(Some);
        self.compiler(case, "P and S", &shifts, &found_shifts);
        let ends = [requant.low, requant.high];
        self.compiler(case, "ends", &[given.low, given.high], &ends);
        let multiplier: Vec<i32> = requant.channels.iter().map(|c| c.multiplier).collect();
        let bias: Vec<i32> = requant.channels.iter().map(|c| c.bias).collect();
        self.compiler(
            case,
            "m",
            given.multiplier.as_ref().expect("a result"),
            &multiplier,
        );
        self.compiler(case, "B", given.bias.as_ref().expect("a result"), &bias);

        let by_reference = steps(found, &given.input);
        let expected = [
            given.sum,
            given.squares,
            given.v,
            given.j,
            given.root,
            given.reciprocal,
        ];
        let place = format!("{}, steps", case.name);
        let place = Place {
            subject: &case.rule,
            case: &place,
        };
        let numbers = [
            by_reference.sum,
            by_reference.squares,
            by_reference.v,
            by_reference.j.into(),
            by_reference.root,
            by_reference.reciprocal,
        ];
        self.tally
            .same(place, "reference", &expected, &numbers.map(Some));

        let codes = given.codes.as_ref().expect("a result");
        let op = |epilogue: Epilogue, signs: &[i8]| {
            Op::LayerNorm(op::LayerNorm {
                channels,
                lift: u8::try_from(found.lift).expect("at most 8"),
                epsilon: found.epsilon,
                signs: signs.to_vec(),
                epilogue,
            })
        };
        let epilogue = Epilogue {
            element: Element::U8,
            pre_shift: given.pre_shift.expect("a result"),
            shift: given.shift.expect("a result"),
            low: i16::try_from(given.low).expect("a code"),
            high: i16::try_from(given.high).expect("a code"),
            multiplier,
            bias,
            leaky: None,
        };
        let place = format!("{}, codes", case.name);
        let whole = op(epilogue, signs);
        self.all_ways(&case.rule, &place, &whole, &given.input, codes);

        // A quarter of 4·ẑ + B: 128 where ẑ is the expected value, of either sign.
        let normalized = given.normalized.as_ref().expect("a result");
        for sign in [1, -1] {
            let bias = normalized.iter().map(|z| {
                i32::try_from(4 * (128 - i64::from(sign) * z)).expect("at most 94,208 and a little")
            });
            let epilogue = Epilogue {
                element: Element::U8,
                pre_shift: 2,
                shift: 0,
                low: 0,
                high: 255,
                multiplier: vec![1 << 30; channels],
                bias: bias.collect(),
                leaky: None,
            };
            let place = format!("{}, normalized", case.name);
            let middle = vec![128; channels];
            let bare = op(epilogue, &vec![sign; channels]);
            self.all_ways(&case.rule, &place, &bare, &given.input, &middle);
        }
    }
}
