//! What convolutions and pools have in common: a window that slides over an image.

use crate::source::Object;

/// How the borders are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// Not at all.
    Valid,
    /// So that the output has ⌈input / stride⌉ positions, the odd one at the end.
    Same,
    /// So many positions: `[before, after]` by axis.
    Explicit([[usize; 2]; 2]),
}

/// A window: height first.
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

/// `n` or `[height, width]`, each 1 to [`LARGEST`].
pub(super) fn pair(object: &mut Object<'_>, key: &'static str) -> Option<[usize; 2]> {
    let value = object.value(key)?;
    let number = |value: &serde_json::Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
    let found = match value {
        serde_json::Value::Array(items) => match items.as_slice() {
            [height, width] => number(height).zip(number(width)),
            _ => None,
        },
        other => number(other).map(|n| (n, n)),
    };
    match found {
        Some((height, width)) if height.max(width) > LARGEST => {
            object.invalid(key, format!("at most {LARGEST}"));
            None
        }
        Some((height, width)) if height.min(width) >= 1 => Some([height, width]),
        _ => {
            object.invalid(key, "a whole number from 1, or [height, width]");
            None
        }
    }
}

/// `padding`; absent means `valid`.
fn padding(object: &mut Object<'_>) -> Option<Padding> {
    use serde_json::Value;
    if object.is_from_elsewhere("padding") {
        return None;
    }
    let number = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
    let sides = |value: &Value| match value {
        Value::Array(items) => match items.as_slice() {
            [before, after] => Some([number(before)?, number(after)?]),
            _ => None,
        },
        other => number(other).map(|n| [n, n]),
    };
    let found = match object.value("padding") {
        None => Some(Padding::Valid),
        Some(Value::String(word)) if word == "valid" => Some(Padding::Valid),
        Some(Value::String(word)) if word == "same" => Some(Padding::Same),
        Some(Value::Array(items)) => match items.as_slice() {
            [height, width] => sides(height)
                .zip(sides(width))
                .map(|(h, w)| Padding::Explicit([h, w])),
            _ => None,
        },
        Some(other) => number(other).map(|n| Padding::Explicit([[n, n], [n, n]])),
    };
    if let Some(Padding::Explicit(sides)) = found
        && sides.as_flattened().iter().any(|&side| side > LARGEST)
    {
        object.invalid("padding", format!("at most {LARGEST}"));
        return None;
    }
    if found.is_none() {
        object.invalid(
            "padding",
            "`valid`, `same`, a whole number, [height, width] or [[top, bottom], [left, right]]",
        );
    }
    found
}

/// The window of a convolution: `kernel`, `stride`, `dilation`, `padding`.
pub(super) fn convolution(object: &mut Object<'_>) -> Option<Window> {
    let kernel = pair(object, "kernel");
    let kernel = object.required(
        "kernel",
        "the size of the window, n or [height, width]",
        kernel,
    );
    let stride = pair(object, "stride").unwrap_or([1, 1]);
    let dilation = pair(object, "dilation").unwrap_or([1, 1]);
    let padding = padding(object);
    Some(Window {
        kernel: kernel?,
        stride,
        dilation,
        padding: padding?,
    })
}

/// The window of a pool: `pool`, `stride` (as wide as the window if absent), `padding`.
pub(super) fn pool(object: &mut Object<'_>) -> Option<Window> {
    let kernel = pair(object, "pool");
    let kernel = object.required(
        "pool",
        "the size of the window, n or [height, width]",
        kernel,
    );
    let stride = pair(object, "stride");
    let padding = padding(object);
    let kernel = kernel?;
    Some(Window {
        kernel,
        stride: stride.unwrap_or(kernel),
        dilation: [1, 1],
        padding: padding?,
    })
}
