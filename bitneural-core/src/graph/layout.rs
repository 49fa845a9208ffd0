//! PyTorch's channels-first order, resolved here so that no later stage knows it.

use crate::shape::Shape;
use crate::source::Layout;

/// A shape of the file, channels last.
pub(super) fn channels_last(shape: &Shape, layout: Layout) -> Shape {
    let mut axes = shape.0.clone();
    if layout == Layout::Torch {
        axes.rotate_left(1);
    }
    Shape(axes)
}

/// For each position of a flattened channels-last value, the position that the element has in the
/// file's order; `None` where the two are the same.
pub(crate) fn channels_last_order(shape: &Shape, layout: Layout) -> Option<Vec<u32>> {
    let channels = shape.channels();
    let positions = shape.elements() / channels.max(1);
    if layout == Layout::Keras || channels == 1 || positions == 1 {
        return None;
    }
    let order = (0..shape.elements()).map(|index| {
        let (position, channel) = (index / channels, index % channels);
        u32::try_from(channel * positions + position).unwrap_or(u32::MAX)
    });
    Some(order.collect())
}
