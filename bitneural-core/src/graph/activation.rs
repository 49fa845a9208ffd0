//! Element-wise functions in the graph.

use super::NodeKind;
use super::build::Builder;
use super::linear::{Clamp, per_output};
use super::norm::Affine;
use super::window::axes_fit;
use crate::error::{ErrorKind, Location};
use crate::ids::LayerId;
use crate::source::layers::{Layer, activation as source};

/// `min(x, max)` above the threshold, `slope · (x − threshold)` up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Activation {
    /// The largest output, infinite if there is none.
    pub max: f64,
    /// The slope up to the threshold.
    pub slope: f64,
    /// What the identity begins above: of a jump, the threshold itself belongs to the lower side.
    pub threshold: f64,
}

impl Activation {
    /// The function.
    pub fn apply(self, x: f64) -> f64 {
        if x > self.threshold {
            x.min(self.max)
        } else {
            self.slope * (x - self.threshold)
        }
    }

    /// The clamp that is the same function, if there is one.
    pub fn clamp(self, channels: usize) -> Option<Clamp> {
        if self.threshold != 0.0 {
            None
        } else if self.slope == 0.0 {
            Some(Clamp::Clip(0.0, self.max))
        } else if self.max == f64::INFINITY {
            Some(Clamp::Leaky(vec![self.slope; channels]))
        } else {
            None
        }
    }

    /// Whether larger inputs never give smaller outputs.
    pub fn is_monotone(self) -> bool {
        self.slope >= 0.0 && self.threshold >= 0.0
    }
}

pub(super) fn build(
    builder: &mut Builder<'_>,
    id: LayerId,
    layer: &Layer,
    kind: &source::Activation,
) -> bool {
    let shape = builder.shape().clone();
    let node = match kind {
        source::Activation::Relu(relu) => NodeKind::Activation(Activation {
            max: relu.max,
            slope: relu.slope,
            threshold: relu.threshold,
        }),
        source::Activation::Prelu(slope) => {
            let channels = shape.channels();
            if !axes_fit(builder, layer, &shape.0) {
                return false;
            }
            let Some(slopes) = slopes(builder, layer, slope, channels) else {
                return false;
            };
            NodeKind::Affine(Affine::identity(channels, Clamp::Leaky(slopes)))
        }
    };
    builder.push(id, node, shape, layer.range);
    true
}

/// The slope of each channel. Keras' default has one for each element: shared axes are asked for.
fn slopes(
    builder: &mut Builder<'_>,
    layer: &Layer,
    name: &str,
    channels: usize,
) -> Option<Vec<f64>> {
    let elements = builder
        .file
        .tensor(name)
        .map(|tensor| tensor.shape.elements());
    let shape = builder.shape().clone();
    let location = Location::layer(&layer.id).tensor(name);
    if elements == Some(shape.elements()) && elements != Some(channels) {
        let kind = ErrorKind::Unsupported {
            option: "a `prelu` with a slope for each",
            value: "element".to_owned(),
            instead: "share the slopes along height and width (Keras: `shared_axes=[1, 2]`)"
                .to_owned(),
        };
        builder.problems.push(kind, location);
        return None;
    }
    if builder.pending_flatten().is_some() && elements != Some(1) {
        let kind = ErrorKind::Unsupported {
            option: "behind a channels-first flatten, a",
            value: "prelu".to_owned(),
            instead: "put it in front of the flatten".to_owned(),
        };
        builder.problems.push(kind, location);
        return None;
    }
    let slopes = per_output(builder, &layer.id, name, channels, true)?;
    if let Some(index) = slopes.iter().position(|slope| slope.abs() > 1e6) {
        let kind = ErrorKind::InvalidField {
            field: "slope".to_owned(),
            expected: "numbers between -1e6 and 1e6".to_owned(),
            found: format!("{} at index {index}", slopes[index]),
        };
        builder.problems.push(kind, location);
        return None;
    }
    Some(match slopes.as_slice() {
        // PyTorch's default: one for all channels.
        [shared] => vec![*shared; channels],
        _ => slopes,
    })
}
