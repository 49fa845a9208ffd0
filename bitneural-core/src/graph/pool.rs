//! Pools in the graph.

use super::build::Builder;
use super::linear::Clamp;
use super::{NodeKind, window};
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::shape::{Shape, Window};
use crate::source::Layout;
use crate::source::layers::Layer;
use crate::source::layers::pool as source;
use crate::source::layers::window::{Axes, Padding};

/// The largest or the mean of the values under a window, channel by channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// What slides over the image.
    pub window: Window,
    /// What is made of the values under it.
    pub mode: PoolMode,
}

/// What a pool makes of the values under its window.
#[derive(Debug, Clone, PartialEq)]
pub enum PoolMode {
    /// The largest; padding does not count.
    Max,
    /// The mean.
    Average {
        /// Whether padded positions count, as zeros.
        count_padding: bool,
        /// What is fused behind it.
        clamp: Clamp,
    },
}

fn last_is_outside(window: &Window, axis: usize) -> bool {
    (window.output[axis] - 1) * window.stride[axis] >= window.input[axis] + window.before[axis]
}

/// The padding, as the user may have written it.
fn padding_of(pool: &source::Pool) -> String {
    match pool.window.map(|window| window.padding) {
        Some(Padding::Explicit(borders)) => window::in_words(borders, pool.axes),
        Some(Padding::Same) => "`same`".to_owned(),
        Some(Padding::Causal) => "`causal`".to_owned(),
        Some(Padding::Valid) | None => "`valid`".to_owned(),
    }
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    pool: &source::Pool,
) -> bool {
    let Some((input, channels)) = window::image(builder, layer, pool.axes) else {
        return false;
    };
    let window = match &pool.window {
        Some(window) => window::resolve(builder, id, layer, (window, pool.axes), input),
        None => window::axes_fit(builder, layer, &input).then(|| Window::whole(input)),
    };
    let Some(window) = window else { return false };
    // Beyond that a window could see nothing but padding, of which there is no largest value or mean.
    if (0..2)
        .any(|axis| window.before[axis] >= window.kernel[axis] || last_is_outside(&window, axis))
    {
        let kind = ErrorKind::InvalidField {
            field: "padding".to_owned(),
            expected: match (pool.axes, window.kernel) {
                (Axes::Time, [_, width]) => format!("less than the window ({width}) on each side"),
                (Axes::Image, [height, width]) => {
                    format!("less than the window ([{height},{width}]) on each side")
                }
            },
            found: format!(
                "{}, which leaves a window without a tap inside its image",
                padding_of(pool)
            ),
        };
        let field = format!("layers[{}].padding", id.index());
        let location = Location::layer(&layer.id).field(&field);
        builder.problems.push(kind, location);
        return false;
    }
    let Some(mut shape) = window::output_shape(builder, layer, &window, pool.axes, channels) else {
        return false;
    };
    if pool.window.is_none() {
        // Both frameworks' global pools yield a vector (PyTorch's after a flatten).
        shape = Shape::flat(channels);
    }
    let (mode, range) = match pool.mode {
        source::PoolMode::Max => (PoolMode::Max, None),
        source::PoolMode::Average(counted) => {
            let count_padding = counted.unwrap_or(builder.layout == Layout::Torch);
            let clamp = Clamp::NONE;
            (
                PoolMode::Average {
                    count_padding,
                    clamp,
                },
                layer.range,
            )
        }
    };
    builder.push(id, NodeKind::Pool(Pool { window, mode }), shape, range);
    true
}
