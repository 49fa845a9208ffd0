//! How large an accumulator can get (R6): what the overflow obligations are proven from.

/// Σ max(w, 0) and Σ max(−w, 0) of a channel's trits.
fn sums(trits: &[i8]) -> (i64, i64) {
    let (mut positive, mut negative) = (0, 0);
    for &trit in trits {
        positive += i64::from(trit > 0);
        negative += i64::from(trit < 0);
    }
    (positive, negative)
}

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

/// The bounds over codes 0..=255.
pub fn of_trits(trits: &[i8]) -> Bounds {
    let (positive, negative) = sums(trits);
    Bounds {
        low: -255 * negative,
        high: 255 * positive,
        weight_sum: positive - negative,
    }
}
