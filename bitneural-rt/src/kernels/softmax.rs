//! Softmax over a vector, by a table of powers of two and one division (R20).

use super::{Input, Output};
use crate::params::Softmax;

/// The probabilities of the inputs, rounded to the steps of the output's format.
///
/// The summands are computed twice, once for their sum and once for the output, so no scratch is needed.
#[inline(never)]
pub fn softmax<I: Input, O: Output>(layer: &Softmax, input: &[I], output: &mut [O]) {
    let Some(&largest) = input.iter().max() else {
        return;
    };
    let largest: i32 = largest.into();
    let guard = u32::from(layer.guard);
    let sum = input.iter().fold(0_u32, |sum, &q| {
        sum.wrapping_add(summand(layer, largest, q.into()))
    });
    // The largest input's summand alone is 2^(15+g), so the divisor is not zero unless g is out of its range.
    let reciprocal = (1_u32 << 31)
        .checked_div(sum.wrapping_shr(guard))
        .unwrap_or(0);
    for (y, &q) in output.iter_mut().zip(input) {
        let e = summand(layer, largest, q.into());
        *y = O::from_probability(e.wrapping_shr(guard).wrapping_mul(reciprocal));
    }
}

/// e_i: 2^(15+g) for the largest input, less for the others.
#[inline(always)]
fn summand(layer: &Softmax, largest: i32, q: i32) -> u32 {
    let shift = u32::from(layer.shift);
    let half = 1_u32.wrapping_shl(shift) >> 1;
    let t = (largest.wrapping_sub(q) as u32)
        .wrapping_mul(layer.multiplier)
        .wrapping_add(half)
        .wrapping_shr(shift);
    u32::from(POWERS[t as usize % 256])
        .wrapping_shl(u32::from(layer.guard))
        .wrapping_shr((t >> 8).min(31))
}

/// E of R20: rnd(32768·2^(−f/256)).
#[rustfmt::skip]
pub static POWERS: [u16; 256] = [
    32768, 32679, 32591, 32503, 32415, 32327, 32240, 32153, 32066, 31979, 31893, 31806, 31720, 31635, 31549, 31464,
    31379, 31294, 31209, 31125, 31041, 30957, 30873, 30790, 30706, 30623, 30541, 30458, 30376, 30293, 30212, 30130,
    30048, 29967, 29886, 29805, 29725, 29644, 29564, 29484, 29405, 29325, 29246, 29167, 29088, 29009, 28931, 28852,
    28774, 28697, 28619, 28542, 28464, 28388, 28311, 28234, 28158, 28082, 28006, 27930, 27855, 27779, 27704, 27629,
    27554, 27480, 27406, 27332, 27258, 27184, 27110, 27037, 26964, 26891, 26818, 26746, 26674, 26601, 26530, 26458,
    26386, 26315, 26244, 26173, 26102, 26031, 25961, 25891, 25821, 25751, 25681, 25612, 25543, 25474, 25405, 25336,
    25268, 25199, 25131, 25063, 24995, 24928, 24860, 24793, 24726, 24659, 24593, 24526, 24460, 24394, 24328, 24262,
    24196, 24131, 24066, 24001, 23936, 23871, 23806, 23742, 23678, 23614, 23550, 23486, 23423, 23359, 23296, 23233,
    23170, 23108, 23045, 22983, 22921, 22859, 22797, 22735, 22674, 22613, 22552, 22491, 22430, 22369, 22309, 22248,
    22188, 22128, 22068, 22009, 21949, 21890, 21831, 21772, 21713, 21654, 21595, 21537, 21479, 21421, 21363, 21305,
    21247, 21190, 21133, 21076, 21019, 20962, 20905, 20849, 20792, 20736, 20680, 20624, 20568, 20513, 20457, 20402,
    20347, 20292, 20237, 20182, 20127, 20073, 20019, 19965, 19911, 19857, 19803, 19750, 19696, 19643, 19590, 19537,
    19484, 19431, 19379, 19326, 19274, 19222, 19170, 19118, 19066, 19015, 18963, 18912, 18861, 18810, 18759, 18708,
    18658, 18607, 18557, 18507, 18457, 18407, 18357, 18308, 18258, 18209, 18160, 18110, 18061, 18013, 17964, 17915,
    17867, 17819, 17770, 17722, 17674, 17627, 17579, 17531, 17484, 17437, 17390, 17343, 17296, 17249, 17202, 17156,
    17109, 17063, 17017, 16971, 16925, 16879, 16834, 16788, 16743, 16697, 16652, 16607, 16562, 16518, 16473, 16428,
];

#[cfg(test)]
mod tests;
