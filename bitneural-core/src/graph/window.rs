//! Windows of the file → windows with known borders.

use super::build::Builder;
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::shape::{Shape, Window};
use crate::source::layers::window::{self as source, Axes, Padding};
use crate::source::layers::{Layer, LayerKind};
use crate::source::{Layout, limits};

/// The image or sequence that the next layer reads, as height, width and channels: a sequence is an image
/// of height one. A value of another number of axes is a problem.
pub(super) fn image(
    builder: &mut Builder<'_>,
    layer: &Layer,
    axes: Axes,
) -> Option<([usize; 2], usize)> {
    match (axes, &*builder.shape().0) {
        (Axes::Image, &[height, width, channels]) => Some(([height, width], channels)),
        (Axes::Time, &[time, channels]) => Some(([1, time], channels)),
        (Axes::Image | Axes::Time, _) => {
            let (expected, mend) = match axes {
                Axes::Image => (
                    "an image, shape [height, width, channels]",
                    "give the input three axes, and put `flatten` behind the last layer of windows",
                ),
                Axes::Time => (
                    "a sequence, shape [time, channels]",
                    "give the input two axes, and put `flatten` behind the last layer of windows",
                ),
            };
            let kind = ErrorKind::DoesNotCompose {
                expected: expected.to_owned(),
                found: builder.shape().clone(),
                mend: mend.to_owned(),
            };
            builder.problems.push(kind, Location::layer(&layer.id));
            None
        }
    }
}

/// Notes an axis that is longer than the records of the runtime hold.
pub(super) fn axes_fit(builder: &mut Builder<'_>, layer: &Layer, axes: &[usize]) -> bool {
    let limit = usize::from(u16::MAX);
    let found = axes.iter().max().copied().unwrap_or(0);
    if found > limit {
        let kind = ErrorKind::TooLarge {
            what: "an axis of the image",
            found,
            limit,
        };
        builder.problems.push(kind, Location::layer(&layer.id));
    }
    found <= limit
}

/// Sides as a file may give them.
pub(super) fn in_words(borders: [[usize; 2]; 2], axes: Axes) -> String {
    match (axes, borders) {
        (Axes::Time, [_, [left, right]]) if left == right => left.to_string(),
        (Axes::Time, [_, [left, right]]) => format!("[{left},{right}]"),
        (Axes::Image, [[top, bottom], sides]) if [bottom; 2] == sides && top == bottom => {
            top.to_string()
        }
        (Axes::Image, [[top, bottom], [left, right]]) => {
            format!("[[{top},{bottom}],[{left},{right}]]")
        }
    }
}

/// Resolves a window over an image of the given positions.
pub(super) fn resolve(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    (window, axes): (&source::Window, Axes),
    input: [usize; 2],
) -> Option<Window> {
    let location = Location::layer(&layer.id);
    if builder.layout == Layout::Torch && window.padding == Padding::Same && window.stride != [1, 1]
    {
        let kind = ErrorKind::Unsupported {
            option: "in the torch layout, a stride with padding",
            value: "same".to_owned(),
            instead: "give the padding in numbers, as PyTorch demands".to_owned(),
        };
        let location = location.field(&format!("layers[{}].padding", id.index()));
        builder.problems.push(kind, location);
        return None;
    }
    let mut output = [0; 2];
    let mut before = [0; 2];
    for axis in 0..2 {
        let reach = window.dilation[axis].saturating_mul(window.kernel[axis] - 1) + 1;
        let stride = window.stride[axis];
        let [front, back] = match window.padding {
            Padding::Valid => [0, 0],
            Padding::Explicit(sides) => sides[axis],
            Padding::Causal => [reach - 1, 0],
            Padding::Same => {
                let positions = input[axis].div_ceil(stride);
                let total = ((positions - 1) * stride + reach).saturating_sub(input[axis]);
                [total / 2, total - total / 2]
            }
        };
        let Some(room) = (input[axis] + front + back).checked_sub(reach) else {
            let kind = ErrorKind::DoesNotCompose {
                expected: too_small(layer, window, (axes, axis), reach, front + back),
                found: builder.shape().clone(),
                mend: "make the window or its dilation smaller, or pad".to_owned(),
            };
            builder.problems.push(kind, location);
            return None;
        };
        output[axis] = room / stride + 1;
        before[axis] = front;
    }
    let extents: Vec<usize> = input
        .iter()
        .chain(&output)
        .chain(&before)
        .copied()
        .collect();
    if !axes_fit(builder, layer, &extents) {
        return None;
    }
    Some(Window {
        input,
        output,
        kernel: window.kernel,
        stride: window.stride,
        dilation: window.dilation,
        before,
    })
}

/// What a window needs along an axis that is too short for it.
fn too_small(
    layer: &Layer,
    window: &source::Window,
    (axes, axis): (Axes, usize),
    reach: usize,
    padding: usize,
) -> String {
    let option = match &layer.kind {
        LayerKind::Pool(_) => "pool",
        LayerKind::Dense(_)
        | LayerKind::Conv(_)
        | LayerKind::Separable(_)
        | LayerKind::Recurrent(_)
        | LayerKind::BatchNorm(_)
        | LayerKind::Normalize(_)
        | LayerKind::LayerNorm(_)
        | LayerKind::Activation(_)
        | LayerKind::Embedding(_)
        | LayerKind::Elementwise(_)
        | LayerKind::Shape(_)
        | LayerKind::Softmax(_)
        | LayerKind::Custom(_) => "kernel",
    };
    let name = match axes {
        Axes::Time => "length",
        Axes::Image => ["height", "width"][axis],
    };
    let kernel = match (axes, window.kernel) {
        (Axes::Image, [height, width]) if height != width => format!("[{height},{width}]"),
        (Axes::Image | Axes::Time, [_, width]) => width.to_string(),
    };
    let gaps = match window.dilation[axis] {
        1 => String::new(),
        dilation => format!(" with `dilation` {dilation}"),
    };
    let padding = match padding {
        0 => String::new(),
        padding => format!(", {padding} of `padding` included"),
    };
    format!("a {name} of at least {reach} for `{option}` {kernel}{gaps}{padding}")
}

/// The shape behind a window, if a chip could hold it.
pub(super) fn output_shape(
    builder: &mut Builder<'_>,
    layer: &Layer,
    window: &Window,
    axes: Axes,
    channels: usize,
) -> Option<Shape> {
    let [height, width] = window.output;
    let shape = Shape(match axes {
        Axes::Time => vec![width, channels],
        Axes::Image => vec![height, width, channels],
    });
    let limit = limits::ACTIVATION_ELEMENTS;
    let (elements, taps) = (shape.elements(), window.taps().saturating_mul(channels));
    for (what, found) in [
        ("the output (in elements)", elements),
        ("the window (in taps)", taps),
    ] {
        if found > limit {
            let kind = ErrorKind::TooLarge { what, found, limit };
            builder.problems.push(kind, Location::layer(&layer.id));
            return None;
        }
    }
    axes_fit(builder, layer, &shape.0).then_some(shape)
}
