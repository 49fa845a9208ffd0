//! Layer norm: each position over its channels, by an integer square root and one division of 32 bits (R22).
//!
//! Positions lie channels last. No scratch: the codes are read twice.

use crate::params::LayerNorm;
use crate::requant::requantize;

/// Each position less its mean, over its deviation. A rest that is no whole position stays as it is.
#[inline(never)]
pub fn layer_norm(layer: &LayerNorm, input: &[u8], output: &mut [u8]) {
    let channels = usize::from(layer.channels);
    if channels == 0 {
        return;
    }
    let (mut input, mut output) = (input, output);
    while let (Some((codes, after)), Some((outputs, rest))) = (
        input.split_at_checked(channels),
        output.split_at_mut_checked(channels),
    ) {
        position(layer, codes, outputs);
        (input, output) = (after, rest);
    }
}

#[inline(always)]
fn position(layer: &LayerNorm, codes: &[u8], outputs: &mut [u8]) {
    let n = u32::from(layer.channels);
    let (mut sum, mut squares) = (0_u32, 0_u32);
    for &x in codes {
        let x = u32::from(x);
        sum = sum.wrapping_add(x);
        squares = squares.wrapping_add(x.wrapping_mul(x));
    }
    // n·S2 and S1² may not fit 32 bits; their difference, lifted, does.
    let spread = n.wrapping_mul(squares).wrapping_sub(sum.wrapping_mul(sum));
    let lift = u32::from(layer.lift);
    let mut v = spread.wrapping_shl(lift).wrapping_add(layer.epsilon);
    let mut shift = 19_u32.wrapping_sub(lift >> 1);
    // v is at least 1, so that fifteen steps are enough.
    for _ in 0..15 {
        if v >= 1 << 30 {
            break;
        }
        v <<= 2;
        shift = shift.wrapping_sub(1);
    }
    // The root is at least 2^15.
    let reciprocal = (1_u32 << 31).checked_div(root(v)).unwrap_or(0);
    let constants = layer.signs.iter().zip(layer.constants);
    for ((y, &x), (&sign, channel)) in outputs.iter_mut().zip(codes).zip(constants) {
        let difference = n.wrapping_mul(x.into()).wrapping_sub(sum) as i32;
        let z = product(difference, reciprocal as i32, shift).wrapping_mul(sign.into());
        *y = requantize(z, channel, &layer.requant);
    }
}

/// ⌊√v⌋, a bit of it at a time.
#[inline(always)]
fn root(v: u32) -> u32 {
    let (mut rest, mut root, mut bit) = (v, 0_u32, 1_u32 << 30);
    while bit != 0 {
        let next = root.wrapping_add(bit);
        root >>= 1;
        if rest >= next {
            rest = rest.wrapping_sub(next);
            root = root.wrapping_add(bit);
        }
        bit >>= 2;
    }
    root
}

/// (a·b) >> shift for a shift of `0..=31`, of which 32 bits are the result. The mask tells the compiler that the
/// shift stays below 32, so that it needs no function for shifts of 64 bits.
#[inline(always)]
fn product(a: i32, b: i32, shift: u32) -> i32 {
    ((a as i64).wrapping_mul(b as i64) >> (shift & 31)) as i32
}

#[cfg(test)]
mod tests;
