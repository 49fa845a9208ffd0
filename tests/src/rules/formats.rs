//! R3, R12, R4, R5 and R10: what elements stand for, at the edge of a network and behind its ops.

use bitneural_core::graph::{
    Activation, Clamp, Dense, Graph, LayerName, Node, NodeKind, Value, Weights,
};
use bitneural_core::ids::{LayerId, ValueId};
use bitneural_core::network::{self, Network, OpKind};
use bitneural_core::quantize::{quantize, ranges};
use bitneural_core::shape::Shape;
use bitneural_core::source::{RangeKind, RecordedRange};
use bitneural_core::ternarize::Ternary;
use serde::Deserialize;

use super::{Bits, Session};
use crate::runners::reference::interface;
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
    #[serde(rename = "ends")]
    _ends: Option<[f64; 2]>,
    low: i32,
    high: i32,
}

impl Session {
    pub(super) fn ranges(&mut self, case: &Raw) {
        let given: Range = case.read();
        let missing = [
            (given.bits == 16, "the compiler has no 16-bit inputs yet"),
            (
                given.useful.is_some(),
                "the compiler has no table with a useful interval yet",
            ),
            (given.cap.is_some(), "the compiler has no relu6 yet"),
        ];
        if let Some((_, reason)) = missing.iter().find(|(is_so, _)| *is_so) {
            self.tally.excuse(&case.name, reason);
            return;
        }
        let kind = match (given.declared, given.samples) {
            (true, None) => RangeKind::Declared,
            (false, Some(samples)) => RangeKind::Observed { samples },
            _ => panic!("{}: samples are for observed ranges", case.name),
        };
        let [low, high] = given.range;
        let found = ranges::code(&RecordedRange {
            low,
            high,
            kind,
            fixed: None,
        });
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
        let [low, high] = given.range;
        let kind = RangeKind::Observed { samples: 1 };
        let found = ranges::wide(&RecordedRange {
            low,
            high,
            kind,
            fixed: None,
        });
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
        if given.bits == 16 {
            self.tally
                .excuse(&case.name, "the compiler has no 16-bit inputs yet");
            return;
        }
        let mut graph = Graph {
            interface: interface(given.mean.len(), given.mean.len()),
            layers: Vec::new(),
            values: vec![value(given.mean.len(), given.scale, given.zero_point)],
            nodes: Vec::new(),
            input: ValueId(0),
            output: ValueId(0),
        };
        (graph.interface.mean, graph.interface.std) = (given.mean, given.std);
        let constants = integers(&graph).quantize_input;
        let bits = |list: &[Bits]| list.iter().map(|bits| bits.0).collect::<Vec<_>>();
        let factors: Vec<u32> = constants
            .iter()
            .map(|channel| channel.factor.to_bits())
            .collect();
        let offsets: Vec<i32> = constants.iter().map(|channel| channel.offset).collect();
        self.compiler(case, "k", &bits(&given.factor), &factors);
        self.compiler(case, "b", &given.offset, &offsets);

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
            let found = implementation.codes(&channels, &input);
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
        let clamp = match given.activation.as_str() {
            "none" => Clamp::None,
            "relu" => Clamp::Relu,
            "relu6" | "clip" => {
                self.tally
                    .excuse(&case.name, "the compiler fuses no clamp but relu yet");
                return;
            }
            other => panic!("{}: R10 has no {other}", case.name),
        };
        let mut graph = dense_graph(&[1], 1.0, 0.0);
        if let NodeKind::Dense(dense) = &mut graph.nodes[0].kind {
            dense.clamp = clamp;
        }
        // A dense layer that something reads writes codes; one that nothing reads is wide.
        if given.element == Element::U8 {
            graph.values[1] = value(1, given.scale, given.zero_point);
            graph.values.push(value(1, 1.0, 0));
            graph
                .nodes
                .push(node(1, NodeKind::Activation(Activation::Relu)));
            graph.output = ValueId(2);
        }
        let network = integers(&graph);
        let tensor = &network.tensors[1];
        let expected = given.element == Element::U8;
        assert_eq!(
            tensor.element == network::Element::U8,
            expected,
            "{}",
            case.name
        );
        let OpKind::Dense(dense) = &network.ops[0].kind else {
            panic!("a dense op")
        };
        let found = [dense.requant.low, dense.requant.high];
        self.compiler(case, "ends", &[given.low, given.high], &found);
    }
}

/// The dense op that the compiler makes of one row of trits; codes of scale 1 and zero point 0 go in,
/// wide values of scale 1/2 come out.
pub(super) fn dense_op(trits: &[i8], scale: f64, bias: f64) -> network::Dense {
    let network = integers(&dense_graph(trits, scale, bias));
    match &network.ops[0].kind {
        OpKind::Dense(dense) => dense.clone(),
        other => panic!("a dense op, not {other:?}"),
    }
}

/// The scale of what [`dense_op`] yields.
pub(super) const DENSE_OP_SCALE: f64 = 0.5;

fn dense_graph(trits: &[i8], scale: f64, bias: f64) -> Graph {
    let dense = Dense {
        inputs: trits.len(),
        outputs: 1,
        weights: Weights::Ternary(Ternary {
            trits: trits.to_vec(),
            scales: vec![scale],
        }),
        bias: vec![bias],
        clamp: Clamp::None,
    };
    // R12: s = 2·max/32767.
    let most = 32767.0 / 2.0 * DENSE_OP_SCALE;
    let output = Value {
        range: Some(RecordedRange {
            low: -most,
            high: most,
            kind: RangeKind::Observed { samples: 1 },
            fixed: None,
        }),
        ..value(1, 1.0, 0)
    };
    Graph {
        interface: interface(trits.len(), 1),
        layers: vec![LayerName {
            id: "dense".to_owned(),
            kind: "dense",
        }],
        values: vec![value(trits.len(), 1.0, 0), output],
        nodes: vec![node(0, NodeKind::Dense(dense))],
        input: ValueId(0),
        output: ValueId(1),
    }
}

/// A node that reads the value `input` and yields the next one.
fn node(input: u32, kind: NodeKind) -> Node {
    Node {
        layer: LayerId(0),
        input: ValueId(input),
        output: ValueId(input + 1),
        kind,
    }
}

/// A value of recorded scale and zero point.
fn value(elements: usize, scale: f64, zero_point: i32) -> Value {
    Value {
        shape: Shape::flat(elements),
        range: Some(RecordedRange {
            low: 0.0,
            high: 1.0,
            kind: RangeKind::Declared,
            fixed: Some((scale, zero_point)),
        }),
        layer: None,
    }
}

fn integers(graph: &Graph) -> Network {
    quantize(graph).unwrap_or_else(|errors| panic!("{errors}"))
}
