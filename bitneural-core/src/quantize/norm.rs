//! Layer norms → layer norm ops (R22). A batch norm joins a layer before it or becomes a convolution: see `conv`.

use super::Format;
use super::bounds::Bounds;
use super::linear::shared;
use super::ranges::rnd;
use super::requant::{DirectChannel, power, varying_constants};
use crate::error::ErrorKind;
use crate::graph;
use crate::network::LayerNorm;

/// The constants for a norm between tensors of codes.
///
/// # Errors
/// An ε that is too large for the step of the input, and the refusals of R8.
pub fn quantize(norm: &graph::LayerNorm, from: Format, to: Format) -> Result<LayerNorm, ErrorKind> {
    let channels = norm.gamma.len();
    let (lift, epsilon) = variance(norm.epsilon, from.scale, channels)?;
    let most = highest(channels);
    let bounds = Bounds {
        low: -most,
        high: most,
        weight_sum: 0,
    };
    let learned = norm.gamma.iter().zip(&norm.beta);
    let direct: Vec<DirectChannel> = learned
        .map(|(gamma, beta)| DirectChannel {
            multiplier: (gamma.abs() / 4096.0) / to.scale,
            offset: beta / to.scale,
            bounds,
            is_dead: false,
        })
        .collect();
    let found = varying_constants(&shared(from, to, &norm.clamp), &direct)?;
    let signs = norm.gamma.iter().zip(&found.constant);
    let signs = signs.map(|(&gamma, &constant)| match (constant, gamma < 0.0) {
        (true, _) => 0,
        (false, true) => -1,
        (false, false) => 1,
    });
    Ok(LayerNorm {
        channels,
        lift,
        epsilon,
        signs: signs.collect(),
        requant: found.requant,
    })
}

/// hi of R22: what no normalized value exceeds.
fn highest(channels: usize) -> i64 {
    4096 * (channels.isqrt() as i64 + 1)
}

/// a and E.
fn variance(epsilon: f64, input_scale: f64, channels: usize) -> Result<(u32, u32), ErrorKind> {
    let relative = epsilon / (input_scale * input_scale);
    let square = (channels * channels) as f64;
    let lifted = |lift: i32| rnd(square * relative * power(lift));
    // Integers below 2^53 wherever the bound holds.
    let fits = |&lift: &i32| square * 16257.0 * power(lift) + lifted(lift) < power(32);
    let lift = [8, 6, 4, 2, 0].into_iter().find(fits);
    let lift = lift.ok_or(ErrorKind::EpsilonTooLarge {
        epsilon,
        scale: input_scale,
        channels,
    })?;
    Ok((lift as u32, lifted(lift).max(1.0) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_example_of_r22() {
        assert_eq!(variance(1e-5, 0.05, 4).unwrap(), (8, 16));
        assert_eq!(highest(4), 12288);
        // 8 · 8 is 64, so 63 has the bound of 49.
        assert_eq!(highest(63), 8 * 4096);
        assert_eq!(highest(64), 9 * 4096);
    }

    #[test]
    fn an_epsilon_that_fills_32_bits_is_refused() {
        // 2^32 is 512²·16384: 512²·16257 leaves 512²·127.
        let at = |relative: f64| variance(relative, 1.0, 512);
        assert_eq!(at(126.99).unwrap().0, 0);
        assert!(matches!(
            at(127.0),
            Err(ErrorKind::EpsilonTooLarge { channels: 512, .. })
        ));
    }
}
