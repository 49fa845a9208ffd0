//! Random layers, before it is known what they read.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::custom::{Custom, custom};
use super::frames::{Frame, frame};
use super::recurrent::{Recurrent, recurrent};

/// A layer.
#[derive(Debug, Clone)]
pub enum Layer {
    /// A dense layer of so many outputs; on an image, a convolution of one tap.
    Dense(usize, Weights),
    /// A convolution.
    Conv {
        /// What slides over the image.
        window: Window,
        /// Which channels see which.
        grouping: Grouping,
        /// Output channels, or the multiplier.
        outputs: usize,
        /// The weights.
        weights: Weights,
    },
    /// A pool.
    Pool {
        /// What slides over the image.
        window: Window,
        /// Whether it takes the largest.
        max: bool,
        /// Whether padding counts.
        count_padding: bool,
    },
    /// A state that goes along time.
    Recurrent(Recurrent),
    /// Another shape or frame.
    Frame(Frame),
    /// A batch norm: how far the variances spread, and whether it has γ and β.
    BatchNorm(f64, bool),
    /// A layer norm: ε, and whether it has γ and β.
    LayerNorm(f64, bool),
    /// A relu with its options: maximum, slope, threshold.
    Relu(Option<f64>, f64, f64),
    /// A slope for each channel, or one for all.
    Prelu(bool),
    /// A function by table: its fields.
    Function(Value),
    /// Nothing at inference.
    Dropout,
    /// Branches of the same value that join again.
    Branches(Branches),
    /// A layer of the tests' own.
    Custom(Custom),
}

