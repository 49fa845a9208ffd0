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

/// The axis of a channels-last shape that is `axis` of the file's.
pub(super) fn axis(axis: usize, rank: usize, layout: Layout) -> usize {
    match layout {
        Layout::Keras => axis,
        Layout::Torch => (axis + rank - 1) % rank,
    }
}

/// Whether a flattened channels-last value has another order than in the file.
pub(crate) fn flatten_reorders(shape: &Shape, layout: Layout) -> bool {
    let channels = shape.channels();
    layout == Layout::Torch && channels != 1 && channels != shape.elements()
}

/// For each position of a flattened channels-last value, the position that the element has in the
/// order of a channels-first file.
pub(crate) fn flatten_order(shape: &Shape) -> Vec<u32> {
    let channels = shape.channels();
    let positions = shape.elements() / channels.max(1);
    let order = (0..shape.elements()).map(|index| {
        let (position, channel) = (index / channels, index % channels);
        u32::try_from(channel * positions + position).unwrap_or(u32::MAX)
    });
    order.collect()
}
