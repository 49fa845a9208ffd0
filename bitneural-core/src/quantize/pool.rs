//! Pools → pool ops (R17, R18).

use super::Format;
use super::bounds::Bounds;
use super::linear::shared;
use super::requant::{DirectChannel, Shared, direct_constants};
use crate::error::ErrorKind;
use crate::graph::{self, PoolMode};
use crate::network::{AveragePool, MaxPool, OpKind, Requant};

pub(super) fn quantize(
    pool: &graph::Pool,
    channels: usize,
    from: Format,
    to: Format,
) -> Result<OpKind, ErrorKind> {
    let window = pool.window;
    let PoolMode::Average {
        count_padding,
        clamp,
    } = &pool.mode
    else {
        return Ok(OpKind::MaxPool(MaxPool { window, channels }));
    };
    let counts = counts(&window, *count_padding);
    let requant = average_constants(&shared(from, to, clamp), &counts)?;
    Ok(OpKind::AveragePool(AveragePool {
        window,
        channels,
        count_padding: *count_padding,
        counts,
        requant,
    }))
}

/// R18: a channel of R8 for each number of taps that counts.
///
/// # Errors
/// The three refusals of R8.
pub fn average_constants(shared: &Shared, counts: &[usize]) -> Result<Requant, ErrorKind> {
    let direct: Vec<DirectChannel> = counts
        .iter()
        .map(|&count| DirectChannel {
            multiplier: shared.input_scale / (shared.output_scale * count as f64),
            offset: 0.0,
            bounds: Bounds {
                low: 0,
                high: 255 * count as i64,
                weight_sum: count as i64,
            },
            is_dead: false,
        })
        .collect();
    Ok(direct_constants(shared, &direct)?.requant)
}

/// The numbers of taps that count, each that occurs once, ascending (R18).
fn counts(window: &crate::shape::Window, count_padding: bool) -> Vec<usize> {
    if count_padding {
        return vec![window.taps()];
    }
    let axis = |axis: usize| {
        let inside = |output: usize| {
            let taps = 0..window.kernel[axis];
            taps.filter(|tap| {
                (output * window.stride[axis] + tap * window.dilation[axis])
                    .checked_sub(window.before[axis])
                    .is_some_and(|position| position < window.input[axis])
            })
            .count()
        };
        let mut found: Vec<usize> = (0..window.output[axis]).map(inside).collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    let (heights, widths) = (axis(0), axis(1));
    let mut counts: Vec<usize> = heights
        .iter()
        .flat_map(|height| widths.iter().map(move |width| height * width))
        .collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}
