//! Element-wise functions: their words in a file, and what they compute.
//!
//! A table holds 256 values of a function (R13), so an error of `apply` must stay below 1e-12 of a step
//! of the output: relative errors below 3e-15 do, for a value beyond 255 steps is clamped.

mod erf;

use erf::erfc;

/// A function of one number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Function {
    /// Keras' general ReLU.
    Relu(Relu),
    /// `x` above 0, `alpha · (eˣ − 1)` below.
    Elu(f64),
    /// An ELU whose constants keep mean and variance.
    Selu,
    /// `1 / (1 + e⁻ˣ)`.
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// `slope · x + ½`, from 0 to 1.
    HardSigmoid(f64),
    /// `x · relu6(x + 3) / 6`.
    HardSwish,
    /// `x`, from −1 to 1.
    HardTanh,
    /// `x · sigmoid(x)`.
    Swish,
    /// `x · Φ(x)`, Φ being the normal distribution.
    Gelu,
    /// Its approximation by a tangent.
    GeluTanh,
    /// `ln(1 + eˣ)`.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// `eˣ`.
    Exponential,
}

/// `min(x, max)` above the threshold, `slope · (x − threshold)` up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relu {
    /// The largest output, infinite if there is none.
    pub max: f64,
    /// The slope up to the threshold.
    pub slope: f64,
    /// What the identity begins above: of a jump, the threshold itself belongs to the lower side.
    pub threshold: f64,
}

impl Relu {
    /// Without any options.
    pub const PLAIN: Self = Self {
        max: f64::INFINITY,
        slope: 0.0,
        threshold: 0.0,
    };

    /// That to 6.
    pub const SIX: Self = Self {
        max: 6.0,
        ..Self::PLAIN
    };

    fn apply(self, x: f64) -> f64 {
        if x > self.threshold {
            x.min(self.max)
        } else {
            self.slope * (x - self.threshold)
        }
    }

    /// Whether larger inputs never give smaller outputs.
    pub fn is_monotone(self) -> bool {
        self.slope >= 0.0 && self.threshold >= 0.0
    }
}

/// The slope of Keras' hard sigmoid; older versions had 0.2.
const SIXTH: f64 = 1.0 / 6.0;

/// λ and α of the SELU.
pub const SELU: (f64, f64) = (1.050_700_987_355_480_5, 1.673_263_242_354_377_2);

impl Function {
    /// The words of functions, each with the options that it has by default.
    pub const WORDS: [(&'static str, Self); 15] = [
        ("relu", Self::Relu(Relu::PLAIN)),
        ("relu6", Self::Relu(Relu::SIX)),
        ("elu", Self::Elu(1.0)),
        ("selu", Self::Selu),
        ("sigmoid", Self::Sigmoid),
        ("tanh", Self::Tanh),
        ("hard_sigmoid", Self::HardSigmoid(SIXTH)),
        ("hard_swish", Self::HardSwish),
        ("hard_tanh", Self::HardTanh),
        ("swish", Self::Swish),
        ("silu", Self::Swish),
        ("gelu", Self::Gelu),
        ("softplus", Self::Softplus),
        ("softsign", Self::Softsign),
        ("exponential", Self::Exponential),
    ];

    /// The value at `x`.
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Self::Relu(relu) => relu.apply(x),
            Self::Elu(_) | Self::Selu if x > 0.0 => self.factor() * x,
            Self::Elu(alpha) => alpha * x.exp_m1(),
            Self::Selu => SELU.0 * (SELU.1 * x.exp_m1()),
            Self::Sigmoid => sigmoid(x),
            Self::Tanh => x.tanh(),
            Self::HardSigmoid(slope) => (slope * x + 0.5).clamp(0.0, 1.0),
            Self::HardSwish => x * (x + 3.0).clamp(0.0, 6.0) / 6.0,
            Self::HardTanh => x.clamp(-1.0, 1.0),
            Self::Swish => x * sigmoid(x),
            Self::Gelu => 0.5 * x * erfc(-x * std::f64::consts::FRAC_1_SQRT_2),
            // (1 + tanh u) / 2 = sigmoid(2u), which loses no digits where the tangent is near −1.
            Self::GeluTanh => {
                let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
                x * sigmoid(2.0 * u)
            }
            Self::Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
            // The limit: a table may go through e^x.
            Self::Softsign if x.is_infinite() => x.signum(),
            Self::Softsign => x / (1.0 + x.abs()),
            Self::Exponential => x.exp(),
        }
    }

    /// The slope of the ELUs above 0.
    fn factor(self) -> f64 {
        if self == Self::Selu { SELU.0 } else { 1.0 }
    }

    /// The scale and the zero point of its values, where they need no calibration (R2).
    pub fn fixed_format(self) -> Option<(f64, i32)> {
        match self {
            Self::Sigmoid | Self::HardSigmoid(_) => Some((1.0 / 255.0, 0)),
            Self::Tanh | Self::HardTanh | Self::Softsign => Some((1.0 / 127.0, 128)),
            Self::Relu(_)
            | Self::Elu(_)
            | Self::Selu
            | Self::HardSwish
            | Self::Swish
            | Self::Gelu
            | Self::GeluTanh
            | Self::Softplus
            | Self::Exponential => None,
        }
    }

    /// Beyond these inputs the function hardly changes, or only as the identity does: a code for its
    /// input need not reach further (R3).
    pub fn useful_interval(self) -> Option<(f64, f64)> {
        const FOREVER: f64 = f64::INFINITY;
        match self {
            Self::HardSigmoid(slope) => Some((-0.5 / slope, 0.5 / slope)),
            Self::Sigmoid => Some((-6.0, 6.0)),
            Self::Tanh => Some((-3.5, 3.5)),
            Self::HardTanh => Some((-1.0, 1.0)),
            Self::HardSwish => Some((-3.0, FOREVER)),
            Self::Swish | Self::Softplus => Some((-8.0, FOREVER)),
            Self::Gelu | Self::GeluTanh => Some((-4.0, FOREVER)),
            Self::Elu(_) | Self::Selu => Some((-6.0, FOREVER)),
            Self::Relu(_) | Self::Softsign | Self::Exponential => None,
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The index that R4 makes of a float at scale 1 and zero point 0, the nearest one; the least for a NaN.
pub fn nearest_index(x: f32) -> usize {
    let parts = (f64::from(x) * 256.0).trunc();
    ((parts + 128.0) / 256.0).floor() as usize
}

#[cfg(test)]
mod tests;
