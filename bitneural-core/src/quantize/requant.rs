//! The constants of the requantization: R8, with R9's constant channels.
//!
//! `f64` throughout, operations in the order in which the rules write them (R29).

use super::Format;
use super::bounds::Bounds;
use super::ranges::rnd;
use crate::error::ErrorKind;
use crate::network::{Channel, Leaky, Requant};

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

/// A channel whose rule gives M and d directly (R11, R16, R18, R22).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DirectChannel {
    /// M_c; at least 0.
    pub multiplier: f64,
    /// d_c without the output's zero point.
    pub offset: f64,
    /// The bounds of the accumulator.
    pub bounds: Bounds,
    /// Whether the channel's real scale is zero or denormal (R9).
    pub is_dead: bool,
}

/// What R8 yields: the record of R7, and which channels R9 found constant (their weights become 0).
#[derive(Debug, Clone, PartialEq)]
pub struct Constants {
    /// The record.
    pub requant: Requant,
    /// Whether each channel is constant.
    pub constant: Vec<bool>,
}

/// The denormal bound of R9.
const WEAKEST: f64 = 1.175_494_350_822_287_5e-38; // 2^-126

/// Below this swing a channel is constant (R9), and a slope is raised (R11).
const LEAST_SWING: f64 = 0.25;

/// Chooses P, S, m and B for a layer.
///
/// # Errors
/// The three refusals of R8.
pub fn constants(shared: &Shared, channels: &[RealChannel]) -> Result<Constants, ErrorKind> {
    varying_constants(shared, &direct(shared, channels))
}

/// The same where the rule gives M and d directly, and R9 applies (R22).
///
/// # Errors
/// The three refusals of R8.
pub fn varying_constants(
    shared: &Shared,
    channels: &[DirectChannel],
) -> Result<Constants, ErrorKind> {
    let sides: Vec<Side> = channels
        .iter()
        .map(|channel| side(shared, channel, None))
        .collect();
    one_side(shared, &sides)
}

/// The same where channels have slopes below zero: R11.
///
/// # Errors
/// The three refusals of R8.
pub fn leaky_constants(
    shared: &Shared,
    channels: &[RealChannel],
    slopes: &[f64],
) -> Result<Constants, ErrorKind> {
    let channels = direct(shared, channels);
    let zero = f64::from(shared.output_zero_point);
    let positive: Vec<Side> = channels
        .iter()
        .zip(slopes)
        .map(|(channel, &slope)| side(shared, channel, Some(slope)))
        .collect();
    let negative: Vec<Side> = channels
        .iter()
        .zip(slopes)
        .zip(&positive)
        .map(|((channel, &slope), positive)| {
            if let Kind::Constant = positive.kind {
                return *positive;
            }
            let swing = (channel.bounds.high - channel.bounds.low) as f64;
            let weak = (slope * channel.multiplier).abs() * swing < LEAST_SWING;
            let steepness = if weak {
                (LEAST_SWING / swing) / channel.multiplier
            } else {
                slope
            };
            Side {
                kind: Kind::Varying(steepness * channel.multiplier),
                target: (slope * channel.offset + zero) + 0.5,
                bounds: channel.bounds,
            }
        })
        .collect();
    let pre_shift = pre_shift(shared, &[&positive, &negative])?;
    let (shift, plain) = multipliers(shared, &positive, pre_shift)?;
    let (leaky_shift, leaky) = multipliers(shared, &negative, pre_shift)?;
    Ok(Constants {
        requant: Requant {
            pre_shift: pre_shift as u32,
            shift,
            low: shared.low,
            high: shared.high,
            channels: plain,
            leaky: Some(Leaky {
                shift: leaky_shift,
                zero: shared.output_zero_point,
                channels: leaky,
            }),
        },
        constant: positive.iter().map(Side::is_constant).collect(),
    })
}

