//! Changes of shape in the graph.

use super::NodeKind;
use super::build::Builder;
use super::layout::channels_last_order;
use crate::ids::LayerId;
use crate::shape::Shape;
use crate::source::layers::shape as source;

pub(super) fn build(builder: &mut Builder<'_>, id: LayerId, kind: source::Shape) -> bool {
    match kind {
        source::Shape::Flatten => {
            if let Some(order) = channels_last_order(builder.shape(), builder.layout) {
                builder.pending_order = Some(order);
            }
            let shape = Shape::flat(builder.shape().elements());
            builder.push(id, NodeKind::Reshape, shape, None);
        }
    }
    true
}
