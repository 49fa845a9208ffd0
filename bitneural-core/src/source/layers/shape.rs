//! Layers that give the same values another shape: `flatten`.

use super::{LayerKind, LayerType};
use crate::source::Object;

/// Another shape for the same values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One axis of all elements, in the order of the file's layout.
    Flatten,
}

impl Shape {
    /// The word for it in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flatten => "flatten",
        }
    }
}

pub(super) const TYPES: &[LayerType] = &[LayerType {
    name: "flatten",
    parse: flatten,
}];

fn flatten(_: &mut Object<'_>) -> Option<LayerKind> {
    Some(LayerKind::Shape(Shape::Flatten))
}
