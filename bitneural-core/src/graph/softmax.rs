//! Softmax in the graph.

use super::NodeKind;
use super::build::Builder;
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::source::layers::Layer;

/// `exp(x_i) / Σ exp(x_j)` over a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Softmax;

/// The most classes of a softmax: R20 keeps 2^15 · n below 2^32.
pub(crate) const MOST_CLASSES: usize = (1 << 17) - 1;

pub(super) fn build(builder: &mut Builder<'_>, id: LayerId, layer: &Layer) -> bool {
    let shape = builder.shape().clone();
    if shape.rank() != 1 {
        let kind = ErrorKind::DoesNotCompose {
            expected: "a vector, shape [classes]".to_owned(),
            found: shape,
            mend: "put a `flatten` layer in front of it".to_owned(),
        };
        builder.problems.push(kind, Location::layer(&layer.id));
        return false;
    }
    if shape.elements() > MOST_CLASSES {
        let kind = ErrorKind::TooLarge {
            what: "the number of classes",
            found: shape.elements(),
            limit: MOST_CLASSES,
        };
        builder.problems.push(kind, Location::layer(&layer.id));
    }
    builder.push(id, NodeKind::Softmax(Softmax), shape, None);
    true
}
