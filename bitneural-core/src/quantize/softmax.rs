//! Softmax nodes → softmax ops (R20).

use super::Format;
use super::ranges::rnd;
use super::requant::power;
use crate::error::ErrorKind;
use crate::graph::MOST_CLASSES;
use crate::network::{Element, Softmax};

/// The fixed format of probabilities as codes (R2).
pub(super) const CODES: Format = Format {
    element: Element::U8,
    scale: 1.0 / 256.0,
    zero_point: 0,
};

/// The fixed format of probabilities as the network's output (R20).
pub(super) const WIDE: Format = Format {
    element: Element::I16,
    scale: 1.0 / 32768.0,
    zero_point: 0,
};

/// The constants over `elements` values of the given format.
///
/// # Errors
/// A scale for which R20 has no shift, or so many values that it has no guard (2^17 and more; in a
/// file the graph finds them first).
pub fn quantize(from: Format, elements: usize) -> Result<Softmax, ErrorKind> {
    let depth = match from.element {
        Element::U8 => 255.0,
        Element::U16 | Element::I16 => 65535.0,
        Element::F32 => f64::INFINITY,
    };
    // log2(e) to the digits that R20 gives: the rule's bits, not a better approximation.
    #[allow(clippy::approx_constant)]
    let kappa = (from.scale * 1.4426950408889634) * 256.0;
    let multiplier = |shift: u32| rnd(kappa * power(shift as i32));
    let fits = |&shift: &u32| {
        let half = f64::from((1_u32 << shift) / 2);
        multiplier(shift) * depth + half < power(31)
    };
    let shift = (0..=24)
        .rev()
        .find(fits)
        .ok_or(ErrorKind::SoftmaxTooCoarse { scale: from.scale })?;
    let guard = (0..=8)
        .rev()
        .find(|&guard| (elements as u64) << (15 + guard) < 1 << 32)
        .ok_or(ErrorKind::TooLarge {
            what: "the number of classes",
            found: elements,
            limit: MOST_CLASSES,
        })?;
    Ok(Softmax {
        multiplier: multiplier(shift) as u32,
        shift,
        guard,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_example_of_r20() {
        let from = Format {
            element: Element::I16,
            scale: power(-10),
            zero_point: 0,
        };
        assert_eq!(
            quantize(from, 3).unwrap(),
            Softmax {
                multiplier: 23637,
                shift: 16,
                guard: 8
            }
        );
    }
}
