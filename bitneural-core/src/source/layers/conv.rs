//! `conv2d`, `depthwise_conv2d`, `separable_conv2d` and the same along time.

use super::linear::{self, FusedActivation, Linear};
use super::window::{self, Axes, Window};
use super::{LayerKind, LayerType};
use crate::source::ranges::inner_range;
use crate::source::{Object, RecordedRange};

/// A convolution of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    /// The number of output channels, if the file says so.
    pub filters: Option<usize>,
    /// What it reads.
    pub axes: Axes,
    /// What slides over it.
    pub window: Window,
    /// Which channels see which.
    pub grouping: Grouping,
    /// Activation, precision and tensors.
    pub linear: Linear,
}

/// Which input channels an output channel reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// Those of its group, of so many.
    Groups(usize),
    /// One: output `c · multiplier + m` reads `c`. The multiplier, if the file says so.
    Depthwise(Option<usize>),
}

/// A depthwise convolution and a pointwise one behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Separable {
    /// The first, without bias and activation.
    pub depthwise: Conv,
    /// The range of what is between them.
    pub between: Option<RecordedRange>,
    /// The second.
    pub pointwise: Conv,
}

impl Conv {
    /// The word for it in the file.
    pub fn name(&self) -> &'static str {
        match self.grouping {
            Grouping::Groups(_) => self.axes.word("conv1d", "conv2d"),
            Grouping::Depthwise(_) => self.axes.word("depthwise_conv1d", "depthwise_conv2d"),
        }
    }
}

impl Separable {
    /// The word for it in the file.
    pub fn name(&self) -> &'static str {
        let axes = self.depthwise.axes;
        axes.word("separable_conv1d", "separable_conv2d")
    }
}

pub(super) const TYPES: &[LayerType] = &[
    LayerType {
        name: "conv2d",
        parse: |object| conv(object, Axes::Image),
    },
    LayerType {
        name: "depthwise_conv2d",
        parse: |object| depthwise(object, Axes::Image),
    },
    LayerType {
        name: "separable_conv2d",
        parse: |object| separable(object, Axes::Image),
    },
    LayerType {
        name: "conv1d",
        parse: |object| conv(object, Axes::Time),
    },
    LayerType {
        name: "depthwise_conv1d",
        parse: |object| depthwise(object, Axes::Time),
    },
    LayerType {
        name: "separable_conv1d",
        parse: |object| separable(object, Axes::Time),
    },
];

/// A number of channels or groups: at least 1.
fn at_least_one(object: &mut Object<'_>, key: &'static str) -> Option<usize> {
    let found = object.count(key);
    if found == Some(0) {
        object.invalid(key, "a whole number from 1");
    }
    found.filter(|&found| found > 0)
}

fn conv(object: &mut Object<'_>, axes: Axes) -> Option<LayerKind> {
    let filters = at_least_one(object, "filters");
    let groups = at_least_one(object, "groups").unwrap_or(1);
    let window = window::convolution(object, axes);
    let linear = linear::parse(object);
    let grouping = Grouping::Groups(groups);
    Some(LayerKind::Conv(Conv {
        filters,
        axes,
        window: window?,
        grouping,
        linear: linear?,
    }))
}

fn depthwise(object: &mut Object<'_>, axes: Axes) -> Option<LayerKind> {
    let multiplier = at_least_one(object, "multiplier");
    let window = window::convolution(object, axes);
    let linear = linear::parse(object);
    let grouping = Grouping::Depthwise(multiplier);
    Some(LayerKind::Conv(Conv {
        filters: None,
        axes,
        window: window?,
        grouping,
        linear: linear?,
    }))
}

fn separable(object: &mut Object<'_>, axes: Axes) -> Option<LayerKind> {
    let filters = at_least_one(object, "filters");
    let multiplier = at_least_one(object, "multiplier");
    let window = window::convolution(object, axes);
    let between = inner_range(object, "depthwise_range");
    let (precision, quantizer, granularity) = linear::options(object);
    let (activation, sums) = linear::activation(object);
    let tensors = object.object("tensors", |tensors| {
        let depthwise = tensors.string("depthwise");
        let depthwise =
            tensors.required("depthwise", "the name of the depthwise weights", depthwise);
        let pointwise = tensors.string("pointwise");
        let pointwise =
            tensors.required("pointwise", "the name of the pointwise weights", pointwise);
        let scales = (
            tensors.string("depthwise_scale"),
            tensors.string("pointwise_scale"),
        );
        (depthwise, pointwise, scales, tensors.string("bias"))
    });
    let expected = "the names of the layer's tensors, as {\"depthwise\": …, \"pointwise\": …}";
    let (depthwise, pointwise, scales, bias) = object.required("tensors", expected, tensors)?;
    let linear = |(activation, sums), kernel, scale, bias| Linear {
        activation,
        sums,
        precision,
        quantizer,
        granularity,
        kernel,
        scale,
        bias,
    };
    let point = Window {
        kernel: [1, 1],
        stride: [1, 1],
        dilation: [1, 1],
        padding: window::Padding::Valid,
    };
    Some(LayerKind::Separable(Box::new(Separable {
        depthwise: Conv {
            filters: None,
            axes,
            window: window?,
            grouping: Grouping::Depthwise(multiplier),
            linear: linear((FusedActivation::Linear, None), depthwise?, scales.0, None),
        },
        between,
        pointwise: Conv {
            filters,
            axes,
            window: point,
            grouping: Grouping::Groups(1),
            linear: linear((activation, sums), pointwise?, scales.1, bias),
        },
    })))
}
