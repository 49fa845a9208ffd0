//! R14, R15 and R16: sums, concats and products.

use bitneural_core::function::{Function as Applied, Relu};
use bitneural_core::graph::{Activation, Clamp, Concat, Elementwise, Function, Graph, NodeKind};
use bitneural_core::ids::ValueId;
use bitneural_core::network::OpKind;
use bitneural_core::quantize::quantize;
use bitneural_core::shape::Shape;
use bitneural_core::source::RangeKind;
use serde::Deserialize;

use super::Session;
use super::graphs::{chain, integers, observed, ranged, reader, refusal_of, value};
use crate::spec::Element;
use crate::spec::op::{Add, Epilogue, Multiply, Op};
use crate::spec::raw::Raw;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    signs: Vec<i32>,
    divisor: usize,
    input_scales: Vec<f64>,
    input_zero_points: Vec<i32>,
    output_scale: f64,
    output_zero_point: i32,
    low: i32,
    high: i32,
    inputs: Vec<Vec<i32>>,
    shift: Option<u8>,
    multipliers: Option<Vec<i32>>,
    bias: Option<i32>,
    codes: Option<Vec<i32>>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Joint {
    ranges: Vec<[f64; 2]>,
    samples: usize,
    union: [f64; 2],
    scale: f64,
    zero_point: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Product {
    first: (f64, i32),
    second: (f64, i32),
    output_scale: f64,
    output_zero_point: i32,
    inputs: Vec<[i32; 2]>,
    pre_shift: Option<u8>,
    shift: Option<u8>,
    multiplier: Option<i32>,
    bias: Option<i32>,
    codes: Option<Vec<i32>>,
    error: Option<String>,
}

/// A graph of one element-wise node over inputs of these formats, read by something that does not compute.
fn joined(formats: &[(f64, i32)], output: (f64, i32), node: Elementwise) -> Graph {
    let one = || Shape(vec![1, 1, 1]);
    let values = [output, output].map(|(scale, zero)| value(one(), scale, zero));
    // The last value of the chain is a copy of the one before it.
    let mut graph = chain(
        [value(one(), formats[0].0, formats[0].1)]
            .into_iter()
            .chain(values)
            .collect(),
        vec![NodeKind::Elementwise(node), reader([1, 1])],
    );
    graph.nodes[0].inputs = add_inputs(&mut graph, formats);
    graph
}

/// Gives a graph of one input so many that each format has one.
fn add_inputs(graph: &mut Graph, formats: &[(f64, i32)]) -> Vec<ValueId> {
    for &(scale, zero) in &formats[1..] {
        graph.inputs.push(ValueId::from(graph.values.len()));
        graph.values.push(value(Shape(vec![1, 1, 1]), scale, zero));
        let input = graph.interface.inputs[0].clone();
        graph.interface.inputs.push(input);
    }
    graph.inputs.clone()
}

impl Session {
    pub(super) fn sum(&mut self, case: &Raw) {
        let given: Sum = case.read();
        let scales = given.input_scales.iter().copied();
        let formats: Vec<(f64, i32)> = scales.zip(given.input_zero_points).collect();
        let function = match (given.divisor, given.signs.as_slice()) {
            (1, [1, -1]) => Some(Function::Subtract),
            (1, signs) if signs.iter().all(|&sign| sign == 1) => Some(Function::Add),
            (n, signs) if n == signs.len() && signs.iter().all(|&sign| sign == 1) => {
                Some(Function::Average)
            }
            // No layer has such signs: only those who have the constants are asked.
            _ => None,
        };
        if let Some(function) = function {
            let output = (given.output_scale, given.output_zero_point);
            // The ends as reals, which R10 makes codes of again.
            let real = |code: i32, end: i32, infinite: f64| {
                if code == end {
                    infinite
                } else {
                    output.0 * f64::from(code - output.1)
                }
            };
            let low = real(given.low, 0, f64::NEG_INFINITY);
            let clamp = Clamp::Clip(low, real(given.high, 255, f64::INFINITY));
            let graph = joined(&formats, output, Elementwise { function, clamp });
            let found = match (quantize(&graph), &given.error) {
                (Ok(found), None) => found,
                (found, expected) => {
                    let found = found.err().as_ref().map(refusal_of);
                    self.compiler(case, "error", &[expected], &[&found]);
                    return;
                }
            };
            let OpKind::Add(found) = &found.ops[0].kind else {
                panic!("a sum, not {:?}", found.ops[0].kind)
            };
            let multipliers = given.multipliers.as_ref().expect("a result");
            self.compiler(case, "m", multipliers, &found.multipliers);
            let expected = [given.bias, given.shift.map(i32::from)];
            let shift = i32::try_from(found.shift).expect("at most 30");
            self.compiler(case, "B and S", &expected, &[found.bias, shift].map(Some));
            let ends = [given.low, given.high];
            self.compiler(case, "ends", &ends, &[found.low, found.high]);
        }
        let code = |end: i32| u8::try_from(end).expect("a code");
        let op = Op::Add(Add {
            lengths: vec![1; formats.len()],
            multipliers: given.multipliers.expect("a result"),
            bias: given.bias.expect("a result"),
            shift: given.shift.expect("a result"),
            low: code(given.low),
            high: code(given.high),
        });
        let codes = given.codes.expect("a result");
        assert_eq!(codes.len(), given.inputs.len(), "{}", case.name);
        for (input, code) in given.inputs.iter().zip(codes) {
            let place = format!("{}, {input:?}", case.name);
            self.all_ways(&case.rule, &place, &op, input, &[code]);
        }
    }

    /// Relus over one input, each with a range, and a concat that alone reads them.
    pub(super) fn concat(&mut self, case: &Raw) {
        let given: Joint = case.read();
        let kind = RangeKind::Observed {
            samples: given.samples,
        };
        let count = given.ranges.len();
        let one = || Shape::flat(1);
        let mut values = vec![value(one(), 1.0, 0)];
        let own = given.ranges.iter();
        values.extend(own.map(|&range| ranged(one(), observed(range, kind))));
        // The codes of the union are to be found: none are recorded.
        let kind = RangeKind::Observed { samples: 1 };
        values.push(ranged(Shape::flat(count), observed([-1.0, 1.0], kind)));
        // The identity, as a table: below no threshold, and without a largest output.
        let identity = NodeKind::Activation(Activation(vec![Applied::Relu(Relu {
            slope: 1.0,
            ..Relu::PLAIN
        })]));
        let mut kinds = vec![identity; count];
        kinds.push(NodeKind::Concat(Concat { rounds: 1 }));
        let mut graph = chain(values, kinds);
        for node in &mut graph.nodes[..count] {
            node.inputs = vec![ValueId(0)];
        }
        graph.nodes[count].inputs = (1..=count).map(ValueId::from).collect();
        let network = integers(&graph);
        for tensor in &network.tensors[1..] {
            self.compiler(case, "scale", &[given.scale], &[tensor.scale]);
            self.compiler(
                case,
                "zero point",
                &[given.zero_point],
                &[tensor.zero_point],
            );
            // What R3 makes of the union as it is.
            let [low, high] = given.union;
            let step = if low == high {
                1.0
            } else {
                (high - low) / 255.0
            };
            self.compiler(case, "union", &[step], &[tensor.scale]);
            let zero = (-low / step + 0.5).floor().clamp(0.0, 255.0) as i32;
            self.compiler(case, "union's zero", &[zero], &[tensor.zero_point]);
        }
        let OpKind::Concat(found) = &network.ops[count].kind else {
            panic!("a concat, not {:?}", network.ops[count].kind)
        };
        self.compiler(case, "copies", &vec![None; count], &found.operands);
    }

    pub(super) fn product(&mut self, case: &Raw) {
        let given: Product = case.read();
        let output = (given.output_scale, given.output_zero_point);
        let node = Elementwise {
            function: Function::Multiply,
            clamp: Clamp::NONE,
        };
        let graph = joined(&[given.first, given.second], output, node);
        let found = match (quantize(&graph), &given.error) {
            (Ok(found), None) => found,
            (found, expected) => {
                let found = found.err().as_ref().map(refusal_of);
                self.compiler(case, "error", &[expected], &[&found]);
                return;
            }
        };
        let OpKind::Multiply(found) = &found.ops[0].kind else {
            panic!("a product, not {:?}", found.ops[0].kind)
        };
        let (pre_shift, shift) = (
            given.pre_shift.expect("a result"),
            given.shift.expect("a result"),
        );
        let shifts = [found.requant.pre_shift, found.requant.shift];
        self.compiler(case, "P and S", &[pre_shift.into(), shift.into()], &shifts);
        let (multiplier, bias) = (
            given.multiplier.expect("a result"),
            given.bias.expect("a result"),
        );
        let channel = found.requant.channels[0];
        let constants = [channel.multiplier, channel.bias];
        self.compiler(case, "m and B", &[multiplier, bias], &constants);
        let zero = |zero: i32| u8::try_from(zero).expect("a code");
        let op = Op::Multiply(Multiply {
            lengths: vec![1, 1],
            zero_points: [zero(given.first.1), zero(given.second.1)],
            epilogue: Epilogue {
                element: Element::U8,
                pre_shift,
                shift,
                low: 0,
                high: 255,
                multiplier: vec![multiplier],
                bias: vec![bias],
                leaky: None,
            },
        });
        let codes = given.codes.expect("a result");
        assert_eq!(codes.len(), given.inputs.len(), "{}", case.name);
        for (input, code) in given.inputs.iter().zip(codes) {
            let place = format!("{}, {input:?}", case.name);
            self.all_ways(&case.rule, &place, &op, input, &[code]);
        }
    }
}
