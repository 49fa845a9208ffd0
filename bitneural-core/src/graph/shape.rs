//! Changes of shape in the graph.

use super::NodeKind;
use super::build::Builder;
use super::layout::{channels_last, flatten_reorders};
use super::window::{axes_fit, image, in_words};
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::shape::{Frame, Shape};
use crate::source::layers::Layer;
use crate::source::layers::shape as source;
use crate::source::layers::window::Axes;
use crate::source::{Layout, limits};

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    kind: &source::Shape,
) -> bool {
    match kind {
        source::Shape::Flatten => flatten(builder, id),
        source::Shape::Identity(_) => {
            let shape = builder.shape().clone();
            let are_vectors = builder.reads_vectors();
            builder.push(id, NodeKind::Reshape, shape, None);
            if are_vectors {
                builder.mark_vectors();
            }
        }
        source::Shape::Reshape(axes) => return reshape(builder, id, layer, axes),
        source::Shape::Permute(dims) => return permute(builder, id, layer, dims),
        source::Shape::Frame(axes, kind) => {
            return frame(builder, id, layer, *axes, *kind).is_some();
        }
    }
    true
}

fn flatten(builder: &mut Builder<'_>, id: LayerId) {
    let image = builder.shape().clone();
    let is_in_order = builder.reads_vectors() || !flatten_reorders(&image, builder.layout);
    builder.push(id, NodeKind::Reshape, Shape::flat(image.elements()), None);
    if !is_in_order {
        builder.mark_flattened(image);
    }
}

fn reshape(builder: &mut Builder<'_>, id: LayerId, layer: &Layer, axes: &[Option<usize>]) -> bool {
    let input = builder.shape().clone();
    let elements = input.elements();
    let known: usize = axes
        .iter()
        .flatten()
        .fold(1, |product, &axis| product.saturating_mul(axis));
    let fits = if axes.contains(&None) {
        elements.is_multiple_of(known)
    } else {
        elements == known
    };
    if !fits {
        let kind = ErrorKind::DoesNotCompose {
            expected: format!("as many elements as `shape` says: {}", words(axes)),
            found: input,
            mend: "give `shape` the elements of the input, or -1 for the axis that follows"
                .to_owned(),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return false;
    }
    if axes.len() == 1 {
        flatten(builder, id);
        return true;
    }
    let extents = axes.iter().map(|axis| axis.unwrap_or(elements / known));
    let output = channels_last(&Shape(extents.collect()), builder.layout);
    let reorders = |shape: &Shape| flatten_reorders(shape, builder.layout);
    if reorders(&input) || reorders(&output) || builder.pending_flatten().is_some() {
        moves_values(builder, layer, "here, a change to the `shape`", words(axes));
        return false;
    }
    if !axes_fit(builder, layer, &output.0) {
        return false;
    }
    builder.push(id, NodeKind::Reshape, output, None);
    true
}

/// Axes as the file gives them.
fn words(axes: &[Option<usize>]) -> String {
    let axes = axes
        .iter()
        .map(|axis| axis.map_or("-1".to_owned(), |axis| axis.to_string()));
    format!("[{}]", axes.collect::<Vec<_>>().join(","))
}

fn listed(dims: &[usize]) -> String {
    words(&dims.iter().copied().map(Some).collect::<Vec<_>>())
}

/// The problem of a layer whose values would have to change places.
fn moves_values(builder: &mut Builder<'_>, layer: &Layer, option: &'static str, value: String) {
    let instead = match builder.layout {
        Layout::Keras => {
            "keep the order of the axes that are longer than 1: values stay where they are"
        }
        Layout::Torch => {
            "values stay where they are, channels last: do so where there is one channel or one position, \
             or use the keras layout"
        }
    };
    let kind = ErrorKind::Unsupported {
        option,
        value,
        instead: instead.to_owned(),
    };
    builder.problems.push(kind, Location::layer(&layer.id));
}

/// Axes of length 1 move; the order of the others, as the device sees them, must stay.
fn permute(builder: &mut Builder<'_>, id: LayerId, layer: &Layer, dims: &[usize]) -> bool {
    let input = builder.shape().clone();
    let rank = input.rank();
    if dims.len() != rank {
        let kind = ErrorKind::DoesNotCompose {
            expected: format!("as many axes as `dims` has: {}", listed(dims)),
            found: input,
            mend: "name each axis of the input once".to_owned(),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return false;
    }
    // For each axis of the device the axis of the file: channels come first there in PyTorch.
    let mut file_axes: Vec<usize> = (0..rank).collect();
    if builder.layout == Layout::Torch {
        file_axes.rotate_left(1);
    }
    let length = |axis: usize| {
        let place = file_axes.iter().position(|&other| other == axis);
        input.0[place.unwrap_or(0)]
    };
    let before = file_axes.iter().copied();
    let after = file_axes.iter().map(|&axis| dims[axis] - 1);
    let long = |axis: &usize| length(*axis) > 1;
    if !before.filter(long).eq(after.clone().filter(long)) || builder.pending_flatten().is_some() {
        moves_values(
            builder,
            layer,
            "an exchange of axes by `dims`",
            listed(dims),
        );
        return false;
    }
    let output = Shape(after.map(length).collect());
    builder.push(id, NodeKind::Reshape, output, None);
    true
}

fn frame(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    axes: Axes,
    kind: source::Frame,
) -> Option<()> {
    let (input, channels) = image(builder, layer, axes)?;
    let mut frame = Frame {
        input,
        output: input,
        cut: [0, 0],
        before: [0, 0],
        repeat: [1, 1],
    };
    for axis in 0..2 {
        match kind {
            source::Frame::Pad(sides) => {
                let [before, after] = sides[axis];
                frame.before[axis] = before;
                frame.output[axis] += before + after;
            }
            source::Frame::Crop(sides) => {
                let [before, after] = sides[axis];
                frame.cut[axis] = before;
                let left = input[axis]
                    .checked_sub(before + after)
                    .filter(|&left| left > 0);
                let Some(left) = left else {
                    let kind = ErrorKind::InvalidField {
                        field: "cropping".to_owned(),
                        expected: format!("less than the {} positions there are", input[axis]),
                        found: in_words(sides, axes),
                    };
                    builder.problems.push(kind, Location::layer(&layer.id));
                    return None;
                };
                frame.output[axis] = left;
            }
            source::Frame::Upsample(factors) => {
                frame.repeat[axis] = factors[axis];
                frame.output[axis] *= factors[axis];
            }
        }
    }
    let [height, width] = frame.output;
    let shape = Shape(match axes {
        Axes::Time => vec![width, channels],
        Axes::Image => vec![height, width, channels],
    });
    let limit = limits::ACTIVATION_ELEMENTS;
    if shape.elements() > limit {
        let kind = ErrorKind::TooLarge {
            what: "the output (in elements)",
            found: shape.elements(),
            limit,
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return None;
    }
    if !axes_fit(
        builder,
        layer,
        &[input[0], input[1], height, width, channels],
    ) {
        return None;
    }
    builder.push(id, NodeKind::Frame(frame), shape, None);
    Some(())
}
