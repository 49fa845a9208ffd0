//! R6 and R7, one sum at a time.

use crate::network::{Channel, Dense, Requant};

pub(super) fn run(dense: &Dense, input: &[i32]) -> Vec<i32> {
    (0..dense.outputs)
        .map(|c| {
            let row = &dense.trits[c * dense.inputs..(c + 1) * dense.inputs];
            let acc: i64 = row
                .iter()
                .zip(input)
                .map(|(&w, &x)| i64::from(w) * i64::from(x))
                .sum();
            requantize(acc, &dense.requant, dense.requant.channels[c])
        })
        .collect()
}

/// `y = clamp((t·m) >> (32 + S), y_lo, y_hi)`, `t = acc·2^P + B`.
fn requantize(acc: i64, requant: &Requant, channel: Channel) -> i32 {
    let t = acc * (1 << requant.pre_shift) + i64::from(channel.bias);
    assert!(i32::try_from(t).is_ok(), "R7: acc·2^P + B does not fit i32");
    let y = (t * i64::from(channel.multiplier)) >> (32 + requant.shift);
    y.clamp(i64::from(requant.low), i64::from(requant.high)) as i32
}
