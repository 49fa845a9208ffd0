//! Convolutions, pools and affine functions in floating point.

use super::Rows;
use crate::graph::{Affine, Conv, Pool, PoolMode};

pub(super) fn run(conv: &Conv, input: &[f32]) -> Vec<f32> {
    let seen = conv.channels / conv.groups;
    let outputs_of_a_group = conv.outputs / conv.groups;
    let rows = Rows::new(&conv.linear, conv.outputs);
    let mut output = Vec::with_capacity(conv.window.positions() * conv.outputs);
    for y in 0..conv.window.output[0] {
        for x in 0..conv.window.output[1] {
            let under: Vec<Option<usize>> = conv.window.under(y, x).collect();
            for c in 0..conv.outputs {
                let first = c / outputs_of_a_group * seen;
                let mut sum = 0.0;
                for (tap, position) in under.iter().enumerate() {
                    let Some(position) = position else { continue };
                    for k in 0..seen {
                        let value = f64::from(input[position * conv.channels + first + k]);
                        sum += rows.weights[(c * under.len() + tap) * seen + k] * value;
                    }
                }
                output.push(rows.finish(&conv.linear, c, sum));
            }
        }
    }
    output
}

pub(super) fn pool(pool: &Pool, channels: usize, input: &[f32]) -> Vec<f32> {
    let window = &pool.window;
    let mut output = Vec::with_capacity(window.positions() * channels);
    for y in 0..window.output[0] {
        for x in 0..window.output[1] {
            let under: Vec<usize> = window.under(y, x).flatten().collect();
            for c in 0..channels {
                let values = under.iter().map(|position| input[position * channels + c]);
                output.push(match &pool.mode {
                    PoolMode::Max => values.fold(f32::NEG_INFINITY, f32::max),
                    PoolMode::Average {
                        count_padding,
                        clamp,
                    } => {
                        let count = if *count_padding {
                            window.taps()
                        } else {
                            under.len()
                        };
                        let mean = values.map(f64::from).sum::<f64>() / count as f64;
                        clamp.apply(c, mean) as f32
                    }
                });
            }
        }
    }
    output
}

pub(super) fn affine(affine: &Affine, input: &[f32]) -> Vec<f32> {
    let channels = affine.factor.len();
    let each = input.iter().enumerate().map(|(index, &x)| {
        let c = index % channels;
        let y = (f64::from(x) - affine.mean[c]) * affine.factor[c] + affine.offset[c];
        affine.clamp.apply(c, y) as f32
    });
    each.collect()
}
