//! Layers that give the same values another shape, or do nothing at inference: `flatten`, `zero_pad2d`, `dropout`.

use serde_json::Value;

use super::window::{self, Axes};
use super::{LayerKind, LayerType};
use crate::source::Object;

/// Another shape for the same values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One axis of all elements, in the order of the file's layout.
    Flatten,
    /// The axes in the order of the file's layout; `None` for one that follows from the others.
    Reshape(Vec<Option<usize>>),
    /// The axes of the input, counted from 1, in the order of the output's.
    Permute(Vec<usize>),
    /// An image or a sequence in another frame.
    Frame(Axes, Frame),
    /// Nothing at inference: the word in the file.
    Identity(&'static str),
}

/// What becomes of an image or a sequence, height first: `[before, after]` by axis, or a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// Zeros around it.
    Pad([[usize; 2]; 2]),
    /// Rows and columns cut off.
    Crop([[usize; 2]; 2]),
    /// Each position repeated.
    Upsample([usize; 2]),
}

impl Shape {
    /// The word for it in the file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Flatten => "flatten",
            Self::Reshape(_) => "reshape",
            Self::Permute(_) => "permute",
            Self::Frame(axes, Frame::Pad(_)) => axes.word("zero_pad1d", "zero_pad2d"),
            Self::Frame(axes, Frame::Crop(_)) => axes.word("crop1d", "crop2d"),
            Self::Frame(axes, Frame::Upsample(_)) => axes.word("upsample1d", "upsample2d"),
            Self::Identity(name) => name,
        }
    }
}

pub(super) const TYPES: &[LayerType] = &[
    LayerType {
        name: "flatten",
        parse: |_| Some(LayerKind::Shape(Shape::Flatten)),
    },
    LayerType {
        name: "reshape",
        parse: reshape,
    },
    LayerType {
        name: "permute",
        parse: permute,
    },
    LayerType {
        name: "zero_pad1d",
        parse: |object| zero_pad(object, Axes::Time),
    },
    LayerType {
        name: "zero_pad2d",
        parse: |object| zero_pad(object, Axes::Image),
    },
    LayerType {
        name: "crop1d",
        parse: |object| crop(object, Axes::Time),
    },
    LayerType {
        name: "crop2d",
        parse: |object| crop(object, Axes::Image),
    },
    LayerType {
        name: "upsample1d",
        parse: |object| upsample(object, Axes::Time),
    },
    LayerType {
        name: "upsample2d",
        parse: |object| upsample(object, Axes::Image),
    },
    LayerType {
        name: "dropout",
        parse: |object| identity(object, "dropout", "rate"),
    },
    LayerType {
        name: "spatial_dropout2d",
        parse: |object| identity(object, "spatial_dropout2d", "rate"),
    },
    LayerType {
        name: "gaussian_dropout",
        parse: |object| identity(object, "gaussian_dropout", "rate"),
    },
    LayerType {
        name: "gaussian_noise",
        parse: |object| identity(object, "gaussian_noise", "stddev"),
    },
];

#[expect(clippy::unnecessary_wraps, reason = "what every type's reader yields")]
fn identity(
    object: &mut Object<'_>,
    name: &'static str,
    option: &'static str,
) -> Option<LayerKind> {
    // What it did in training is allowed and does not matter here.
    object.number(option);
    Some(LayerKind::Shape(Shape::Identity(name)))
}

fn reshape(object: &mut Object<'_>) -> Option<LayerKind> {
    const EXPECTED: &str = "a list of one to three whole numbers from 1, one of which may be -1";
    let axis = |value: &Value| match (value.as_i64(), value.as_u64()) {
        (Some(-1), _) => Some(None),
        (_, Some(axis)) if axis > 0 => usize::try_from(axis).ok().map(Some),
        _ => None,
    };
    let found = object.value("shape").map(|value| {
        let axes: Vec<Option<usize>> = value.as_array()?.iter().map(axis).collect::<Option<_>>()?;
        let open = axes.iter().filter(|axis| axis.is_none()).count();
        ((1..=3).contains(&axes.len()) && open <= 1).then_some(axes)
    });
    if found == Some(None) {
        object.invalid("shape", EXPECTED);
    }
    let axes = object.required("shape", EXPECTED, found.flatten())?;
    Some(LayerKind::Shape(Shape::Reshape(axes)))
}

fn permute(object: &mut Object<'_>) -> Option<LayerKind> {
    const EXPECTED: &str = "the axes of the input from 1 on, each once";
    let dims = object.counts("dims");
    let dims = object.required("dims", EXPECTED, dims)?;
    let mut sorted = dims.clone();
    sorted.sort_unstable();
    if dims.is_empty() || dims.len() > 3 || !sorted.iter().copied().eq(1..=dims.len()) {
        object.invalid("dims", EXPECTED);
        return None;
    }
    Some(LayerKind::Shape(Shape::Permute(dims)))
}

/// Positions at the sides.
fn sides(object: &mut Object<'_>, key: &'static str, axes: Axes) -> Option<[[usize; 2]; 2]> {
    let expected = axes.word(
        "a whole number or [before, after]",
        "a whole number, [height, width] or [[top, bottom], [left, right]]",
    );
    let found = object.value(key).map(|value| window::borders(value, axes));
    match found {
        Some(None) => object.invalid(key, expected),
        Some(Some(borders)) if window::too_long(object, key, borders) => return None,
        Some(Some(_)) | None => {}
    }
    object.required(key, expected, found.flatten())
}

fn zero_pad(object: &mut Object<'_>, axes: Axes) -> Option<LayerKind> {
    let sides = sides(object, "padding", axes)?;
    Some(LayerKind::Shape(Shape::Frame(axes, Frame::Pad(sides))))
}

fn crop(object: &mut Object<'_>, axes: Axes) -> Option<LayerKind> {
    let sides = sides(object, "cropping", axes)?;
    Some(LayerKind::Shape(Shape::Frame(axes, Frame::Crop(sides))))
}

fn upsample(object: &mut Object<'_>, axes: Axes) -> Option<LayerKind> {
    let factors = window::pair(object, "size", axes);
    let expected = axes.word(
        "a whole number from 1",
        "a whole number from 1, or [height, width]",
    );
    let factors = object.required("size", expected, factors);
    object.choice("interpolation", &[("nearest", ())]);
    let frame = Frame::Upsample(factors?);
    Some(LayerKind::Shape(Shape::Frame(axes, frame)))
}
