//! `lstm`, `gru` and `simple_rnn`: layers that carry a state along time.

use super::{LayerKind, LayerType, linear};
use crate::source::ranges::inner_range;
use crate::source::{Object, RecordedRange, limits};
use crate::ternarize::{Granularity, Precision, Quantizer};

/// A recurrent layer of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrent {
    /// What carries the state.
    pub cell: Cell,
    /// The width of the state, if the file says so.
    pub units: Option<usize>,
    /// Whether the output of each step is given out, not that of the last alone.
    pub sequences: bool,
    /// Whether the last step comes first.
    pub backwards: bool,
    /// What joins the two directions of a bidirectional layer.
    pub merge: Option<Merge>,
    /// The place of each gate in the file, in the order i, f, g, o or z, r, n; that of the layout if `None`.
    pub gates: Option<Vec<usize>>,
    /// How the weights of the kernels are stored.
    pub precision: Precision,
    /// How those of the recurrent kernels are stored.
    pub recurrent_precision: Precision,
    /// How latent weights become trits.
    pub quantizer: Quantizer,
    /// What shares a threshold and a scale.
    pub granularity: Granularity,
    /// The first direction, or the only one.
    pub forward: Direction,
    /// The other direction of a bidirectional layer.
    pub backward: Option<Direction>,
}

/// What carries the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Hochreiter and Schmidhuber 1997, with forget gates.
    Lstm,
    /// Cho et al. 2014.
    Gru {
        /// Whether the reset comes after the recurrent matrix, if the file says so.
        reset_after: Option<bool>,
    },
    /// Elman 1990, with tanh.
    SimpleRnn,
}

/// How the directions of a bidirectional layer become one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// One after the other along the features.
    Concat,
    /// Their sum.
    Add,
    /// Their mean.
    Average,
    /// Their product.
    Multiply,
}

/// The tensors of a direction, and what was seen inside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Direction {
    /// Weights of the inputs.
    pub kernel: String,
    /// Weights of the state.
    pub recurrent_kernel: String,
    /// Scales of an `I8` kernel.
    pub scale: Option<String>,
    /// Scales of an `I8` recurrent kernel.
    pub recurrent_scale: Option<String>,
    /// Biases; both of them, one row each, where Keras has two.
    pub bias: Option<String>,
    /// Biases beside the state.
    pub recurrent_bias: Option<String>,
    /// The range of an LSTM's cell.
    pub cell_range: Option<RecordedRange>,
}

impl Cell {
    /// The letters of the gates, as the rules have them; Keras has others for some.
    pub fn gates(self) -> &'static [[&'static str; 2]] {
        match self {
            Self::Lstm => &[["i", "i"], ["f", "f"], ["g", "c"], ["o", "o"]],
            Self::Gru { .. } => &[["z", "z"], ["r", "r"], ["n", "h"]],
            Self::SimpleRnn => &[["h", "h"]],
        }
    }

    /// Its type in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lstm => "lstm",
            Self::Gru { .. } => "gru",
            Self::SimpleRnn => "simple_rnn",
        }
    }
}

impl Direction {
    /// The names of the tensors.
    fn tensors(&self) -> impl Iterator<Item = &str> {
        let optional = [
            &self.scale,
            &self.recurrent_scale,
            &self.bias,
            &self.recurrent_bias,
        ];
        let optional = optional.into_iter().flatten();
        [&self.kernel, &self.recurrent_kernel]
            .into_iter()
            .chain(optional)
            .map(String::as_str)
    }
}

impl Recurrent {
    /// The names of the tensors.
    pub(super) fn tensors(&self) -> impl Iterator<Item = &str> {
        let backward = self.backward.iter().flat_map(Direction::tensors);
        self.forward.tensors().chain(backward)
    }
}

pub(super) const TYPES: &[LayerType] = &[
    LayerType {
        name: "lstm",
        parse: |object| parse(object, Cell::Lstm),
    },
    LayerType {
        name: "gru",
        parse: |object| {
            let reset_after = object.boolean("reset_after");
            parse(object, Cell::Gru { reset_after })
        },
    },
    LayerType {
        name: "simple_rnn",
        parse: |object| parse(object, Cell::SimpleRnn),
    },
];

/// What a field of the other direction may hold where there is none.
const ONE_WAY: &str = "nothing: without `bidirectional` there is one direction";

