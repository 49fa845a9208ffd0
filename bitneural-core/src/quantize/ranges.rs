//! Scale and zero point from a recorded range: R3, and R12 for wide outputs.

use super::Format;
use crate::network::Element;
use crate::source::{RangeKind, RecordedRange};

/// ⌊x + ½⌋ (R1).
pub fn rnd(x: f64) -> f64 {
    (x + 0.5).floor()
}

/// What a range need not go beyond (R3).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// The useful interval of the table that reads the tensor.
    pub useful: Option<(f64, f64)>,
    /// The largest value that a fused activation lets through.
    pub cap: Option<f64>,
}

/// The format of a code, `U8` or `U16` (R3).
pub fn code(range: &RecordedRange, limits: Limits, element: Element) -> Format {
    if let Some((scale, zero_point)) = range.fixed {
        return Format {
            element,
            scale,
            zero_point,
        };
    }
    of_span(span(range, limits), element)
}

/// a and b of R3 behind headroom and limits.
pub fn span(range: &RecordedRange, limits: Limits) -> (f64, f64) {
    let headroom = match range.kind {
        RangeKind::Declared => 1.0,
        RangeKind::Observed { samples } if samples >= 32 => 9.0 / 8.0,
        RangeKind::Observed { .. } => 5.0 / 4.0,
    };
    let low = (range.low * headroom).min(0.0);
    let high = (range.high * headroom).max(0.0);
    let (least, most) = limits.useful.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    let low = low.max(least);
    let high = high.min(most).min(limits.cap.unwrap_or(f64::INFINITY));
    (low, high)
}

/// The format of codes over a range that needs no headroom (R3, R15).
pub fn of_span((low, high): (f64, f64), element: Element) -> Format {
    if low == high {
        return Format {
            element,
            scale: 1.0,
            zero_point: 0,
        };
    }
    let largest = f64::from(element.bounds().1);
    let scale = (high - low) / largest;
    let zero_point = rnd(-low / scale).clamp(0.0, largest);
    Format {
        element,
        scale,
        zero_point: zero_point as i32,
    }
}

/// The format of a wide output, from the raw observed range (R12).
pub fn wide(range: &RecordedRange) -> Format {
    let largest = range.low.abs().max(range.high.abs());
    let scale = if largest == 0.0 {
        1.0
    } else {
        2.0 * largest / 32767.0
    };
    Format {
        element: Element::I16,
        scale,
        zero_point: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(low: f64, high: f64) -> RecordedRange {
        RecordedRange {
            low,
            high,
            kind: RangeKind::Observed { samples: 64 },
            fixed: None,
        }
    }

    #[test]
    fn worked_examples_of_r3_and_r12() {
        let format = code(&observed(-1.7, 4.2), Limits::default(), Element::U8);
        assert!((format.scale - 0.026_029_411_764_7).abs() < 1e-12);
        assert_eq!(format.zero_point, 73);
        assert_eq!(
            code(&observed(0.0, 5.3), Limits::default(), Element::U8).zero_point,
            0
        );
        assert!((wide(&observed(-11.3, 11.3)).scale - 0.000_689_718_31).abs() < 1e-11);
    }
}