/// What joins several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// Their sum, their mean, the largest or the smallest: the word in the file.
    All(&'static str),
    /// The difference or the product: the word in the file.
    Two(&'static str),
    /// One after the other.
    Concat,
    /// As a layer of the tests' own does.
    Custom,
}

/// Branches of the same value that join again.
#[derive(Debug, Clone)]
pub struct Branches {
    /// How.
    pub join: Join,
    /// Each branch, at least one; the value itself joins too.
    pub branches: Vec<Branch>,
    /// The branch that comes first, of those and the value.
    pub first: usize,
    /// What is applied to a sum, difference, mean or product.
    pub activation: &'static str,
    /// The axis of a concat of images, as the file has it; the channels if `None`.
    pub axis: Option<usize>,
}

/// What becomes of a value in a branch.
#[derive(Debug, Clone)]
pub enum Branch {
    /// Nothing: the value joins twice.
    Itself,
    /// A relu.
    Relu,
    /// A layer with weights that keeps the shape; where `true`, two of them that name the same tensors.
    Weights(Weights, bool),
    /// The mean of each channel: one element for all positions.
    Means,
}

/// Weights with everything that they may have.
#[derive(Debug, Clone)]
pub struct Weights {
    /// 8 bits instead of trits.
    pub int8: bool,
    /// Integers with scales in the file instead of latent floats.
    pub integers: bool,
    /// How latent floats become trits.
    pub quantizer: &'static str,
    /// What shares a scale.
    pub granularity: &'static str,
    /// A power of ten.
    pub magnitude: i32,
    /// The size of the biases relative to that of the sums; none if `None`.
    pub bias: Option<f64>,
    /// Whether one channel has no weights and one a negative scale.
    pub odd_channels: bool,
    /// What the layer applies to its own output.
    pub activation: &'static str,
}

/// A window, before it is known what it slides over: sizes are cut to fit.
#[derive(Debug, Clone)]
pub struct Window {
    /// Taps.
    pub kernel: [usize; 2],
    /// Stride.
    pub stride: [usize; 2],
    /// Dilation.
    pub dilation: [usize; 2],
    /// `None` for `valid`, else the padding.
    pub padding: Option<Padding>,
}

/// Padding.
#[derive(Debug, Clone)]
pub enum Padding {
    /// `same`; in the torch layout, where a stride forbids it, explicit.
    Same,
    /// All in front of the first position.
    Causal,
    /// In numbers.
    Explicit([[usize; 2]; 2]),
}

/// Which channels see which.
#[derive(Debug, Clone, Copy)]
pub enum Grouping {
    /// All.
    One,
    /// Those of one of two groups, if the channels can be halved.
    Two,
    /// One.
    Depthwise,
    /// One, then all of one position.
    Separable,
}

/// The functions by table that no sum makes too large.
const TABLES: [&str; 12] = [
    "elu",
    "selu",
    "sigmoid",
    "tanh",
    "hard_sigmoid",
    "hard_swish",
    "hard_tanh",
    "swish",
    "silu",
    "gelu",
    "softplus",
    "softsign",
];

/// A function by table with its options.
fn function() -> impl Strategy<Value = Layer> {
    let plain = prop::sample::select(TABLES.to_vec()).prop_map(|word| json!({ "type": word }));
    let alpha = (-0.5..3.0).prop_map(|alpha| json!({ "type": "elu", "alpha": alpha }));
    let rest = prop::sample::select(vec![
        json!({ "type": "hard_sigmoid", "slope": 0.2 }),
        json!({ "type": "gelu", "approximate": "tanh" }),
        json!({ "type": "exponential" }),
    ]);
    prop_oneof![3 => plain, 1 => alpha, 1 => rest].prop_map(Layer::Function)
}

/// Weights with everything that they may have.
pub(super) fn weights() -> impl Strategy<Value = Weights> {
    (
        prop::bool::weighted(0.4),
        any::<bool>(),
        prop::sample::select(vec!["optimal", "absmean", "twn", "median"]),
        prop::sample::select(vec!["channel", "tensor"]),
        prop_oneof![3 => -1..2_i32, 1 => -4..4_i32],
        prop::option::of(prop_oneof![0.0..1.0, 1.0..30.0]),
        any::<bool>(),
        prop_oneof![
            3 => prop::sample::select(vec!["linear", "linear", "relu", "relu6"]),
            1 => prop::sample::select(TABLES.to_vec()),
        ],
    )
        .prop_map(
            |(
                int8,
                integers,
                quantizer,
                granularity,
                magnitude,
                bias,
                odd_channels,
                activation,
            )| Weights {
                int8,
                integers,
                quantizer,
                granularity,
                magnitude,
                bias,
                odd_channels,
                activation,
            },
        )
}

fn window() -> impl Strategy<Value = Window> {
    let pair = |range: std::ops::Range<usize>| (range.clone(), range).prop_map(|(a, b)| [a, b]);
    let side = || (0..3_usize, 0..3_usize).prop_map(|(a, b)| [a, b]);
    let padding = prop_oneof![
        Just(None),
        Just(Some(Padding::Same)),
        Just(Some(Padding::Causal)),
        (side(), side()).prop_map(|(h, w)| Some(Padding::Explicit([h, w]))),
    ];
    let dilation = prop_oneof![3 => Just([1, 1]), 1 => pair(1..3)];
    (pair(1..5), pair(1..4), dilation, padding).prop_map(|(kernel, stride, dilation, padding)| {
        Window {
            kernel,
            stride,
            dilation,
            padding,
        }
    })
}

/// A layer that may see an image or a vector.
pub(super) fn image() -> impl Strategy<Value = Layer> {
    let grouping = prop_oneof![
        4 => Just(Grouping::One),
        1 => Just(Grouping::Two),
        3 => Just(Grouping::Depthwise),
        1 => Just(Grouping::Separable),
    ];
    let conv = (window(), grouping, 1..20_usize, weights()).prop_map(
        |(window, grouping, outputs, weights)| Layer::Conv {
            window,
            grouping,
            outputs,
            weights,
        },
    );
    let pool =
        (window(), any_bool(), any_bool()).prop_map(|(window, max, count_padding)| Layer::Pool {
            window,
            max,
            count_padding,
        });
    prop_oneof![10 => conv, 4 => pool, 8 => flat(), 3 => frame().prop_map(Layer::Frame),
        6 => recurrent(weights()).prop_map(Layer::Recurrent)]
}

/// What joins several values.
pub(super) fn join() -> impl Strategy<Value = Join> {
    prop_oneof![
        4 => prop::sample::select(vec!["add", "average", "maximum", "minimum"]).prop_map(Join::All),
        2 => prop::sample::select(vec!["subtract", "multiply"]).prop_map(Join::Two),
        2 => Just(Join::Concat),
        1 => Just(Join::Custom),
    ]
}

fn branches() -> impl Strategy<Value = Layer> {
    let branch = prop_oneof![
        1 => Just(Branch::Itself),
        1 => Just(Branch::Relu),
        4 => (weights(), prop::bool::weighted(0.3))
            .prop_map(|(weights, shared)| Branch::Weights(weights, shared)),
        2 => Just(Branch::Means),
    ];
    (
        join(),
        prop::collection::vec(branch, 1..4),
        0..4_usize,
        prop::sample::select(vec!["linear", "linear", "relu", "relu6"]),
        prop::option::weighted(0.3, 0..3_usize),
    )
        .prop_map(|(join, branches, first, activation, axis)| {
            Layer::Branches(Branches {
                join,
                branches,
                first,
                activation,
                axis,
            })
        })
}

fn any_bool() -> impl Strategy<Value = bool> {
    proptest::bool::ANY
}

/// A layer that sees a vector.
pub(super) fn flat() -> impl Strategy<Value = Layer> {
    let outputs = prop_oneof![1..8_usize, 8..70_usize];
    let dense = (outputs, weights()).prop_map(|(outputs, weights)| Layer::Dense(outputs, weights));
    let norm = (0.1..3.0, any_bool()).prop_map(|(spread, affine)| Layer::BatchNorm(spread, affine));
    let epsilon = prop_oneof![Just(1e-3), Just(1e-5), Just(0.3)];
    let layer_norm =
        (epsilon, any_bool()).prop_map(|(epsilon, affine)| Layer::LayerNorm(epsilon, affine));
    let max = prop::option::of(prop_oneof![Just(6.0), 0.5..20.0]);
    let slope = prop_oneof![2 => Just(0.0), 1 => -0.5..1.5];
    let threshold = prop_oneof![3 => Just(0.0), 1 => 0.0..0.4];
    let relu = (max, slope, threshold)
        .prop_map(|(max, slope, threshold)| Layer::Relu(max, slope, threshold));
    let prelu = any_bool().prop_map(Layer::Prelu);
    prop_oneof![
        5 => dense,
        2 => norm,
        2 => layer_norm,
        3 => relu,
        1 => prelu,
        3 => function(),
        1 => Just(Layer::Dropout),
        3 => branches(),
        1 => custom().prop_map(Layer::Custom),
    ]
}