fn parse(object: &mut Object<'_>, cell: Cell) -> Option<LayerKind> {
    let units = object.count("units");
    let most = limits::ACTIVATION_ELEMENTS;
    if units.is_some_and(|units| !(1..=most).contains(&units)) {
        object.invalid("units", format!("1 to {most}"));
    }
    let sequences = object.boolean("return_sequences").unwrap_or(false);
    let backwards = object.boolean("go_backwards").unwrap_or(false);
    let merges = [
        ("concat", Merge::Concat),
        ("add", Merge::Add),
        ("average", Merge::Average),
        ("multiply", Merge::Multiply),
    ];
    let merge = object.choice("bidirectional", &merges);
    if merge.is_some() && backwards {
        object.invalid(
            "go_backwards",
            "nothing: a bidirectional layer goes both ways",
        );
    }
    // The rules have one function for each place.
    object.choice("activation", &[("tanh", ())]);
    if cell != Cell::SimpleRnn {
        object.choice("recurrent_activation", &[("sigmoid", ())]);
    }
    let gates = object.strings("gates");
    let gates = gates.and_then(|letters| places(object, cell, &letters));
    let (precision, quantizer, granularity) = linear::options(object);
    let recurrent_precision = object.choice("recurrent_weights", &Precision::WORDS);
    let tensors = object.object("tensors", |tensors| {
        let forward = direction(tensors, FORWARD);
        let backward = match merge {
            Some(_) => Some(direction(tensors, BACKWARD)),
            None => {
                for key in BACKWARD {
                    if tensors.string(key).is_some() {
                        tensors.invalid(key, ONE_WAY);
                    }
                }
                None
            }
        };
        (forward, backward)
    });
    let expected = "the names of the layer's tensors, as {\"kernel\": …, \"recurrent_kernel\": …}";
    let tensors = object.required("tensors", expected, tensors);
    let (mut cell_range, mut backward_range) = (None, None);
    if cell == Cell::Lstm {
        cell_range = inner_range(object, "cell_range");
        backward_range = inner_range(object, "backward_cell_range");
        if merge.is_none() && backward_range.is_some() {
            object.invalid("backward_cell_range", ONE_WAY);
        }
    }
    let (forward, backward) = tensors?;
    let with = |direction: Direction, cell_range| Direction {
        cell_range,
        ..direction
    };
    let backward = match backward {
        Some(backward) => Some(with(backward?, backward_range)),
        None => None,
    };
    Some(LayerKind::Recurrent(Box::new(Recurrent {
        cell,
        units,
        sequences,
        backwards,
        merge,
        gates,
        precision,
        recurrent_precision: recurrent_precision.unwrap_or(precision),
        quantizer,
        granularity,
        forward: with(forward?, cell_range),
        backward,
    })))
}

/// The place in the file of each gate, in the order of the rules.
fn places(object: &mut Object<'_>, cell: Cell, letters: &[String]) -> Option<Vec<usize>> {
    let gates = cell.gates();
    let place = |names: &[&str; 2]| {
        let mut found = letters.iter().enumerate();
        found
            .find(|(_, letter)| names.contains(&letter.as_str()))
            .map(|(place, _)| place)
    };
    let places: Option<Vec<usize>> = gates.iter().map(place).collect();
    let places = places.filter(|_| letters.len() == gates.len());
    if places.is_none() {
        let letters: Vec<String> = gates
            .iter()
            .map(|[name, _]| format!("\"{name}\""))
            .collect();
        let expected = format!(
            "{}, each once, in the order in which the tensors have them",
            letters.join(", ")
        );
        object.invalid("gates", expected);
    }
    places
}

/// The keys of a direction's tensors.
type Keys = [&'static str; 6];

const FORWARD: Keys = [
    "kernel",
    "recurrent_kernel",
    "scale",
    "recurrent_scale",
    "bias",
    "recurrent_bias",
];

const BACKWARD: Keys = [
    "backward_kernel",
    "backward_recurrent_kernel",
    "backward_scale",
    "backward_recurrent_scale",
    "backward_bias",
    "backward_recurrent_bias",
];

fn direction(tensors: &mut Object<'_>, keys: Keys) -> Option<Direction> {
    let [
        kernel,
        recurrent,
        scale,
        recurrent_scale,
        bias,
        recurrent_bias,
    ] = keys;
    let found = tensors.string(kernel);
    let found = tensors.required(kernel, "the name of the tensor of input weights", found);
    let state = tensors.string(recurrent);
    let state = tensors.required(recurrent, "the name of the tensor of state weights", state);
    let direction = Direction {
        kernel: found.unwrap_or_default(),
        recurrent_kernel: state.unwrap_or_default(),
        scale: tensors.string(scale),
        recurrent_scale: tensors.string(recurrent_scale),
        bias: tensors.string(bias),
        recurrent_bias: tensors.string(recurrent_bias),
        cell_range: None,
    };
    (!direction.kernel.is_empty() && !direction.recurrent_kernel.is_empty()).then_some(direction)
}
