//! Convolutions in the graph.

use super::activation::push_fused;
use super::build::Builder;
use super::linear::{self, Layout, Linear, Taps};
use super::{NodeKind, window};
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::shape::Window;
use crate::source::layers::Layer;
use crate::source::layers::conv::{self as source, Grouping};
use crate::source::layers::linear::FusedActivation;
use crate::source::layers::window::Axes;
use crate::source::{self as file, RecordedRange};
use crate::ternarize::Order;

/// A convolution, grouped if there are several groups; depthwise if a group has one input channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    /// What slides over the image.
    pub window: Window,
    /// Channels of the input.
    pub channels: usize,
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Weights `[outputs][kernel height][kernel width][channels of a group]`, biases and clamp.
    pub linear: Linear,
}

impl Conv {
    /// Weights of one output.
    pub fn taps(&self) -> usize {
        self.window.taps() * (self.channels / self.groups)
    }

    /// Multiply-accumulates, zero weights and padding included.
    pub fn macs(&self) -> u64 {
        self.window.positions() as u64 * self.outputs as u64 * self.taps() as u64
    }
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    conv: &source::Conv,
) -> bool {
    one(builder, id, layer, conv, layer.range).is_some()
}

pub(super) fn build_separable(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    separable: &source::Separable,
) -> bool {
    if one(builder, id, layer, &separable.depthwise, separable.between).is_none() {
        return false;
    }
    builder.mark_inner("depthwise_range");
    one(builder, id, layer, &separable.pointwise, layer.range).is_some()
}

fn one(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    conv: &source::Conv,
    range: Option<RecordedRange>,
) -> Option<()> {
    let (input, channels) = window::image(builder, layer, conv.axes)?;
    let window = window::resolve(builder, id, layer, (&conv.window, conv.axes), input)?;
    let (groups, outputs) = channels_of(builder, layer, conv, channels)?;
    let shape = window::output_shape(builder, layer, &window, conv.axes, outputs)?;
    let layout = layout(builder.layout, &window, conv, channels, groups, outputs);
    let linear = linear::read(builder, &layer.id, &conv.linear, layout);
    let node = Conv {
        window,
        channels,
        groups,
        outputs,
        linear: linear.unwrap_or_else(linear::placeholder),
    };
    let is_softmax = conv.linear.activation == FusedActivation::Softmax;
    if is_softmax && shape.elements() != shape.channels() {
        let kind = ErrorKind::Unsupported {
            option: match conv.axes {
                Axes::Time => "on a sequence, the activation",
                Axes::Image => "on an image, the activation",
            },
            value: "softmax".to_owned(),
            instead: "put `flatten` and a `softmax` layer behind it".to_owned(),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
    }
    let node = NodeKind::Conv(node);
    push_fused(builder, id, node, shape, &conv.linear, range);
    Some(())
}

/// Groups and output channels.
fn channels_of(
    builder: &mut Builder<'_>,
    layer: &Layer,
    conv: &source::Conv,
    channels: usize,
) -> Option<(usize, usize)> {
    let kernel = builder
        .file
        .tensor(&conv.linear.kernel)
        .map(|kernel| &kernel.shape.0);
    // Of a kernel in the layout of Keras the axes of taps come first.
    let keras_outputs = match conv.axes {
        Axes::Time => 2,
        Axes::Image => 3,
    };
    let outputs_axis = match builder.layout {
        file::Layout::Keras => keras_outputs,
        file::Layout::Torch => 0,
    };
    let found = kernel.and_then(|axes| axes.get(outputs_axis).copied());
    let location = Location::layer(&layer.id);
    let (groups, outputs) = match conv.grouping {
        Grouping::Groups(groups) => (groups, conv.filters.or(found)),
        Grouping::Depthwise(multiplier) => {
            let from_kernel = match builder.layout {
                file::Layout::Keras => found,
                // As many as fit; a kernel of fewer or more outputs has the wrong shape.
                file::Layout::Torch => found.map(|outputs| (outputs / channels).max(1)),
            };
            let outputs = multiplier
                .or(from_kernel)
                .map(|multiplier| multiplier.saturating_mul(channels));
            (channels, outputs)
        }
    };
    let Some(outputs) = outputs else {
        // Neither the layer nor its kernel says how many there are.
        if let Some(kernel) = builder.tensor(&layer.id, &conv.linear.kernel) {
            let kind = ErrorKind::WrongShape {
                expected: match conv.axes {
                    Axes::Time => format!("three axes, {}", words(builder.layout, conv)),
                    Axes::Image => format!("four axes, {}", words(builder.layout, conv)),
                },
                found: kernel.shape.clone(),
            };
            let location = location.tensor(&conv.linear.kernel);
            builder.problems.push(kind, location);
        }
        return None;
    };
    if outputs == 0 {
        if let Some(kernel) = builder.file.tensor(&conv.linear.kernel) {
            let kind = ErrorKind::WrongShape {
                expected: "a kernel of at least one output".to_owned(),
                found: kernel.shape.clone(),
            };
            let location = location.tensor(&conv.linear.kernel);
            builder.problems.push(kind, location);
        }
        return None;
    }
    if !channels.is_multiple_of(groups) || !outputs.is_multiple_of(groups) {
        let kind = ErrorKind::InvalidField {
            field: "groups".to_owned(),
            expected: format!(
                "a divisor of the {channels} input and the {outputs} output channels"
            ),
            found: groups.to_string(),
        };
        builder.problems.push(kind, location);
        return None;
    }
    Some((groups, outputs))
}

/// The axes of a kernel in words.
fn words(layout: file::Layout, conv: &source::Conv) -> &'static str {
    use file::Layout::{Keras, Torch};
    match (layout, conv.grouping, conv.axes) {
        (Keras, Grouping::Groups(_), Axes::Image) => {
            "[height, width, input channels of a group, output channels]"
        }
        (Keras, Grouping::Groups(_), Axes::Time) => {
            "[taps, input channels of a group, output channels]"
        }
        (Keras, Grouping::Depthwise(_), Axes::Image) => "[height, width, channels, multiplier]",
        (Keras, Grouping::Depthwise(_), Axes::Time) => "[taps, channels, multiplier]",
        (Torch, _, Axes::Image) => "[output channels, input channels of a group, height, width]",
        (Torch, _, Axes::Time) => "[output channels, input channels of a group, taps]",
    }
}

/// Where the weights lie in the file.
fn layout(
    layout: file::Layout,
    window: &Window,
    conv: &source::Conv,
    channels: usize,
    groups: usize,
    outputs: usize,
) -> Layout {
    let [height, width] = window.kernel;
    let taps = match conv.axes {
        Axes::Time => vec![width],
        Axes::Image => vec![height, width],
    };
    let seen = channels / groups;
    let (axes, order) = match (layout, conv.grouping) {
        (file::Layout::Keras, Grouping::Groups(_)) => {
            ([taps, vec![seen, outputs]].concat(), Order::InputsFirst)
        }
        (file::Layout::Keras, Grouping::Depthwise(_)) => (
            [taps, vec![channels, outputs / channels]].concat(),
            Order::InputsFirst,
        ),
        (file::Layout::Torch, _) => ([vec![outputs, seen], taps].concat(), Order::OutputsFirst),
    };
    let taps = if layout == file::Layout::Torch && seen > 1 && height * width > 1 {
        Taps::ChannelsFirst {
            taps: height * width,
            channels: seen,
        }
    } else {
        Taps::Same
    };
    Layout {
        axes,
        words: words(layout, conv).to_owned(),
        outputs,
        order,
        taps,
    }
}
