//! The invariants of layer norms.

use super::{obligations, verify_requant};
use crate::network::{Channel, Element, LayerNorm, Tensor};

pub(super) fn verify(norm: &LayerNorm, input: &Tensor, output: &Tensor) -> Result<(), String> {
    if input.element != Element::U8 || output.element != Element::U8 {
        return Err("a layer norm between tensors that are no codes".to_owned());
    }
    let n = norm.channels;
    if !(2..=512).contains(&n)
        || input.elements != output.elements
        || !input.elements.is_multiple_of(n)
    {
        return Err("a layer norm over channels that are not there, or too many".to_owned());
    }
    // n²·16257 is above the largest variance.
    let most = (((n * n) as u64 * 16257) << norm.lift.min(32)) + u64::from(norm.epsilon);
    if !matches!(norm.lift, 0 | 2 | 4 | 6 | 8) || norm.epsilon == 0 || most >= 1 << 32 {
        return Err("the constants of a layer norm break R22".to_owned());
    }
    if norm.requant.channels.len() != n || norm.requant.leaky.is_some() {
        return Err("a layer norm with constants of other channels, or with slopes".to_owned());
    }
    if norm.signs.len() != n || norm.signs.iter().any(|sign| !(-1..=1).contains(sign)) {
        return Err("a layer norm with signs that are none".to_owned());
    }
    verify_requant(&norm.requant, output)?;
    let most = 4096 * (n.isqrt() as i64 + 1);
    let rows = norm.requant.channels.iter().zip(&norm.signs);
    let bounds: Vec<(i64, i64, Channel)> = rows
        .map(|(&channel, &sign)| {
            let most = if sign == 0 { 0 } else { most };
            (-most, most, channel)
        })
        .collect();
    obligations(&norm.requant, &bounds, 1)
}
