//! R17 and R18: the largest code and the mean.

use bitneural_core::graph::{Clamp, NodeKind, Pool, PoolMode};
use bitneural_core::network::OpKind;
use bitneural_core::quantize::pool::average_constants;
use bitneural_core::quantize::requant::Shared;
use bitneural_core::shape::Shape;
use serde::Deserialize;

use super::Session;
use super::graphs::{chain, integers, refusal, value};
use crate::runners::reference;
use crate::spec::Element;
use crate::spec::op::{AveragePool, Epilogue, MaxPool, Op, Window};
use crate::spec::raw::Raw;
use crate::tally::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Largest {
    input: Vec<i32>,
    code: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Average {
    input_scale: f64,
    output_scale: f64,
    input_zero_point: i32,
    output_zero_point: i32,
    low: i32,
    high: i32,
    counts: Vec<u16>,
    sums: Vec<Vec<i32>>,
    pre_shift: Option<u32>,
    shift: Option<u32>,
    multiplier: Option<Vec<i32>>,
    bias: Option<Vec<i32>>,
    codes: Option<Vec<Vec<i32>>>,
    error: Option<String>,
}

impl Session {
    /// The numbers of taps that count, as the compiler finds them from the window.
    pub(super) fn counts(&mut self, case: &str, op: &AveragePool) {
        let window = reference::window(&op.window);
        let image = |[height, width]: [usize; 2]| Shape(vec![height, width, op.channels]);
        let values = [window.input, window.output].map(|size| value(image(size), 1.0, 0));
        let pool = NodeKind::Pool(Pool {
            window,
            mode: PoolMode::Average {
                count_padding: op.count_padding,
                clamp: Clamp::NONE,
            },
        });
        let network = integers(&chain(values.into(), vec![pool]));
        let OpKind::AveragePool(found) = &network.ops[0].kind else {
            panic!("an average pool, not {:?}", network.ops[0].kind)
        };
        let expected: Vec<usize> = op.counts.iter().map(|&n| n.into()).collect();
        let place = Place {
            subject: "average_pool",
            case,
        };
        self.tally.same(place, "compiler", &expected, &found.counts);
    }

    /// Over a window as large as the image, and over one that reaches beyond it on both sides.
    pub(super) fn max_pool(&mut self, case: &Raw) {
        let given: Largest = case.read();
        let taps = u16::try_from(given.input.len()).expect("a few codes");
        for padding in [0, 1] {
            let op = Op::MaxPool(MaxPool {
                window: Window::row(taps, taps + 2 * padding, padding),
                channels: 1,
            });
            let place = format!("{}, {padding} on each side", case.name);
            self.all_ways(&case.rule, &place, &op, &given.input, &[given.code]);
        }
    }

    pub(super) fn average_pool(&mut self, case: &Raw) {
        let given: Average = case.read();
        let shared = Shared {
            input_scale: given.input_scale,
            input_zero_point: given.input_zero_point,
            output_scale: given.output_scale,
            output_zero_point: given.output_zero_point,
            low: given.low,
            high: given.high,
        };
        let counts: Vec<usize> = given.counts.iter().map(|&n| n.into()).collect();
        let requant = match (average_constants(&shared, &counts), &given.error) {
            (Ok(found), None) => found,
            (found, expected) => {
                let found = found.err().map(|kind| refusal(&kind));
                self.compiler(case, "error", &[expected], &[&found]);
                return;
            }
        };
        let shifts = [given.pre_shift, given.shift];
        let found = [requant.pre_shift, requant.shift].map(Some);
        self.compiler(case, "P and S", &shifts, &found);
        let ends = [requant.low, requant.high];
        self.compiler(case, "ends", &[given.low, given.high], &ends);
        let multiplier: Vec<i32> = requant.channels.iter().map(|c| c.multiplier).collect();
        let bias: Vec<i32> = requant.channels.iter().map(|c| c.bias).collect();
        self.compiler(case, "m", &given.multiplier.expect("a result"), &multiplier);
        self.compiler(case, "B", &given.bias.expect("a result"), &bias);

        let is_code = given.low >= 0 && given.high <= 255;
        let epilogue = Epilogue {
            element: if is_code { Element::U8 } else { Element::I16 },
            pre_shift: u8::try_from(requant.pre_shift).expect("at most 16"),
            shift: u8::try_from(requant.shift).expect("at most 31"),
            low: i16::try_from(requant.low).expect("an element"),
            high: i16::try_from(requant.high).expect("an element"),
            multiplier,
            bias,
            leaky: None,
        };
        let codes = given.codes.expect("a result");
        assert_eq!(codes.len(), given.counts.len(), "{}", case.name);
        for ((&n, sums), codes) in given.counts.iter().zip(&given.sums).zip(&codes) {
            assert_eq!(sums.len(), codes.len(), "{}", case.name);
            let op = Op::AveragePool(AveragePool {
                window: Window::row(n, n, 0),
                channels: 1,
                padding: u8::try_from(given.input_zero_point).expect("a code"),
                count_padding: false,
                counts: given.counts.clone(),
                epilogue: epilogue.clone(),
            });
            for (&sum, &code) in sums.iter().zip(codes) {
                let place = format!("{}, {n} taps, sum {sum}", case.name);
                let input = (0..n).map(|index| (sum - 255 * i32::from(index)).clamp(0, 255));
                let input: Vec<i32> = input.collect();
                assert_eq!(input.iter().sum::<i32>(), sum, "{place}");
                self.all_ways(&case.rule, &place, &op, &input, &[code]);
            }
        }
    }
}
