//! Nodes that read several values: element-wise functions, and values one after the other.

use super::activation;
use super::build::Builder;
use super::linear::Clamp;
use super::{NodeKind, layout};
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::shape::Shape;
use crate::source::layers::Layer;
use crate::source::layers::elementwise as source;
use crate::source::layers::linear::FusedActivation;
use crate::source::limits;

/// A function of values of one shape, element by element; a value of one element a channel is repeated
/// over all positions.
#[derive(Debug, Clone, PartialEq)]
pub struct Elementwise {
    /// The function.
    pub function: Function,
    /// What is fused behind it; a largest or smallest takes nothing.
    pub clamp: Clamp,
}

/// What is made of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Their sum.
    Add,
    /// The first less the second.
    Subtract,
    /// Their mean.
    Average,
    /// The product of two.
    Multiply,
    /// The largest.
    Maximum,
    /// The smallest.
    Minimum,
}

impl Function {
    /// Whether it takes two values and no more.
    pub fn is_of_two(self) -> bool {
        match self {
            Self::Subtract | Self::Multiply => true,
            Self::Add | Self::Average | Self::Maximum | Self::Minimum => false,
        }
    }

    /// Whether it yields one of the values, so that nothing is left to clamp.
    pub fn picks(self) -> bool {
        match self {
            Self::Maximum | Self::Minimum => true,
            Self::Add | Self::Subtract | Self::Average | Self::Multiply => false,
        }
    }
}

/// Values one after the other along an axis: a piece of each in turn, so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concat {
    /// Positions along the axes before that one.
    pub rounds: usize,
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    elementwise: source::Elementwise,
) -> bool {
    let function = match elementwise.function {
        source::Function::Add => Function::Add,
        source::Function::Subtract => Function::Subtract,
        source::Function::Average => Function::Average,
        source::Function::Multiply => Function::Multiply,
        source::Function::Maximum => Function::Maximum,
        source::Function::Minimum => Function::Minimum,
        source::Function::Concat(axis) => return concat(builder, id, layer, axis),
    };
    let Some(shape) = joint(builder, layer, function) else {
        return false;
    };
    if !one_order(builder, layer) {
        return false;
    }
    let clamp = match elementwise.activation {
        FusedActivation::Function(function) => activation::clamp(function, shape.channels()),
        // A softmax is no activation of these types.
        FusedActivation::Linear | FusedActivation::Softmax => None,
    };
    let clamp = clamp.unwrap_or(Clamp::NONE);
    let node = NodeKind::Elementwise(Elementwise { function, clamp });
    builder.push(id, node, shape, layer.range);
    true
}

/// Whether a value has one element for each channel of another of more axes or positions.
fn is_of_channels(small: &Shape, full: &Shape) -> bool {
    let ones = small.0.split_last().is_some_and(|(_, positions)| {
        positions.iter().all(|&axis| axis == 1)
            && (positions.is_empty() || small.rank() == full.rank())
    });
    ones && full.rank() > 1 && small.channels() == full.channels()
}

/// The shape of the largest value, if all others go with it.
fn joint(builder: &mut Builder<'_>, layer: &Layer, function: Function) -> Option<Shape> {
    let shapes: Vec<Shape> = builder.shapes().cloned().collect();
    // The first one of the largest: an error is about one that comes later, or is smaller.
    let size = |shape: &Shape| (shape.elements(), shape.rank());
    let largest = shapes.iter().map(size).max()?;
    let full = shapes.iter().position(|shape| size(shape) == largest)?;
    let repeats = function != Function::Average;
    let fits =
        |shape: &Shape| *shape == shapes[full] || (repeats && is_of_channels(shape, &shapes[full]));
    let Some(other) = shapes.iter().position(|shape| !fits(shape)) else {
        return Some(shapes[full].clone());
    };
    let expected = format!(
        "shape {} as from `{}`",
        shapes[full],
        builder.file.name(layer.inputs[full])
    );
    let (expected, mend) = if repeats && shapes[full].rank() > 1 {
        let channels = shapes[full].channels();
        (
            format!("{expected}, or [{channels}]"),
            "a convolution of one tap changes the number of channels, a pool the positions",
        )
    } else {
        (expected, "all values must have one shape here")
    };
    differ(builder, layer, (full, expected), other, mend);
    None
}

