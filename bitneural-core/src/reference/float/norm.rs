//! Layer norm in floating point, a position after the other.

use crate::graph::LayerNorm;

pub(super) fn run(norm: &LayerNorm, input: &[f32]) -> Vec<f32> {
    let channels = norm.gamma.len();
    let positions = input.chunks(channels).map(|position| {
        let mean_of = |values: &dyn Fn(f64) -> f64| {
            let terms = position.iter().map(|&x| values(f64::from(x)));
            terms.sum::<f64>() / channels as f64
        };
        let mean = mean_of(&|x| x);
        let variance = mean_of(&|x| (x - mean) * (x - mean));
        let deviation = (variance + norm.epsilon).sqrt();
        let normalized = position
            .iter()
            .map(move |&x| (f64::from(x) - mean) / deviation);
        let outputs = normalized.enumerate().map(|(channel, z)| {
            let y = z * norm.gamma[channel] + norm.beta[channel];
            norm.clamp.apply(channel, y) as f32
        });
        outputs.collect::<Vec<f32>>()
    });
    positions.flatten().collect()
}
