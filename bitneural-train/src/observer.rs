//! The range of an activation, and its `u8` codes in the forward pass.

use bitneural_core::network::Element;
use bitneural_core::quantize::ranges::{self, Limits};
use bitneural_core::source::{RangeKind, RecordedRange};
use burn::tensor::{Tensor, TensorData};

use crate::weights::floats;

/// Weight of a new batch in the running range.
const MOMENTUM: f32 = 0.05;

/// The smallest and the largest value seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f32,
    pub(crate) high: f32,
}

/// Scale and zero point of a code (R2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Codes {
    pub(crate) scale: f64,
    pub(crate) zero_point: f64,
}

impl Range {
    /// The range of the values in a tensor.
    pub(crate) fn of<const D: usize>(tensor: Tensor<D>) -> Self {
        let values = floats(tensor);
        // Lanes of their own, because the order of comparisons would otherwise keep them from running side by side.
        let (mut low, mut high) = ([f32::INFINITY; 16], [f32::NEG_INFINITY; 16]);
        let (chunks, rest) = values.as_chunks::<16>();
        for chunk in chunks {
            for lane in 0..16 {
                low[lane] = low[lane].min(chunk[lane]);
                high[lane] = high[lane].max(chunk[lane]);
            }
        }
        let all = |lanes: [f32; 16]| lanes.into_iter().chain(rest.iter().copied());
        Self {
            low: all(low).fold(f32::INFINITY, f32::min),
            high: all(high).fold(f32::NEG_INFINITY, f32::max),
        }
    }

    /// The range of both.
    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// Moves towards the range of a new batch, as the weights do.
    pub(crate) fn follow(self, batch: Self) -> Self {
        Self {
            low: self.low + MOMENTUM * (batch.low - self.low),
            high: self.high + MOMENTUM * (batch.high - self.high),
        }
    }

    /// R3, case 3.
    pub(crate) fn observed(self, samples: usize) -> Codes {
        self.codes(RangeKind::Observed { samples })
    }

    /// R3, case 2.
    pub(crate) fn declared(self) -> Codes {
        self.codes(RangeKind::Declared)
    }

    fn codes(self, kind: RangeKind) -> Codes {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        let range = RecordedRange {
            low,
            high,
            kind,
            fixed: None,
        };
        let format = ranges::code(&range, Limits::default(), Element::U8);
        Codes {
            scale: format.scale,
            zero_point: f64::from(format.zero_point),
        }
    }
}

/// The constants of R4, without normalization.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quantizer {
    factor: f32,
    offset: i32,
}

impl Quantizer {
    /// The code of a value, by R4 to the bit: a tie must not fall on one side in training and on the other on the
    /// device. (It does if one divides by the scale instead: 8 of 0..=16 is 127.5 codes.)
    pub(crate) fn code(self, value: f32) -> u8 {
        let scaled = (value * self.factor).clamp(-(2.0_f32.powi(30)), 2.0_f32.powi(30));
        // A NaN becomes 0.
        ((scaled as i32 + self.offset) >> 8).clamp(0, 255) as u8
    }
}

impl Codes {
    /// The constants of R4 for an input with these codes.
    pub(crate) fn quantizer(self) -> Quantizer {
        Quantizer {
            factor: (256.0 / self.scale) as f32,
            offset: (256.0 * self.zero_point) as i32 + 128,
        }
    }

    /// What a code stands for.
    pub(crate) fn value(self, code: u8) -> f64 {
        self.scale * (f64::from(code) - self.zero_point)
    }

    /// The nearest value that has a code. The gradient passes, but not from beyond the ends.
    pub(crate) fn round_through<const D: usize>(self, values: Tensor<D>) -> Tensor<D> {
        let low = -self.zero_point * self.scale;
        let high = (255.0 - self.zero_point) * self.scale;
        let inside = values.clamp(low, high);
        // In one pass on the host, and not in four over tensors.
        let scale = self.scale as f32;
        let coded = floats(inside.clone().detach())
            .into_iter()
            .map(|value| floor(value / scale + 0.5) * scale)
            .collect();
        let coded = TensorData::new(coded, inside.dims());
        let coded = Tensor::<D>::from_data(coded, &inside.device());
        coded + (inside.clone() - inside.detach())
    }
}

/// ⌊value⌋ for magnitudes below 2^31. In the instructions of every processor, while `f32::floor` is a call.
fn floor(value: f32) -> f32 {
    let truncated = value as i32 as f32;
    truncated - f32::from(u8::from(truncated > value))
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn floors_and_ranges() {
        for value in [-2.5, -2.0, -0.5, -0.0, 0.0, 0.99, 1.0, 254.5, 255.0] {
            assert_eq!(floor(value), value.floor(), "{value}");
        }
        let values: Vec<f32> = (0..37).map(|i| (i * 29 % 37) as f32 - 7.0).collect();
        for count in [1, 16, 17, 37] {
            let part = &values[..count];
            let range = Range::of(Tensor::<1>::from_floats(part, &Device::flex()));
            let (low, high) = (
                part.iter().copied().reduce(f32::min),
                part.iter().copied().reduce(f32::max),
            );
            assert_eq!((Some(range.low), Some(range.high)), (low, high));
        }
    }

    #[test]
    fn values_become_codes_and_gradients_stop_at_the_ends() {
        let device = Device::default().autodiff();
        let values = Tensor::<1>::from_floats([-1.0, 0.74, 0.76, 300.0], &device).require_grad();
        let codes = Codes {
            scale: 0.5,
            zero_point: 0.0,
        };
        let rounded = codes.round_through(values.clone());
        assert_eq!(floats(rounded.clone()), [0.0, 0.5, 1.0, 127.5]);
        let gradient = values
            .grad(&rounded.sum().backward())
            .expect("values take part");
        assert_eq!(floats(gradient), [0.0, 1.0, 1.0, 0.0]);
    }
}
