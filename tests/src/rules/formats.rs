//! R3, R12, R4, R5 and R10: what elements stand for, at the edge of a network and behind its ops.

use bitneural_core::function::{Function, Relu};
use bitneural_core::graph::{Activation, Clamp, Graph, NodeKind, Value};
use bitneural_core::network::{self, OpKind};
use bitneural_core::passes;
use bitneural_core::quantize::ranges::{self, Limits};
use bitneural_core::shape::Shape;
use bitneural_core::source::{RangeKind, RecordedRange};
use bitneural_core::ternarize::Precision;
use serde::Deserialize;

use super::functions::named;
use super::graphs::{chain, dense, integers, observed, ranged, reader, value, wide_value};
use super::{Bits, Session};
use crate::spec::Element;
use crate::spec::raw::Raw;
use crate::tally::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    declared: bool,
    range: [f64; 2],
    samples: Option<usize>,
    bits: u8,
    useful: Option<[f64; 2]>,
    cap: Option<f64>,
    scale: f64,
    zero_point: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixed {
    function: String,
    scale: f64,
    zero_point: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WideRange {
    range: [f64; 2],
    scale: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    mean: Vec<f64>,
    std: Vec<f64>,
    scale: f64,
    zero_point: i32,
    bits: u8,
    input: Vec<Bits>,
    factor: Vec<Bits>,
    offset: Vec<i32>,
    codes: Vec<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Output {
    scale: f64,
    zero_point: i32,
    element: Element,
    codes: Vec<i32>,
    factor: Bits,
    output: Vec<Bits>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clamped {
    activation: String,
    scale: f64,
    zero_point: i32,
    element: Element,
    ends: Option<[f64; 2]>,
    max_value: Option<f64>,
    low: i32,
    high: i32,
}

impl Session {
    pub(super) fn ranges(&mut self, case: &Raw) {
        let given: Range = case.read();
        let element = if given.bits == 16 {
            network::Element::U16
        } else {
            network::Element::U8
        };
        let kind = match (given.declared, given.samples) {
            (true, None) => RangeKind::Declared,
            (false, Some(samples)) => RangeKind::Observed { samples },
            _ => panic!("{}: samples are for observed ranges", case.name),
        };
        let range = observed(given.range, kind);
        let (scale, zero_point) = match (given.cap, given.useful) {
            (None, None) => {
                let found = ranges::code(&range, Limits::default(), element);
                (found.scale, found.zero_point)
            }
            // What a table of such a function reads.
            (None, Some([low, high])) => {
                let graph = in_front_of(with_useful_interval((low, high)), range);
                let network = integers(&graph);
                let found = network.tensor(network.ops[0].output);
                (found.scale, found.zero_point)
            }
            (Some(_), Some(_)) => panic!("{}: either of the two", case.name),
            // What a relu with this maximum yields, for something behind it.
            (Some(cap), None) => {
                let relu = relu_to(cap);
                let graph = dense_and(Some(relu), ranged(Shape::flat(1), range), true);
                let network = integers(&graph);
                let found = network.tensor(network.ops[0].output);
                (found.scale, found.zero_point)
            }
        };
        self.compiler(case, "scale", &[given.scale.to_bits()], &[scale.to_bits()]);
        self.compiler(case, "zero point", &[given.zero_point], &[zero_point]);
    }

    pub(super) fn fixed_format(&mut self, case: &Raw) {
        let given: Fixed = case.read();
        let range = observed([-1.0, 1.0], RangeKind::Observed { samples: 1 });
        let network = integers(&in_front_of(named(&given.function), range));
        let found = network.tensor(network.ops[1].output);
        self.compiler(
            case,
            "scale",
            &[given.scale.to_bits()],
            &[found.scale.to_bits()],
        );
        self.compiler(case, "zero point", &[given.zero_point], &[found.zero_point]);
    }

    pub(super) fn wide_range(&mut self, case: &Raw) {
        let given: WideRange = case.read();
        let kind = RangeKind::Observed { samples: 1 };
        let found = ranges::wide(&observed(given.range, kind));
        self.compiler(
            case,
            "scale",
            &[given.scale.to_bits()],
            &[found.scale.to_bits()],
        );
        self.compiler(case, "zero point", &[0], &[found.zero_point]);
    }

    pub(super) fn input(&mut self, case: &Raw) {
        let given: Input = case.read();
        let is_wide = given.bits == 16;
        let shape = Shape::flat(given.mean.len());
        let input = value(shape, given.scale, given.zero_point);
        let mut graph = chain(vec![input], Vec::new());
        (
            graph.interface.inputs[0].mean,
            graph.interface.inputs[0].std,
        ) = (given.mean, given.std);
        graph.interface.inputs[0].is_wide = is_wide;
        let constants = integers(&graph).quantize_inputs.concat();
        let bits = |list: &[Bits]| list.iter().map(|bits| bits.0).collect::<Vec<_>>();
        let factors: Vec<u32> = constants
            .iter()
            .map(|channel| channel.factor.to_bits())
            .collect();
        let offsets: Vec<i32> = constants.iter().map(|channel| channel.offset).collect();
        self.compiler(case, "k", &bits(&given.factor), &factors);
        self.compiler(case, "b", &given.offset, &offsets);

        let element = if is_wide { Element::U16 } else { Element::U8 };
        let factors = given.factor.iter().map(|bits| f32::from_bits(bits.0));
        let channels: Vec<(f32, i32)> = factors.zip(given.offset).collect();
        let input: Vec<f32> = given
            .input
            .iter()
            .map(|bits| f32::from_bits(bits.0))
            .collect();
        let place = Place {
            subject: &case.rule,
            case: &case.name,
        };
        for implementation in &mut self.implementations {
            let found = implementation.codes(element, &channels, &input);
            self.tally
                .same(place, implementation.name(), &given.codes, &found);
        }
    }

    pub(super) fn output(&mut self, case: &Raw) {
        let given: Output = case.read();
        // What the compiler puts into the record.
        let factor = given.scale as f32;
        self.compiler(case, "factor", &[given.factor.0], &[factor.to_bits()]);
        let expected: Vec<u32> = given.output.iter().map(|bits| bits.0).collect();
        let place = Place {
            subject: &case.rule,
            case: &case.name,
        };
        for implementation in &mut self.implementations {
            let found =
                implementation.reals(given.element, given.scale, given.zero_point, &given.codes);
            let found: Vec<u32> = found.into_iter().map(f32::to_bits).collect();
            self.tally
                .same(place, implementation.name(), &expected, &found);
        }
    }

    pub(super) fn clamp(&mut self, case: &Raw) {
        let given: Clamped = case.read();
        let relu = |max: f64| Some(relu_to(max));
        let activation = match (given.activation.as_str(), given.max_value, given.ends) {
            ("none" | "clip", None, _) => None,
            ("relu", max, None) => relu(max.unwrap_or(f64::INFINITY)),
            ("relu6", None, None) => relu(6.0),
            other => panic!("{}: R10 has no {other:?}", case.name),
        };
        let is_code = given.element == Element::U8;
        let output = if is_code {
            value(Shape::flat(1), given.scale, given.zero_point)
        } else {
            wide_value(Shape::flat(1), given.scale)
        };
        let mut graph = dense_and(activation, output, is_code);
        // No layer of the compiler has such ends, but the graph has.
        if let ([low, high], NodeKind::Dense(dense)) =
            (given.ends.unwrap_or_default(), &mut graph.nodes[0].kind)
            && given.activation == "clip"
        {
            dense.linear.clamp = Clamp::Clip(low, high);
        }
        let network = integers(&graph);
        let tensor = network.tensor(network.ops[0].output);
        let element = if is_code {
            network::Element::U8
        } else {
            network::Element::I16
        };
        assert_eq!(tensor.element, element, "{}", case.name);
        let OpKind::Dense(dense) = &network.ops[0].kind else {
            panic!("a dense op")
        };
        let found = [dense.requant.low, dense.requant.high];
        self.compiler(case, "ends", &[given.low, given.high], &found);
    }
}

/// A dense node with an activation that the passes have fused into it; what comes out has the range of
/// `output`, and is read by another node or ends the network.
fn dense_and(activation: Option<NodeKind>, output: Value, is_read: bool) -> Graph {
    let input = value(Shape::flat(1), 1.0, 0);
    let mut values = vec![input, output.clone()];
    let mut kinds = vec![NodeKind::Dense(dense(&[1], Precision::Ternary, 1.0, 0.0))];
    if activation.is_some() {
        // Codes recorded in front of an activation would be written, and nothing fused.
        let sums = values[1].range.as_mut().expect("a range");
        sums.fixed = None;
    }
    let more = [activation, is_read.then(|| reader([1, 1]))];
    for kind in more.into_iter().flatten() {
        kinds.push(kind);
        values.push(output.clone());
    }
    let mut graph = chain(values, kinds);
    passes::run(&mut graph).expect("passes");
    assert_eq!(graph.nodes.len(), 1 + usize::from(is_read), "not fused");
    graph
}

/// A relu with that maximum.
fn relu_to(max: f64) -> NodeKind {
    let relu = Relu { max, ..Relu::PLAIN };
    NodeKind::Activation(Activation(vec![Function::Relu(relu)]))
}

/// A function whose input is useful there alone.
fn with_useful_interval(interval: (f64, f64)) -> Function {
    let words = Function::WORDS.iter().map(|(_, function)| *function);
    words
        .chain([Function::HardSigmoid(0.2)])
        .find(|function| function.useful_interval() == Some(interval))
        .unwrap_or_else(|| panic!("no function has the useful interval {interval:?}"))
}

/// A dense node whose value of that range a table of the function reads, with something behind it.
fn in_front_of(function: Function, range: RecordedRange) -> Graph {
    let one = || Shape::flat(1);
    // Behind the table the codes are the function's own: none are recorded.
    let own = ranged(
        one(),
        observed([-1.0, 1.0], RangeKind::Observed { samples: 1 }),
    );
    let values = vec![value(one(), 1.0, 0), ranged(one(), range), own.clone(), own];
    let kinds = vec![
        NodeKind::Dense(dense(&[1], Precision::Ternary, 1.0, 0.0)),
        NodeKind::Activation(Activation(vec![function])),
        reader([1, 1]),
    ];
    chain(values, kinds)
}
