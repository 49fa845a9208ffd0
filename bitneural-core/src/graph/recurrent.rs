//! Recurrent layers in the graph: a direction is a node.

use super::NodeKind;
use super::build::Builder;
use super::elementwise::{Concat, Elementwise, Function};
use super::linear::{self, Clamp, Layout, Linear, Taps, per_output, reals, reorder_outputs};
use crate::error::{ErrorKind, Location};
use crate::ids::{LayerId, ValueId};
use crate::shape::Shape;
use crate::source::layers::Layer;
use crate::source::layers::linear::{FusedActivation, Linear as LinearFields};
use crate::source::layers::recurrent::{self as source, Direction, Merge};
use crate::source::{self as file, limits};
use crate::ternarize::Order;

/// A state that goes along time, one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrent {
    /// What carries the state.
    pub cell: Cell,
    /// Features of a step of the input.
    pub inputs: usize,
    /// The width of the state.
    pub units: usize,
    /// The number of steps.
    pub steps: usize,
    /// Whether the output of each step is given out, not that of the last alone.
    pub sequences: bool,
    /// Whether the last step comes first.
    pub reads_backwards: bool,
    /// Whether what comes first lies last in the output.
    pub writes_backwards: bool,
    /// Weights `[columns][inputs]` and biases; columns are gate after gate, i, f, g, o or z, r, n.
    pub kernel: Linear,
    /// Weights `[columns][units]` and biases.
    pub recurrent: Linear,
    /// What an LSTM's cell holds, all steps in a row: no node yields it, the references fill it in.
    pub cell_value: Option<ValueId>,
}

/// What carries the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Long short-term memory with forget gates.
    Lstm,
    /// A gated unit whose reset comes after the recurrent matrix: Keras' default, PyTorch's only way.
    Gru,
    /// A gated unit whose reset comes before the recurrent matrix.
    GruResetBefore,
    /// A plain tanh.
    SimpleRnn,
}

impl Cell {
    /// The number of gates.
    pub fn gates(self) -> usize {
        match self {
            Self::Lstm => 4,
            Self::Gru | Self::GruResetBefore => 3,
            Self::SimpleRnn => 1,
        }
    }
}

impl Recurrent {
    /// Columns of the weights.
    pub fn columns(&self) -> usize {
        self.cell.gates() * self.units
    }

