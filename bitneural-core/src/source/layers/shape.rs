//! Layers that give the same values another shape, or do nothing at inference: `flatten`, `dropout`.

use super::{LayerKind, LayerType};
use crate::source::Object;

/// Another shape for the same values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One axis of all elements, in the order of the file's layout.
    Flatten,
    /// Nothing at inference: the word in the file.
    Identity(&'static str),
}

impl Shape {
    /// The word for it in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flatten => "flatten",
            Self::Identity(name) => name,
        }
    }
}

pub(super) const TYPES: &[LayerType] = &[
    LayerType {
        name: "flatten",
        parse: flatten,
    },
    LayerType {
        name: "dropout",
        parse: dropout,
    },
    LayerType {
        name: "spatial_dropout2d",
        parse: spatial_dropout,
    },
    LayerType {
        name: "gaussian_dropout",
        parse: gaussian_dropout,
    },
    LayerType {
        name: "gaussian_noise",
        parse: gaussian_noise,
    },
];

fn flatten(_: &mut Object<'_>) -> Option<LayerKind> {
    Some(LayerKind::Shape(Shape::Flatten))
}

fn identity(
    object: &mut Object<'_>,
    name: &'static str,
    option: &'static str,
) -> Option<LayerKind> {
    // What it did in training is allowed and does not matter here.
    object.number(option);
    Some(LayerKind::Shape(Shape::Identity(name)))
}

fn dropout(object: &mut Object<'_>) -> Option<LayerKind> {
    identity(object, "dropout", "rate")
}

fn spatial_dropout(object: &mut Object<'_>) -> Option<LayerKind> {
    identity(object, "spatial_dropout2d", "rate")
}

fn gaussian_dropout(object: &mut Object<'_>) -> Option<LayerKind> {
    identity(object, "gaussian_dropout", "rate")
}

fn gaussian_noise(object: &mut Object<'_>) -> Option<LayerKind> {
    identity(object, "gaussian_noise", "stddev")
}
