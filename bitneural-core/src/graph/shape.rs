//! Changes of shape in the graph.

use super::NodeKind;
use super::build::Builder;
use super::layout::flatten_reorders;
use crate::ids::LayerId;
use crate::shape::Shape;
use crate::source::layers::shape as source;

pub(super) fn build(builder: &mut Builder<'_>, id: LayerId, kind: source::Shape) -> bool {
    match kind {
        source::Shape::Flatten => {
            if flatten_reorders(builder.shape(), builder.layout) {
                builder.pending_flatten = Some(builder.shape().clone());
            }
            let shape = Shape::flat(builder.shape().elements());
            builder.push(id, NodeKind::Reshape, shape, None);
        }
    }
    true
}
