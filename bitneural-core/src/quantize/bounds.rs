//! How large an accumulator can get (R6): what the overflow obligations are proven from.

use crate::network::Element;

/// The bounds of a channel's accumulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The smallest sum.
    pub low: i64,
    /// The largest sum.
    pub high: i64,
    /// W, the sum of the weights.
    pub weight_sum: i64,
}

/// The bounds over codes of this type: X of R6 is its largest.
pub fn of_weights(weights: &[i8], element: Element) -> Bounds {
    let largest = i64::from(element.bounds().1);
    let (mut positive, mut negative) = (0, 0);
    for &weight in weights {
        positive += i64::from(weight.max(0));
        negative -= i64::from(weight.min(0));
    }
    Bounds {
        low: -largest * negative,
        high: largest * positive,
        weight_sum: positive - negative,
    }
}
