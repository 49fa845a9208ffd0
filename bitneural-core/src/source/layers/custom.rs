//! Layers of the user's own.

use super::{LayerKind, LayerType};
use crate::error::ErrorKind;
use crate::shape::Shape;
use crate::source::{Object, limits};

/// A layer of the user's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Custom {
    /// Its name in the firmware, `snake_case`.
    pub name: String,
    /// The shape of its output in the order of the file, that of its first input if `None`.
    pub shape: Option<Shape>,
    /// Numbers that are handed to it.
    pub parameters: Vec<f32>,
}

pub(super) const TYPES: &[LayerType] = &[LayerType {
    name: "custom",
    parse,
}];

const NAME: &str = "a name of small letters, digits and `_` that begins with a letter";

fn parse(object: &mut Object<'_>) -> Option<LayerKind> {
    let name = object.string("name");
    let name = object.required("name", NAME, name);
    let name = name.filter(|name| {
        let fits = is_name(name);
        if !fits {
            object.invalid("name", NAME);
        }
        fits
    });
    let axes = object.counts("shape");
    let shape = axes.and_then(|axes| valid_shape(object, axes));
    let parameters = object.numbers("parameters").unwrap_or_default();
    if parameters.iter().any(|number| number.abs() >= 1e30) {
        object.invalid("parameters", "numbers below 1e30 in size");
    }
    let parameters: Vec<f32> = parameters.iter().map(|&number| number as f32).collect();
    Some(LayerKind::Custom(Custom {
        name: name?,
        shape,
        parameters,
    }))
}

/// Whether Rust, C and the macro can all call something by the name.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase())
        && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn valid_shape(object: &mut Object<'_>, axes: Vec<usize>) -> Option<Shape> {
    let shape = Shape(axes);
    if shape.rank() == 0 || shape.rank() > limits::RANK || shape.0.contains(&0) {
        object.invalid("shape", "one to three axes of at least 1");
        return None;
    }
    if shape.elements() > limits::ACTIVATION_ELEMENTS {
        let kind = ErrorKind::TooLarge {
            what: "the output (in elements)",
            found: shape.elements(),
            limit: limits::ACTIVATION_ELEMENTS,
        };
        object.problem("shape", kind);
        return None;
    }
    Some(shape)
}