/// Notes that the input `other` does not go with the input `first`.
fn differ(
    builder: &mut Builder<'_>,
    layer: &Layer,
    (first, expected): (usize, String),
    other: usize,
    mend: &'static str,
) {
    let name = |input: usize| builder.file.name(layer.inputs[input]).to_owned();
    let found = builder.shapes().nth(other).cloned();
    let kind = ErrorKind::ShapesDiffer {
        first: name(first),
        expected,
        second: name(other),
        found: found.unwrap_or(Shape(Vec::new())),
        mend,
    };
    builder.problems.push(kind, Location::layer(&layer.id));
}

/// Whether the elements of all values lie in one order: behind channels-first flattens that is so for
/// images of one shape.
fn one_order(builder: &mut Builder<'_>, layer: &Layer) -> bool {
    let orders: Vec<_> = builder.orders().collect();
    if orders.iter().all(|order| *order == orders[0]) {
        return true;
    }
    let kind = ErrorKind::Unsupported {
        option: "behind channels-first flattens of different shapes, the layer type",
        value: layer.kind.name().to_owned(),
        instead: "put it in front of the flattens, or a dense layer behind each of them".to_owned(),
    };
    builder.problems.push(kind, Location::layer(&layer.id));
    false
}

fn concat(builder: &mut Builder<'_>, id: LayerId, layer: &Layer, axis: Option<i64>) -> bool {
    let shapes: Vec<Shape> = builder.shapes().cloned().collect();
    let first = &shapes[0];
    let Some(axis) = axis_of(builder, layer, first.rank(), axis) else {
        return false;
    };
    let fits = |shape: &Shape| {
        shape.rank() == first.rank()
            && (0..first.rank()).all(|other| other == axis || shape.0[other] == first.0[other])
    };
    if let Some(other) = shapes.iter().position(|shape| !fits(shape)) {
        let mut axes: Vec<String> = first.0.iter().map(usize::to_string).collect();
        axes[axis] = "…".to_owned();
        let name = builder.file.name(layer.inputs[0]);
        let expected = format!("shape [{}] as from `{name}`", axes.join(", "));
        let mend = "values that are put together may differ along that axis alone";
        differ(builder, layer, (0, expected), other, mend);
        return false;
    }
    if builder.orders().any(|order| order.is_some()) {
        let kind = ErrorKind::Unsupported {
            option: "behind a channels-first flatten, the layer type",
            value: "concat".to_owned(),
            instead: "put it in front of the flatten, or a dense layer behind the flatten"
                .to_owned(),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return false;
    }
    let mut shape = first.clone();
    let extents = shapes.iter().map(|shape| shape.0[axis]);
    shape.0[axis] = extents.fold(0, usize::saturating_add);
    let elements = shape.elements();
    if elements > limits::ACTIVATION_ELEMENTS {
        let kind = ErrorKind::TooLarge {
            what: "the output (in elements)",
            found: elements,
            limit: limits::ACTIVATION_ELEMENTS,
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return false;
    }
    let rounds = shape.0[..axis].iter().product();
    let lies_as_in_file = builder.lies_as_in_file();
    builder.push(id, NodeKind::Concat(Concat { rounds }), shape, None);
    if lies_as_in_file {
        builder.mark_time_first();
    }
    true
}

/// The axis of a channels-last shape that the file names; the last one if it names none.
fn axis_of(
    builder: &mut Builder<'_>,
    layer: &Layer,
    rank: usize,
    axis: Option<i64>,
) -> Option<usize> {
    let Some(named) = axis else {
        return Some(rank - 1);
    };
    let from_start = if named < 0 {
        named + rank as i64
    } else {
        named
    };
    match usize::try_from(from_start) {
        Ok(found) if found < rank => Some(layout::axis(found, rank, builder.layout_here())),
        _ => {
            let last = rank - 1;
            let kind = ErrorKind::InvalidField {
                field: "axis".to_owned(),
                expected: format!(
                    "-{rank} to {last}: its inputs have {rank} axes, the batch apart"
                ),
                found: named.to_string(),
            };
            builder.problems.push(kind, Location::layer(&layer.id));
            None
        }
    }
}
