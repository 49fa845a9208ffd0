//! The constants of the requantization: R8, with R9's constant channels.
//!
//! `f64` throughout, operations in the order in which the rules write them (R29).

use super::bounds::Bounds;
use super::ranges::rnd;
use crate::error::ErrorKind;
use crate::network::{Channel, Requant};

/// What R8 needs to know of a channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RealChannel {
    /// a_c, the real value of one unit of the accumulator over the input's step; at least 0.
    pub scale: f64,
    /// b_c, real.
    pub bias: f64,
    /// The bounds of the accumulator.
    pub bounds: Bounds,
}

/// Formats and clamps that all channels share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shared {
    /// s_x.
    pub input_scale: f64,
    /// z_x.
    pub input_zero_point: i32,
    /// s_y.
    pub output_scale: f64,
    /// z_y, 0 for a wide output.
    pub output_zero_point: i32,
    /// y_lo.
    pub low: i32,
    /// y_hi.
    pub high: i32,
}

/// What R8 yields: the record of R7, and which channels R9 found constant (their weights become 0).
#[derive(Debug, Clone, PartialEq)]
pub struct Constants {
    /// The record.
    pub requant: Requant,
    /// Whether each channel is constant.
    pub constant: Vec<bool>,
}

/// One channel on its way through R8 and R9.
struct Working {
    multiplier: f64,
    /// (d_c + 0.5) or (y0 + 0.5).
    target: f64,
    bounds: Bounds,
    constant: bool,
}

/// The denormal bound of R9.
const WEAKEST: f64 = 1.175_494_350_822_287_5e-38; // 2^-126

/// Chooses P, S, m and B for a layer.
///
/// # Errors
/// The three refusals of R8.
pub fn constants(shared: &Shared, channels: &[RealChannel]) -> Result<Constants, ErrorKind> {
    let mut working: Vec<Working> = channels
        .iter()
        .map(|channel| channel_of(shared, channel))
        .collect();
    let largest = working
        .iter()
        .filter(|c| !c.constant)
        .map(|c| c.multiplier)
        .fold(0.0, f64::max);
    let largest = if largest > 0.0 { largest } else { 1.0 };
    for channel in working.iter_mut().filter(|channel| channel.constant) {
        channel.multiplier = largest;
    }
    let pre_shift = (0..=16)
        .rev()
        .find(|&p| working.iter().all(|channel| fits(channel, shared, p)))
        .ok_or(ErrorKind::SumTooWide)?;
    let scaled =
        |multiplier: f64, shift: u32| rnd(multiplier * power(32 + shift as i32 - pre_shift));
    let shift = (0..=31)
        .rev()
        .find(|&s| scaled(largest, s) <= f64::from(i32::MAX))
        .ok_or(ErrorKind::ScaleTooFine {
            multiplier: largest,
        })?;
    let mut requant = Requant {
        pre_shift: pre_shift as u32,
        shift,
        low: shared.low,
        high: shared.high,
        channels: Vec::with_capacity(channels.len()),
    };
    for (index, channel) in working.iter().enumerate() {
        let multiplier = scaled(channel.multiplier, shift) as i32;
        if multiplier == 0 {
            return Err(ErrorKind::ScalesTooFarApart {
                channel: index,
                smallest: channel.multiplier,
                largest,
            });
        }
        requant.channels.push(Channel {
            bias: bias(channel, shared, pre_shift) as i32,
            multiplier,
        });
    }
    Ok(Constants {
        requant,
        constant: working.iter().map(|channel| channel.constant).collect(),
    })
}

/// 2^exponent, exact; the exponents of R8 and R20 lie far inside the range of `f64`.
pub(super) fn power(exponent: i32) -> f64 {
    2.0_f64.powi(exponent)
}

/// M and d of R8, or what R9 puts in their place.
fn channel_of(shared: &Shared, channel: &RealChannel) -> Working {
    let multiplier = (channel.scale * shared.input_scale) / shared.output_scale;
    let offset = channel.bias / shared.output_scale + f64::from(shared.output_zero_point);
    let Bounds {
        low,
        high,
        weight_sum,
    } = channel.bounds;
    let (low, high) = (low as f64, high as f64);
    let zero = f64::from(shared.input_zero_point) * weight_sum as f64;
    let least = multiplier * (low - zero) + offset;
    let most = multiplier * (high - zero) + offset;
    let (y_low, y_high) = (f64::from(shared.low), f64::from(shared.high));
    let below = most < y_low - 0.5;
    let above = least >= y_high + 0.5;
    let weak = channel.scale < WEAKEST || high == low || multiplier * (high - low) < 0.25;
    if !(weak || below || above) {
        return Working {
            multiplier,
            target: offset + 0.5,
            bounds: channel.bounds,
            constant: false,
        };
    }
    let value = if below {
        y_low
    } else if above {
        y_high
    } else {
        rnd(multiplier * ((low + high) / 2.0 - zero) + offset).clamp(y_low, y_high)
    };
    let bounds = Bounds {
        low: 0,
        high: 0,
        weight_sum: 0,
    };
    Working {
        multiplier: 1.0,
        target: value + 0.5,
        bounds,
        constant: true,
    }
}

/// B_c(P).
fn bias(channel: &Working, shared: &Shared, pre_shift: i32) -> f64 {
    let scale = power(pre_shift);
    let rounded = rnd((channel.target / channel.multiplier) * scale);
    // Two integers below 2^53: the difference is exact wherever the obligation holds.
    rounded - f64::from(shared.input_zero_point) * channel.bounds.weight_sum as f64 * scale
}

/// R7's obligations at P.
fn fits(channel: &Working, shared: &Shared, pre_shift: i32) -> bool {
    let bias = bias(channel, shared, pre_shift);
    let scale = power(pre_shift);
    let least = channel.bounds.low as f64 * scale + bias;
    let most = channel.bounds.high as f64 * scale + bias;
    least >= f64::from(i32::MIN) && most <= f64::from(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: Bounds = Bounds {
        low: -255,
        high: 510,
        weight_sum: 1,
    };

    fn shared() -> Shared {
        Shared {
            input_scale: 0.02,
            input_zero_point: 10,
            output_scale: 0.05,
            output_zero_point: 0,
            low: 0,
            high: 255,
        }
    }

    #[test]
    fn worked_example_of_r8() {
        let channel = RealChannel {
            scale: 0.04,
            bias: 0.3,
            bounds: EXAMPLE,
        };
        let found = constants(&shared(), &[channel]).unwrap().requant;
        assert_eq!((found.pre_shift, found.shift), (16, 20));
        assert_eq!(
            found.channels,
            [Channel {
                bias: 25_968_640,
                multiplier: 1_099_511_628
            }]
        );
    }

    #[test]
    fn worked_example_of_r9() {
        let strong = RealChannel {
            scale: 0.04,
            bias: 0.3,
            bounds: EXAMPLE,
        };
        let weak = RealChannel {
            scale: 0.04 * 2e-6 / 0.016,
            bias: 0.3,
            bounds: EXAMPLE,
        };
        let found = constants(&shared(), &[strong, weak]).unwrap();
        assert_eq!(found.constant, [false, true]);
        assert_eq!(found.requant.channels[1].bias, 26_624_000);
    }
}
