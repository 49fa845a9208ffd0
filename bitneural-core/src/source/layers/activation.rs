//! Element-wise functions: `relu`.

use super::{LayerKind, LayerType};
use crate::source::Object;

/// An element-wise function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// max(0, x).
    Relu,
}

impl Activation {
    /// The word for it in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
        }
    }
}

pub(super) const TYPES: &[LayerType] = &[LayerType {
    name: "relu",
    parse: relu,
}];

fn relu(_: &mut Object<'_>) -> Option<LayerKind> {
    Some(LayerKind::Activation(Activation::Relu))
}