    /// Multiply-accumulates, zero weights included.
    pub fn macs(&self) -> u64 {
        let taps = self.inputs as u64 + self.units as u64;
        self.steps as u64 * self.columns() as u64 * taps
    }
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    kind: &source::Recurrent,
) -> bool {
    let Some((steps, inputs)) = sequence(builder, layer, kind) else {
        return false;
    };
    let Some(cell) = cell(builder, layer, kind.cell) else {
        return false;
    };
    let Some(units) = units(builder, layer, kind, cell) else {
        return false;
    };
    let elements = if kind.sequences { steps } else { 1 };
    let elements = elements.saturating_mul(units);
    let columns = cell.gates().saturating_mul(units);
    if elements.max(columns) > limits::ACTIVATION_ELEMENTS {
        let kind = ErrorKind::TooLarge {
            what: "the output (in elements)",
            found: elements.max(columns),
            limit: limits::ACTIVATION_ELEMENTS,
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return false;
    }
    let shape = if kind.sequences {
        Shape(vec![steps, units])
    } else {
        Shape::flat(units)
    };
    let plain = Recurrent {
        cell,
        inputs,
        units,
        steps,
        sequences: kind.sequences,
        reads_backwards: kind.backwards,
        writes_backwards: false,
        kernel: linear::placeholder(),
        recurrent: linear::placeholder(),
        cell_value: None,
    };
    let read = builder.current();
    push(
        builder,
        id,
        layer,
        kind,
        &kind.forward,
        plain.clone(),
        "cell_range",
        &shape,
    );
    let (Some(merge), Some(backward)) = (kind.merge, &kind.backward) else {
        return true;
    };
    let forward = builder.current();
    builder.read(read);
    let plain = Recurrent {
        reads_backwards: true,
        writes_backwards: kind.sequences,
        ..plain
    };
    push(
        builder,
        id,
        layer,
        kind,
        backward,
        plain,
        "backward_cell_range",
        &shape,
    );
    let backward = builder.current();
    builder.read([forward, backward].concat());
    let (joined, shape) = joined(merge, steps, shape, kind.sequences);
    builder.push(id, joined, shape, layer.range);
    builder.mark_time_first();
    true
}

/// Steps and features of what the layer reads.
fn sequence(
    builder: &mut Builder<'_>,
    layer: &Layer,
    kind: &source::Recurrent,
) -> Option<(usize, usize)> {
    match *builder.shape().0 {
        [steps, features] if !builder.reads_reordered() => Some((steps, features)),
        _ => {
            let problem = ErrorKind::DoesNotCompose {
                expected: "a sequence, shape [time, features]".to_owned(),
                found: builder.shape().clone(),
                mend: format!(
                    "a `{}` goes along time: give the input two axes, or put a `reshape` in front of it; a recurrent layer \
                     in front of another one needs `return_sequences`",
                    kind.cell.name()
                ),
            };
            builder.problems.push(problem, Location::layer(&layer.id));
            None
        }
    }
}

fn cell(builder: &mut Builder<'_>, layer: &Layer, cell: source::Cell) -> Option<Cell> {
    match cell {
        source::Cell::Lstm => Some(Cell::Lstm),
        source::Cell::SimpleRnn => Some(Cell::SimpleRnn),
        source::Cell::Gru { reset_after } => match (builder.layout, reset_after) {
            (_, None | Some(true)) => Some(Cell::Gru),
            (file::Layout::Keras, Some(false)) => Some(Cell::GruResetBefore),
            (file::Layout::Torch, Some(false)) => {
                let kind = ErrorKind::Unsupported {
                    option: "in the torch layout, `reset_after`",
                    value: "false".to_owned(),
                    instead: "leave it out: PyTorch's GRU has its reset after the matrix"
                        .to_owned(),
                };
                builder.problems.push(kind, Location::layer(&layer.id));
                None
            }
        },
    }
}

/// The width of the state: what the file says, else what the recurrent kernel has.
fn units(
    builder: &mut Builder<'_>,
    layer: &Layer,
    kind: &source::Recurrent,
    cell: Cell,
) -> Option<usize> {
    if let Some(units) = kind.units {
        return Some(units);
    }
    let name = &kind.forward.recurrent_kernel;
    let axes = &builder.tensor(&layer.id, name)?.shape;
    let own = match builder.layout {
        file::Layout::Keras => 0,
        file::Layout::Torch => 1,
    };
    if let Some(&units) = axes.0.get(own).filter(|&&units| units > 0) {
        return Some(units);
    }
    let kind = ErrorKind::WrongShape {
        expected: format!("two axes, {}", words(builder.layout, "units", cell)),
        found: axes.clone(),
    };
    let location = Location::layer(&layer.id).tensor(name);
    builder.problems.push(kind, location);
    None
}

/// The axes of a kernel in words.
fn words(layout: file::Layout, taps: &str, cell: Cell) -> String {
    let gates = match cell.gates() {
        1 => String::new(),
        gates => format!("{gates} · "),
    };
    match layout {
        file::Layout::Keras => format!("[{taps}, {gates}units]"),
        file::Layout::Torch => format!("[{gates}units, {taps}]"),
    }
}

/// Adds the node of a direction.
#[expect(
    clippy::too_many_arguments,
    reason = "both directions of a layer share all but two"
)]
fn push(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    kind: &source::Recurrent,
    direction: &Direction,
    mut node: Recurrent,
    range_field: &'static str,
    shape: &Shape,
) {
    let (columns, cell) = (node.columns(), node.cell);
    let order = gate_order(builder.layout, kind, node.units);
    let mut read = |kernel: &String, scale: &Option<String>, precision, taps, word| {
        let fields = LinearFields {
            activation: FusedActivation::Linear,
            sums: None,
            precision,
            quantizer: kind.quantizer,
            granularity: kind.granularity,
            kernel: kernel.clone(),
            scale: scale.clone(),
            bias: None,
        };
        matrix(
            builder,
            layer,
            &fields,
            (columns, taps),
            words(builder.layout, word, cell),
        )
    };
    let kernel = read(
        &direction.kernel,
        &direction.scale,
        kind.precision,
        node.inputs,
        "features",
    );
    let recurrent = read(
        &direction.recurrent_kernel,
        &direction.recurrent_scale,
        kind.recurrent_precision,
        node.units,
        "units",
    );
    let biases = biases(builder, layer, direction, columns, cell);
    if let (Some(kernel), Some(recurrent), Some([bias, recurrent_bias])) =
        (kernel, recurrent, biases)
    {
        node.kernel = Linear { bias, ..kernel };
        node.recurrent = Linear {
            bias: recurrent_bias,
            ..recurrent
        };
        if let Some(order) = order {
            reorder_outputs(&mut node.kernel, &order);
            reorder_outputs(&mut node.recurrent, &order);
        }
    }
    if cell == Cell::Lstm {
        let shape = Shape(vec![node.steps, node.units]);
        node.cell_value = Some(builder.inner_value(id, shape, direction.cell_range, range_field));
    }
    builder.push(id, NodeKind::Recurrent(Box::new(node)), shape.clone(), None);
    builder.mark_time_first();
}