/// The same where the rule gives M and d directly, and R9 does not apply (R18).
///
/// # Errors
/// The three refusals of R8.
pub fn direct_constants(
    shared: &Shared,
    channels: &[DirectChannel],
) -> Result<Constants, ErrorKind> {
    let zero = f64::from(shared.output_zero_point);
    let sides: Vec<Side> = channels
        .iter()
        .map(|channel| Side {
            kind: Kind::Varying(channel.multiplier),
            target: (channel.offset + zero) + 0.5,
            bounds: channel.bounds,
        })
        .collect();
    one_side(shared, &sides)
}

fn one_side(shared: &Shared, sides: &[Side]) -> Result<Constants, ErrorKind> {
    let pre_shift = pre_shift(shared, &[sides])?;
    let (shift, plain) = multipliers(shared, sides, pre_shift)?;
    Ok(Constants {
        requant: Requant {
            pre_shift: pre_shift as u32,
            shift,
            low: shared.low,
            high: shared.high,
            channels: plain,
            leaky: None,
        },
        constant: sides.iter().map(Side::is_constant).collect(),
    })
}

fn direct(shared: &Shared, channels: &[RealChannel]) -> Vec<DirectChannel> {
    let each = channels.iter().map(|channel| DirectChannel {
        multiplier: (channel.scale * shared.input_scale) / shared.output_scale,
        offset: channel.bias / shared.output_scale,
        bounds: channel.bounds,
        is_dead: channel.scale < WEAKEST,
    });
    each.collect()
}

/// A channel on its way through R8, or one of its two sides through R11.
#[derive(Clone, Copy)]
struct Side {
    kind: Kind,
    /// d_c + 0.5, or the constant value + 0.5.
    target: f64,
    bounds: Bounds,
}

#[derive(Clone, Copy)]
enum Kind {
    /// With its M, which is negative where a slope is.
    Varying(f64),
    /// By R9; M becomes the largest of the others.
    Constant,
}

impl Side {
    fn is_constant(&self) -> bool {
        matches!(self.kind, Kind::Constant)
    }

    fn multiplier(&self, largest: f64) -> f64 {
        match self.kind {
            Kind::Varying(multiplier) => multiplier,
            Kind::Constant => largest,
        }
    }
}

/// 2^exponent, exact; the exponents of R8 and R20 lie far inside the range of `f64`.
pub(super) fn power(exponent: i32) -> f64 {
    2.0_f64.powi(exponent)
}

/// R9: whether the channel is constant, and at which value. With a slope below zero (R11) a channel
/// far below zero is not constant, and the slope applies to the value.
fn side(shared: &Shared, channel: &DirectChannel, slope: Option<f64>) -> Side {
    let DirectChannel {
        multiplier,
        offset,
        bounds,
        is_dead,
    } = *channel;
    let offset_and_zero = offset + f64::from(shared.output_zero_point);
    let (low, high) = (bounds.low as f64, bounds.high as f64);
    let zero = f64::from(shared.input_zero_point) * bounds.weight_sum as f64;
    let least = multiplier * (low - zero) + offset_and_zero;
    let most = multiplier * (high - zero) + offset_and_zero;
    let (y_low, y_high) = (f64::from(shared.low), f64::from(shared.high));
    let below = slope.is_none() && most < y_low - 0.5;
    let above = least >= y_high + 0.5;
    let weak = is_dead || high == low || multiplier * (high - low) < LEAST_SWING;
    if !(weak || below || above) {
        return Side {
            kind: Kind::Varying(multiplier),
            target: offset_and_zero + 0.5,
            bounds,
        };
    }
    let constant = if below {
        y_low
    } else if above {
        y_high
    } else {
        let middle = multiplier * ((low + high) / 2.0 - zero);
        let value = match slope {
            None => middle + offset_and_zero,
            Some(slope) => {
                let value = middle + offset;
                let sloped = if value < 0.0 { slope * value } else { value };
                sloped + f64::from(shared.output_zero_point)
            }
        };
        rnd(value).clamp(y_low, y_high)
    };
    let bounds = Bounds {
        low: 0,
        high: 0,
        weight_sum: 0,
    };
    Side {
        kind: Kind::Constant,
        target: constant + 0.5,
        bounds,
    }
}

