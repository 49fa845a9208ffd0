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
            let image = builder.shape().clone();
            builder.push(id, NodeKind::Reshape, Shape::flat(image.elements()), None);
            if flatten_reorders(&image, builder.layout) {
                builder.mark_flattened(image);
            }
        }
        source::Shape::Identity(_) => {
            let shape = builder.shape().clone();
            builder.push(id, NodeKind::Reshape, shape, None);
        }
    }
    true
}