/// For each column, the column of the file that it is; `None` if they are the same.
fn gate_order(layout: file::Layout, kind: &source::Recurrent, units: usize) -> Option<Vec<u32>> {
    let places = match (&kind.gates, layout, kind.cell) {
        (Some(places), _, _) => places.clone(),
        (None, file::Layout::Torch, source::Cell::Gru { .. }) => vec![1, 0, 2],
        (None, _, cell) => (0..cell.gates().len()).collect(),
    };
    let in_order = places
        .iter()
        .enumerate()
        .all(|(gate, &place)| gate == place);
    let columns = places
        .iter()
        .flat_map(|place| (0..units).map(move |unit| (place * units + unit) as u32));
    (!in_order).then(|| columns.collect())
}

/// Weights of so many columns and taps.
fn matrix(
    builder: &mut Builder<'_>,
    layer: &Layer,
    fields: &LinearFields,
    (columns, taps): (usize, usize),
    words: String,
) -> Option<Linear> {
    let (axes, order) = match builder.layout {
        file::Layout::Keras => (vec![taps, columns], Order::InputsFirst),
        file::Layout::Torch => (vec![columns, taps], Order::OutputsFirst),
    };
    let layout = Layout {
        axes,
        words,
        outputs: columns,
        order,
        taps: Taps::Same,
    };
    linear::read(builder, &layer.id, fields, layout)
}

/// The biases beside the inputs, and those beside the state.
fn biases(
    builder: &mut Builder<'_>,
    layer: &Layer,
    direction: &Direction,
    columns: usize,
    cell: Cell,
) -> Option<[Vec<f64>; 2]> {
    let zeros = || vec![0.0; columns];
    let mut read = |name: &Option<String>| match name {
        None => Some(zeros()),
        Some(name) => per_output(builder, &layer.id, name, columns, false),
    };
    let recurrent = read(&direction.recurrent_bias);
    let shape = direction
        .bias
        .as_ref()
        .and_then(|name| builder.file.tensor(name));
    let is_of_two = shape.is_some_and(|tensor| tensor.shape.0 == [2, columns]);
    if !is_of_two || cell != Cell::Gru {
        let bias = direction.bias.as_ref();
        let bias = bias.map_or_else(
            || Some(zeros()),
            |name| per_output(builder, &layer.id, name, columns, false),
        );
        return Some([bias?, recurrent?]);
    }
    // Keras' GRU with `reset_after` has a row beside the inputs and one beside the state.
    let name = direction.bias.as_ref()?;
    let location = Location::layer(&layer.id).tensor(name);
    let values = reals(builder, &layer.id, name)?;
    if direction.recurrent_bias.is_some() {
        let kind = ErrorKind::InvalidField {
            field: "recurrent_bias".to_owned(),
            expected: "nothing: the tensor `bias` has both rows".to_owned(),
            found: "a name".to_owned(),
        };
        builder.problems.push(kind, location);
        return None;
    }
    let mut rows = values.chunks_exact(columns);
    let mut row = || rows.next().map(<[f64]>::to_vec);
    Some([row()?, row()?])
}

/// The node that joins both directions, and its shape.
fn joined(merge: Merge, steps: usize, shape: Shape, sequences: bool) -> (NodeKind, Shape) {
    let function = match merge {
        Merge::Concat => {
            let mut shape = shape;
            if let Some(features) = shape.0.last_mut() {
                *features *= 2;
            }
            let rounds = if sequences { steps } else { 1 };
            return (NodeKind::Concat(Concat { rounds }), shape);
        }
        Merge::Add => Function::Add,
        Merge::Average => Function::Average,
        Merge::Multiply => Function::Multiply,
    };
    let clamp = Clamp::NONE;
    (
        NodeKind::Elementwise(Elementwise { function, clamp }),
        shape,
    )
}