/// What R8's refusal of a sum means where R9 applies to nothing (R16, R18): products and counts are far below 32 bits, so it
/// is the bias that is too wide, which counts the steps of the input in one of the output.
pub(super) fn reaching(kind: ErrorKind, to: Format) -> ErrorKind {
    if kind == ErrorKind::SumTooWide {
        ErrorKind::OutputTooCoarse { step: to.scale }
    } else {
        kind
    }
}

/// The largest |M| of the channels that R9 leaves, 1 if it leaves none.
fn largest(sides: &[Side]) -> f64 {
    let magnitudes = sides.iter().filter_map(|side| match side.kind {
        Kind::Varying(multiplier) => Some(multiplier.abs()),
        Kind::Constant => None,
    });
    let largest = magnitudes.fold(0.0, f64::max);
    if largest > 0.0 { largest } else { 1.0 }
}

/// B_c(P).
fn bias(side: &Side, largest: f64, shared: &Shared, pre_shift: i32) -> f64 {
    let scale = power(pre_shift);
    let rounded = rnd((side.target / side.multiplier(largest)) * scale);
    // Two integers below 2^53: the difference is exact wherever the obligation holds.
    rounded - f64::from(shared.input_zero_point) * side.bounds.weight_sum as f64 * scale
}

/// P: the largest at which every channel of every side meets R7's obligations.
fn pre_shift(shared: &Shared, sides: &[&[Side]]) -> Result<i32, ErrorKind> {
    let all: Vec<(&Side, f64)> = sides
        .iter()
        .flat_map(|sides| {
            let largest = largest(sides);
            sides.iter().map(move |side| (side, largest))
        })
        .collect();
    let fits = |&(side, largest): &(&Side, f64), pre_shift: i32| {
        let bias = bias(side, largest, shared, pre_shift);
        let scale = power(pre_shift);
        // R6's obligation: the sum alone must fit too.
        let (low, high) = (side.bounds.low, side.bounds.high);
        if i32::try_from(low).is_err() || i32::try_from(high).is_err() {
            return false;
        }
        let least = low as f64 * scale + bias;
        let most = high as f64 * scale + bias;
        least >= f64::from(i32::MIN) && most <= f64::from(i32::MAX)
    };
    (0..=16)
        .rev()
        .find(|&p| all.iter().all(|side| fits(side, p)))
        .ok_or(ErrorKind::SumTooWide)
}

/// S, and B and m of every channel.
fn multipliers(
    shared: &Shared,
    sides: &[Side],
    pre_shift: i32,
) -> Result<(u32, Vec<Channel>), ErrorKind> {
    let largest = largest(sides);
    let scaled =
        |multiplier: f64, shift: u32| rnd(multiplier * power(32 + shift as i32 - pre_shift));
    let shift = (0..=31)
        .rev()
        .find(|&s| scaled(largest, s) <= f64::from(i32::MAX))
        .ok_or(ErrorKind::ScaleTooFine {
            multiplier: largest,
        })?;
    let mut channels = Vec::with_capacity(sides.len());
    for (index, side) in sides.iter().enumerate() {
        let real = side.multiplier(largest);
        let magnitude = scaled(real.abs(), shift) as i32;
        if magnitude == 0 {
            let smallest = real;
            return Err(ErrorKind::ScalesTooFarApart {
                channel: index,
                smallest,
                largest,
            });
        }
        let multiplier = if real < 0.0 { -magnitude } else { magnitude };
        let bias = bias(side, largest, shared, pre_shift) as i32;
        channels.push(Channel { bias, multiplier });
    }
    Ok((shift, channels))
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
