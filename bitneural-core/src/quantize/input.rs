//! The user's floats → codes: the constants of R4.

use super::Format;
use super::ranges::rnd;
use crate::error::{ErrorKind, Errors, Location};
use crate::graph::Input;
use crate::network::InputChannel;

/// The constants of the input at `index` of the file.
pub(super) fn constants(
    index: usize,
    port: &Input,
    format: Format,
    problems: &mut Errors,
) -> Vec<InputChannel> {
    let (means, deviations) = (&port.mean, &port.std);
    let channels = means.len().max(deviations.len());
    let pick = |list: &[f64], channel: usize| list.get(channel).or(list.first()).copied();
    (0..channels)
        .map(|channel| {
            let mean = pick(means, channel).unwrap_or(0.0);
            let deviation = pick(deviations, channel).unwrap_or(1.0);
            let step = deviation * format.scale;
            let factor = (256.0 / step) as f32;
            let offset = rnd(256.0 * (f64::from(format.zero_point) - mean / step)) + 128.0;
            if !(factor.is_normal() && offset.abs() < f64::from(1 << 30)) {
                let kind = ErrorKind::InvalidField {
                    field: "mean".to_owned(),
                    expected:
                        "a mean within 4 million steps of the input's range, and a normal step"
                            .to_owned(),
                    found: format!(
                        "mean {mean}, standard deviation {deviation}, step {:e}",
                        format.scale
                    ),
                };
                problems.push(
                    kind,
                    Location::default().field(&format!("inputs[{index}].mean")),
                );
            }
            InputChannel {
                factor,
                offset: offset as i32,
            }
        })
        .collect()
}
