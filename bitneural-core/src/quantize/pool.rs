//! Pools → pool ops (R17, R18).

use std::collections::BTreeSet;

use super::Format;
use super::bounds::Bounds;
use super::linear::shared;
use super::requant::{DirectChannel, Shared, direct_constants, reaching};
use crate::error::ErrorKind;
use crate::graph::{self, PoolMode};
use crate::network::{AveragePool, MaxPool, OpKind, Requant};
use crate::shape::Window;

/// The most taps of a mean: the records of the runtime hold their number in 16 bits.
const MOST_TAPS: usize = u16::MAX as usize;

/// The most numbers of taps that occur in one pool, each of which has constants of its own: real ones have a dozen, a
/// file of a few hundred bytes could have a million.
const MOST_COUNTS: usize = 1024;

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
    let counts = counts(&window, *count_padding).ok_or_else(|| ErrorKind::Unsupported {
        option: "at the edges of an average pool, more numbers of taps than",
        value: MOST_COUNTS.to_string(),
        instead: "make the window smaller, or count the padding (`count_padding`)".to_owned(),
    })?;
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
    let requant = average_constants(&shared(from, to, clamp), &counts);
    let requant = requant.map_err(|kind| reaching(kind, to))?;
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

/// The numbers of taps that count, each that occurs once, ascending (R18); `None` if there are too many.
fn counts(window: &Window, count_padding: bool) -> Option<Vec<usize>> {
    if count_padding {
        return Some(vec![window.taps()]);
    }
    let axis = |axis: usize| -> BTreeSet<usize> {
        let outputs = 0..window.output[axis];
        outputs.map(|at| inside(window, axis, at)).collect()
    };
    let (heights, widths) = (axis(0), axis(1));
    let mut counts = BTreeSet::new();
    for height in &heights {
        for width in &widths {
            counts.insert(height * width);
            if counts.len() > MOST_COUNTS {
                return None;
            }
        }
    }
    Some(counts.into_iter().collect())
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
                    assert_eq!(found, Some(seen(&window, count_padding)), "{window:?}");
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
        // Half of 2,047 taps and more lie inside, where the image is as long.
        let same = |pool: usize| {
            let layer = json!({
                "id": "p", "type": "average_pool1d", "pool": pool, "stride": 1, "padding": "same",
                "range": [-1, 1], "samples": 40,
            });
            bare("keras", &[3000, 1], json!([layer]))
        };
        assert!(same(2047).network().is_ok());
        assert_eq!(
            problems(&same(2049).network().unwrap_err()),
            [
                "layer `p`: at the edges of an average pool, more numbers of taps than `1024` is not supported"
            ]
        );
    }
}
