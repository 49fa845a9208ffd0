//! Small graphs, for the rules that the compiler has as a part of a stage.

use bitneural_core::error::{ErrorKind, Errors};
use bitneural_core::graph::{
    Clamp, Dense, Graph, LayerName, Linear, Node, NodeKind, Pool, PoolMode, Quantized, Value,
    Weights,
};
use bitneural_core::ids::{LayerId, ValueId};
use bitneural_core::network::{self, Network, OpKind};
use bitneural_core::quantize::quantize;
use bitneural_core::shape::{Shape, Window};
use bitneural_core::source::{RangeKind, RecordedRange};
use bitneural_core::ternarize::Precision;

use crate::runners::reference::interface;

/// Nodes of which each reads what the one before it yields.
pub(super) fn chain(values: Vec<Value>, kinds: Vec<NodeKind>) -> Graph {
    assert_eq!(values.len(), kinds.len() + 1);
    let (first, last) = (&values[0].shape, &values[kinds.len()].shape);
    let mut interface = interface(first.elements(), last.elements());
    (interface.inputs[0].shape, interface.outputs[0].shape) = (first.clone(), last.clone());
    let nodes = kinds.into_iter().enumerate().map(|(index, kind)| Node {
        layer: LayerId(0),
        inputs: vec![ValueId::from(index)],
        output: ValueId::from(index + 1),
        kind,
    });
    let nodes: Vec<Node> = nodes.collect();
    Graph {
        interface,
        layers: vec![LayerName {
            id: "layer".to_owned(),
            kind: "dense",
        }],
        inputs: vec![ValueId(0)],
        outputs: vec![ValueId::from(nodes.len())],
        values,
        nodes,
    }
}

/// A dense node of one output.
pub(super) fn dense(weights: &[i8], precision: Precision, scale: f64, bias: f64) -> Dense {
    Dense {
        inputs: weights.len(),
        outputs: 1,
        linear: Linear {
            weights: Weights::Quantized(Quantized {
                values: weights.to_vec(),
                scales: vec![scale],
                precision,
            }),
            bias: vec![bias],
            clamp: Clamp::NONE,
        },
    }
}

/// Something that reads an image of these positions, so that what yields it does not end the network.
pub(super) fn reader(positions: [usize; 2]) -> NodeKind {
    NodeKind::Pool(Pool {
        window: Window::point(positions),
        mode: PoolMode::Max,
    })
}

/// A value of recorded scale and zero point.
pub(super) fn value(shape: Shape, scale: f64, zero_point: i32) -> Value {
    ranged(
        shape,
        RecordedRange {
            low: 0.0,
            high: 1.0,
            kind: RangeKind::Declared,
            fixed: Some((scale, zero_point)),
        },
    )
}

/// A value that is stored in steps of that scale if it is wide (R12).
pub(super) fn wide_value(shape: Shape, scale: f64) -> Value {
    // s = 2·max/32767.
    let most = 32767.0 / 2.0 * scale;
    let kind = RangeKind::Observed { samples: 1 };
    ranged(shape, observed([-most, most], kind))
}

/// A range as a file records it.
pub(super) fn observed([low, high]: [f64; 2], kind: RangeKind) -> RecordedRange {
    RecordedRange {
        low,
        high,
        kind,
        fixed: None,
    }
}

/// A value of recorded range.
pub(super) fn ranged(shape: Shape, range: RecordedRange) -> Value {
    Value {
        shape,
        range: Some(range),
        range_field: "range",
        layer: None,
    }
}

/// The scale of what [`dense_op`] yields.
pub(super) const DENSE_OP_SCALE: f64 = 0.5;

/// A graph of one dense node: codes of scale 1 and zero point 0 go in, wide values of scale 1/2 come out.
pub(super) fn dense_graph(dense: Dense) -> Graph {
    let input = value(Shape::flat(dense.inputs), 1.0, 0);
    let output = wide_value(Shape::flat(1), DENSE_OP_SCALE);
    chain(vec![input, output], vec![NodeKind::Dense(dense)])
}

/// What the compiler makes of the first node of a graph, which is dense.
pub(super) fn dense_op(graph: &Graph) -> network::Dense {
    match &integers(graph).ops[0].kind {
        OpKind::Dense(dense) => dense.clone(),
        other => panic!("a dense op, not {other:?}"),
    }
}

pub(super) fn integers(graph: &Graph) -> Network {
    quantize(graph).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The words of R8 and of the section on windows for the first problem.
pub(super) fn refusal_of(errors: &Errors) -> String {
    let first = errors.iter().next().expect("a problem");
    refusal(&first.kind)
}

/// The words of R8 and of the section on windows for refusals.
pub(super) fn refusal(kind: &ErrorKind) -> String {
    match kind {
        // R8's refusal too; the compiler tells what it comes from.
        ErrorKind::SumTooWide | ErrorKind::OutputTooCoarse { .. } => {
            "sum too wide for 32 bits".to_owned()
        }
        ErrorKind::ScaleTooFine { .. } => "output scale too fine for its input".to_owned(),
        ErrorKind::ScalesTooFarApart { .. } => "channel scales too far apart".to_owned(),
        ErrorKind::DoesNotCompose { .. } => "window larger than its input".to_owned(),
        // "2, which leaves a window without a tap inside its image"
        ErrorKind::InvalidField { field, found, .. } if field == "padding" => {
            let words = found.split_once("leaves a ");
            words.map_or_else(|| found.clone(), |(_, words)| words.to_owned())
        }
        other => other.to_string(),
    }
}
