//! What a file records of the values of an activation.

use super::json::Object;
use super::limits;

/// Where a range comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RangeKind {
    /// Stated by the user: taken exactly (R3).
    Declared,
    /// Seen on calibration inputs: widened (R3).
    Observed {
        /// How many inputs were seen.
        samples: usize,
    },
}

/// What the file records about the values of an activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecordedRange {
    /// The smallest value.
    pub low: f64,
    /// The largest value.
    pub high: f64,
    /// Where it comes from.
    pub kind: RangeKind,
    /// Scale and zero point as trained, which override the range (R3).
    pub fixed: Option<(f64, i32)>,
}

/// `range`, `samples`, `scale` and `zero_point` of an input or a layer whose codes end at `largest_code`.
pub(super) fn recorded_range(
    object: &mut Object<'_>,
    declared: bool,
    largest_code: usize,
) -> Option<RecordedRange> {
    let samples = object.count("samples");
    if samples.is_some_and(|samples| !(1..=limits::SAMPLES).contains(&samples)) {
        object.invalid("samples", format!("1 to {}", limits::SAMPLES));
    }
    let range = object.numbers("range");
    let scale = object.number("scale");
    let zero_point = object.count("zero_point");
    let fixed = match (scale, zero_point) {
        (Some(scale), Some(zero_point)) => {
            if !(1e-30..1e30).contains(&scale) {
                object.invalid("scale", "a number from 1e-30 to 1e30");
            }
            if zero_point > largest_code {
                object.invalid("zero_point", format!("0 to {largest_code}"));
            }
            Some((scale, i32::try_from(zero_point).ok()?))
        }
        (Some(_), None) => {
            let expected = format!("0 to {largest_code}, beside `scale`");
            object.required("zero_point", &expected, None)?
        }
        (None, Some(_)) => {
            object.required("scale", "a positive number, beside `zero_point`", None)?
        }
        (None, None) => None,
    };
    if range.is_none() && fixed.is_none() {
        return None;
    }
    let bounds = match range.as_deref() {
        None => fixed.map(|(scale, zero_point)| {
            let steps_above = largest_code as f64 - f64::from(zero_point);
            (-scale * f64::from(zero_point), scale * steps_above)
        }),
        Some(numbers) => bounds(object, "range", numbers),
    };
    let kind = match samples {
        _ if declared => RangeKind::Declared,
        Some(samples) => RangeKind::Observed { samples },
        None if fixed.is_some() => RangeKind::Declared,
        None => {
            let expected = "the number of inputs that the range was observed on";
            object.required::<()>("samples", expected, None);
            return None;
        }
    };
    let (low, high) = bounds?;
    Some(RecordedRange {
        low,
        high,
        kind,
        fixed,
    })
}

/// The range of a value inside a layer, observed on as many samples as that of the layer's output.
pub(super) fn inner_range(object: &mut Object<'_>, key: &'static str) -> Option<RecordedRange> {
    let numbers = object.numbers(key)?;
    let bounds = bounds(object, key, &numbers);
    // What is wrong with the number of samples is said of the layer's own range, if it has one that needs it.
    if object.value("range").is_none() || object.value("scale").is_some() {
        let samples = object.value("samples").map(|_| ());
        let expected = format!("the number of inputs that `{key}` was observed on");
        object.required("samples", &expected, samples);
    }
    let samples = object.value("samples")?.as_u64();
    let samples = usize::try_from(samples?)
        .ok()
        .filter(|&samples| samples > 0)?;
    let kind = RangeKind::Observed { samples };
    let (low, high) = bounds?;
    Some(RecordedRange {
        low,
        high,
        kind,
        fixed: None,
    })
}

fn bounds(object: &mut Object<'_>, key: &'static str, numbers: &[f64]) -> Option<(f64, f64)> {
    let valid = |bound: f64| bound.abs() < 1e30;
    match *numbers {
        [low, high] if low <= high && valid(low) && valid(high) => Some((low, high)),
        _ => {
            object.invalid(key, "two numbers below 1e30 in size, the smaller one first");
            None
        }
    }
}
