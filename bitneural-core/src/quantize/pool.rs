//! Pools → pool ops (R17, R18).

use super::Format;
use super::bounds::Bounds;
use super::linear::shared;
use super::requant::{DirectChannel, Shared, direct_constants};
use crate::error::ErrorKind;
use crate::graph::{self, PoolMode};
use crate::network::{AveragePool, MaxPool, OpKind, Requant};
use crate::shape::Window;

/// The most taps of a mean: the records of the runtime hold their number in 16 bits.
const MOST_TAPS: usize = u16::MAX as usize;

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
    if let Some(&most) = counts.last().filter(|&&most| most > MOST_TAPS) {
        return Err(ErrorKind::Unsupported {
            option: "an average of as many taps as",
            value: most.to_string(),
            instead: format!(
                "take means of at most {MOST_TAPS} taps: of two pools in a row, the first with a window that divides \
                 the image, the mean is the same"
            ),
        });
    }
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
fn counts(window: &Window, count_padding: bool) -> Vec<usize> {
    if count_padding {
        return vec![window.taps()];
    }
    let axis = |axis: usize| {
        let outputs = 0..window.output[axis];
        let mut found: Vec<usize> = outputs.map(|at| inside(window, axis, at)).collect();
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

/// The taps of one output position along an axis that lie inside the image. By subtraction: a file of a few hundred
/// bytes may have windows of 65,535 taps at as many positions.
fn inside(window: &Window, axis: usize, output: usize) -> usize {
    let (start, before) = (output * window.stride[axis], window.before[axis]);
    // The first tap at or behind a position of the padded image.
    let tap = |position: usize| {
        let taps = position
            .saturating_sub(start)
            .div_ceil(window.dilation[axis]);
        taps.min(window.kernel[axis])
    };
    tap(before + window.input[axis]) - tap(before)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tests::{bare, problems};

    /// The taps inside, looked at one after the other.
    fn seen(window: &Window, count_padding: bool) -> Vec<usize> {
        let positions =
            (0..window.output[0]).flat_map(|y| (0..window.output[1]).map(move |x| (y, x)));
        let mut counts: Vec<usize> = positions
            .map(|(y, x)| {
                let taps = window.under(y, x);
                taps.filter(|tap| count_padding || tap.is_some()).count()
            })
            .collect();
        counts.sort_unstable();
        counts.dedup();
        counts
    }

    #[test]
    fn counts_are_those_of_the_taps_one_by_one() {
        for (kernel, stride, dilation, before) in [
            ([3, 2], [1, 1], [1, 1], [1, 0]),
            ([3, 3], [2, 3], [1, 1], [2, 1]),
            ([5, 1], [1, 2], [2, 1], [4, 0]),
            ([2, 7], [3, 1], [3, 1], [0, 6]),
        ] {
            for input in [[4, 5], [1, 9], [7, 2]] {
                let window = Window {
                    input,
                    output: [3, 4],
                    kernel,
                    stride,
                    dilation,
                    before,
                };
                for count_padding in [false, true] {
                    let found = counts(&window, count_padding);
                    assert_eq!(found, seen(&window, count_padding), "{window:?}");
                }
            }
        }
    }

    #[test]
    fn a_mean_has_at_most_as_many_taps_as_the_records_hold() {
        let pool = |shape: &[usize]| {
            let layer = json!({
                "id": "p", "type": "global_average_pool2d", "range": [-1, 1], "samples": 40,
            });
            bare("keras", shape, json!([layer]))
        };
        assert!(pool(&[255, 257, 1]).network().is_ok());
        assert_eq!(
            problems(&pool(&[300, 300, 1]).network().unwrap_err()),
            ["layer `p`: an average of as many taps as `90000` is not supported"]
        );
    }
}
