//! R6's obligation, R7 and R11.

use crate::network::{Channel, Requant};

/// `t = acc·2^P + B`, which fits `i32`.
fn biased(acc: i64, requant: &Requant, channel: Channel) -> i64 {
    let t = acc * (1 << requant.pre_shift) + i64::from(channel.bias);
    assert!(i32::try_from(t).is_ok(), "R7: acc·2^P + B does not fit i32");
    t
}

/// `y = clamp((t·m) >> (32 + S), y_lo, y_hi)`; below z_y, if there are slopes, the second
/// requantization takes its place.
pub(super) fn requantize(acc: i64, requant: &Requant, channel: usize) -> i32 {
    assert!(i32::try_from(acc).is_ok(), "R6: a sum does not fit i32");
    let constants = requant.channels[channel];
    let t = biased(acc, requant, constants);
    let mut y = (t * i64::from(constants.multiplier)) >> (32 + requant.shift);
    if let Some(leaky) = &requant.leaky
        && y < i64::from(leaky.zero)
    {
        let constants = leaky.channels[channel];
        let t = biased(acc, requant, constants);
        y = (t * i64::from(constants.multiplier)) >> (32 + leaky.shift);
    }
    y.clamp(i64::from(requant.low), i64::from(requant.high)) as i32
}
