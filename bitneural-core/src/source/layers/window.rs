//! What convolutions and pools have in common: a window that slides over an image, or along time.
//!
//! A window along time is one of height one: what it says of its one axis stands for the width.

use serde_json::Value;

use crate::source::Object;

/// What a window slides over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axes {
    /// A sequence: time and channels.
    Time,
    /// An image: height, width and channels.
    Image,
}

impl Axes {
    /// Of two words for a layer the one that the file has.
    pub(super) fn word(self, time: &'static str, image: &'static str) -> &'static str {
        match self {
            Self::Time => time,
            Self::Image => image,
        }
    }
}

/// How the borders are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// Not at all.
    Valid,
    /// So that the output has ⌈input / stride⌉ positions, the odd one at the end.
    Same,
    /// In front of the sequence alone, so that no output sees what comes after it.
    Causal,
    /// So many positions: `[before, after]` by axis.
    Explicit([[usize; 2]; 2]),
}

/// A window: height first, which is 1 along time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Taps.
    pub kernel: [usize; 2],
    /// Positions from one output to the next.
    pub stride: [usize; 2],
    /// Positions from one tap to the next.
    pub dilation: [usize; 2],
    /// What lies beyond the image.
    pub padding: Padding,
}

/// The largest extent, stride or padding: what the records of the runtime hold.
const LARGEST: usize = u16::MAX as usize;

fn number(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|n| usize::try_from(n).ok())
}

/// `n` along time, or `n` or `[height, width]`; each 1 to [`LARGEST`].
pub(super) fn pair(object: &mut Object<'_>, key: &'static str, axes: Axes) -> Option<[usize; 2]> {
    let value = object.value(key)?;
    let found = match (axes, value) {
        (Axes::Image, Value::Array(items)) => match items.as_slice() {
            [height, width] => number(height).zip(number(width)),
            _ => None,
        },
        (Axes::Image, other) => number(other).map(|n| (n, n)),
        (Axes::Time, other) => number(other).map(|n| (1, n)),
    };
    match found {
        Some((height, width)) if height.max(width) > LARGEST => {
            object.invalid(key, format!("at most {LARGEST}"));
            None
        }
        Some((height, width)) if height.min(width) >= 1 => Some([height, width]),
        _ => {
            object.invalid(
                key,
                axes.word(
                    "a whole number from 1",
                    "a whole number from 1, or [height, width]",
                ),
            );
            None
        }
    }
}

/// Two sides, or the same on both.
pub(super) fn sides(value: &Value) -> Option<[usize; 2]> {
    match value {
        Value::Array(items) => match items.as_slice() {
            [before, after] => Some([number(before)?, number(after)?]),
            _ => None,
        },
        other => number(other).map(|n| [n, n]),
    }
}

/// Sides of the axes, those of the height first: `n` and, along time, `[before, after]`, of an image
/// `[height, width]` or `[[top, bottom], [left, right]]`.
pub(super) fn borders(value: &Value, axes: Axes) -> Option<[[usize; 2]; 2]> {
    match (axes, value) {
        (Axes::Time, value) => sides(value).map(|sides| [[0, 0], sides]),
        (Axes::Image, Value::Array(items)) => match items.as_slice() {
            [height, width] => sides(height)
                .zip(sides(width))
                .map(|(height, width)| [height, width]),
            _ => None,
        },
        (Axes::Image, other) => number(other).map(|n| [[n, n], [n, n]]),
    }
}

/// Whether a side is longer than the records of the runtime hold; that is noted.
pub(super) fn too_long(
    object: &mut Object<'_>,
    key: &'static str,
    borders: [[usize; 2]; 2],
) -> bool {
    let is_too_long = borders.as_flattened().iter().any(|&side| side > LARGEST);
    if is_too_long {
        object.invalid(key, format!("at most {LARGEST}"));
    }
    is_too_long
}

/// `padding`; absent means `valid`. Only what has weights can be `causal`.
fn padding(object: &mut Object<'_>, axes: Axes, may_be_causal: bool) -> Option<Padding> {
    let value = object.value("padding");
    if may_be_causal && value.is_some_and(|value| value == "causal") {
        return Some(Padding::Causal);
    }
    if object.is_from_elsewhere("padding") {
        return None;
    }
    let found = match value {
        None => Some(Padding::Valid),
        Some(Value::String(word)) if word == "valid" => Some(Padding::Valid),
        Some(Value::String(word)) if word == "same" => Some(Padding::Same),
        Some(other) => borders(other, axes).map(Padding::Explicit),
    };
    if let Some(Padding::Explicit(borders)) = found
        && too_long(object, "padding", borders)
    {
        return None;
    }
    if found.is_none() {
        let expected = match axes {
            Axes::Time if may_be_causal => {
                "`valid`, `same`, `causal`, a whole number or [before, after]"
            }
            Axes::Time => "`valid`, `same`, a whole number or [before, after]",
            Axes::Image => {
                "`valid`, `same`, a whole number, [height, width] or [[top, bottom], [left, right]]"
            }
        };
        object.invalid("padding", expected);
    }
    found
}

/// What the size of a window is.
fn size(axes: Axes) -> &'static str {
    axes.word(
        "the size of the window, a whole number",
        "the size of the window, n or [height, width]",
    )
}

/// The window of a convolution: `kernel`, `stride`, `dilation`, `padding`.
pub(super) fn convolution(object: &mut Object<'_>, axes: Axes) -> Option<Window> {
    let kernel = pair(object, "kernel", axes);
    let kernel = object.required("kernel", size(axes), kernel);
    let stride = pair(object, "stride", axes).unwrap_or([1, 1]);
    let dilation = pair(object, "dilation", axes).unwrap_or([1, 1]);
    let padding = padding(object, axes, axes == Axes::Time);
    Some(Window {
        kernel: kernel?,
        stride,
        dilation,
        padding: padding?,
    })
}

/// The window of a pool: `pool`, `stride` (as wide as the window if absent), `padding`.
pub(super) fn pool(object: &mut Object<'_>, axes: Axes) -> Option<Window> {
    let kernel = pair(object, "pool", axes);
    let kernel = object.required("pool", size(axes), kernel);
    let stride = pair(object, "stride", axes);
    let padding = padding(object, axes, false);
    let kernel = kernel?;
    Some(Window {
        kernel,
        stride: stride.unwrap_or(kernel),
        dilation: [1, 1],
        padding: padding?,
    })
}
