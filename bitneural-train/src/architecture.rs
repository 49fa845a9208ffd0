//! What a network looks like, before it has weights.

use crate::Error;

mod conv1d;
mod conv2d;
mod dense;
mod layer;
mod window;

pub use conv1d::Conv1d;
pub use conv2d::Conv2d;
pub use dense::Dense;
pub(crate) use dense::Settings;
pub(crate) use layer::{Layer, Pool, image, sequence};
pub use window::Extent;
#[cfg(test)]
pub(crate) use window::Taps;
pub(crate) use window::{Padding, Window};

/// The layers of a network, in order, and what goes in.
///
/// ```
/// use bitneural_train::{Architecture, Dense, Input};
///
/// let architecture = Architecture::new("tiny", Input::new("x", [4]).declared(0.0, 1.0))
///     .dense(Dense::new("hidden", 8).batch_norm().relu())
///     .dense(Dense::new("output", 3).learned_scale())
///     .softmax();
/// assert_eq!(architecture.classes(), 3);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Architecture {
    pub(crate) name: String,
    pub(crate) model_version: String,
    pub(crate) input: Input,
    pub(crate) labels: Vec<String>,
    pub(crate) weights: Weights,
    pub(crate) layers: Vec<Layer>,
}

/// The input of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    pub(crate) id: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) range: (f32, f32),
}

/// How the weights of a network are used in the forward pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// As trits times a scale per output channel, or in eight bits in the layers that ask for it; activations as `u8`
    /// codes.
    Ternary,
    /// As they are: the network to compare with. It cannot be exported.
    Float,
}

/// How a layer's weights are written in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Trits (R30).
    Ternary,
    /// Eight bits (R31).
    Int8,
}

impl Input {
    /// An input of this shape, with values in 0..=1.
    #[must_use]
    pub fn new(id: impl Into<String>, shape: impl Into<Vec<usize>>) -> Self {
        Self {
            id: id.into(),
            shape: shape.into(),
            range: (0.0, 1.0),
        }
    }

    /// States the values that can occur: the codes of the device cover exactly `low..=high` (R3, case 2), together
    /// with 0.
    #[must_use]
    pub fn declared(mut self, low: f32, high: f32) -> Self {
        self.range = (low, high);
        self
    }
}

impl Architecture {
    /// A network without layers.
    #[must_use]
    pub fn new(name: impl Into<String>, input: Input) -> Self {
        Self {
            name: name.into(),
            model_version: "1.0.0".into(),
            input,
            labels: Vec::new(),
            weights: Weights::Ternary,
            layers: Vec::new(),
        }
    }

    /// The version that the model file states.
    #[must_use]
    pub fn model_version(mut self, version: impl Into<String>) -> Self {
        self.model_version = version.into();
        self
    }

    /// The names of the classes.
    #[must_use]
    pub fn labels(mut self, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.labels = labels.into_iter().map(Into::into).collect();
        self
    }

    /// Weights of this kind in every layer.
    #[must_use]
    pub fn weights(mut self, weights: Weights) -> Self {
        self.weights = weights;
        self
    }

    /// Makes one axis of all.
    #[must_use]
    pub fn flatten(mut self) -> Self {
        self.layers.push(Layer::Flatten {
            id: "flatten".into(),
        });
        self
    }

    /// Appends a dense layer.
    #[must_use]
    pub fn dense(mut self, dense: Dense) -> Self {
        self.layers.push(Layer::Dense(dense));
        self
    }

    /// Appends a convolution over height and width.
    #[must_use]
    pub fn conv2d(mut self, conv2d: Conv2d) -> Self {
        self.layers.push(Layer::Conv2d(conv2d));
        self
    }

    /// Appends a convolution along time.
    #[must_use]
    pub fn conv1d(mut self, conv1d: Conv1d) -> Self {
        self.layers.push(Layer::Conv1d(conv1d));
        self
    }

    /// Keeps the largest value of each `pool`, one beside the other; rows and columns that fill none are left out.
    #[must_use]
    pub fn max_pool2d(self, pool: impl Into<Extent>) -> Self {
        self.pool(Pool::Max2d(pool.into()))
    }

    /// Keeps the largest value of each `pool` positions along time; positions that fill none are left out.
    #[must_use]
    pub fn max_pool1d(self, pool: usize) -> Self {
        self.pool(Pool::Max1d(pool))
    }

    /// Keeps the mean of each `pool` positions along time; positions that fill none are left out.
    #[must_use]
    pub fn average_pool1d(self, pool: usize) -> Self {
        self.pool(Pool::Average1d(pool))
    }

    /// Keeps the mean of each channel over time, and with it nothing of when it was.
    #[must_use]
    pub fn global_average_pool1d(self) -> Self {
        self.pool(Pool::GlobalAverage1d)
    }

    /// Appends a pool, named after its type; the second one of a type has a number.
    fn pool(mut self, pool: Pool) -> Self {
        let name = pool.name();
        let is_alike =
            |layer: &&Layer| matches!(layer, Layer::Pool { pool, .. } if pool.name() == name);
        let id = match self.layers.iter().filter(is_alike).count() {
            0 => name.into(),
            number => format!("{name}_{number}"),
        };
        self.layers.push(Layer::Pool { id, pool });
        self
    }

    /// Ends the network in class probabilities. (The loss of training contains a softmax of its own.)
    #[must_use]
    pub fn softmax(mut self) -> Self {
        self.layers.push(Layer::Softmax {
            id: "softmax".into(),
        });
        self
    }

    /// How many classes the network tells apart: the units of its last dense layer, 0 if it has none.
    #[must_use]
    pub fn classes(&self) -> usize {
        let units = |layer: &Layer| match layer {
            Layer::Dense(dense) => Some(dense.units),
            _ => None,
        };
        self.layers.iter().rev().find_map(units).unwrap_or(0)
    }

    /// The bytes that the weights take on the device at least: two bits a trit, one byte an `int8` weight; without
    /// scales and biases, and without what the encoding of a kernel rounds up. 0 for layers that do not fit together.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        let mut shape = self.input.shape.clone();
        let mut bits = 0;
        for layer in &self.layers {
            let Ok(output) = layer.output(&shape) else {
                return 0;
            };
            bits += layer.weight_bits(&shape);
            shape = output;
        }
        bits.div_ceil(8)
    }

    pub(crate) fn sample_len(&self) -> usize {
        self.input.shape.iter().product()
    }

    /// Everything that is wrong with the order, the sizes and the names.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        match self.problem() {
            None => Ok(()),
            Some(problem) => Err(Error::Architecture {
                name: self.name.clone(),
                problem,
            }),
        }
    }

    fn problem(&self) -> Option<String> {
        let (low, high) = self.input.range;
        if self.sample_len() == 0 {
            return Some(format!(
                "the input shape {:?} holds no value",
                self.input.shape
            ));
        }
        if !(low.is_finite() && high.is_finite() && low < high) {
            return Some(format!(
                "the input range {low}..={high} is empty or not finite"
            ));
        }
        let classes = self.classes();
        if classes == 0 {
            return Some("it has no dense layer with units, so there is nothing to train".into());
        }
        if !self.labels.is_empty() && self.labels.len() != classes {
            let found = self.labels.len();
            return Some(format!(
                "the last layer has {classes} units, but there are {found} labels"
            ));
        }
        let mut names = vec![self.input.id.as_str()];
        let mut shape = self.input.shape.clone();
        for (position, layer) in self.layers.iter().enumerate() {
            let id = layer.id();
            if names.contains(&id) {
                return Some(format!("the name `{id}` occurs twice"));
            }
            names.push(id);
            if matches!(layer, Layer::Softmax { .. }) && position + 1 != self.layers.len() {
                return Some(format!("layer `{id}` must be the last"));
            }
            match layer.output(&shape) {
                Ok(output) => shape = output,
                Err(problem) => return Some(format!("layer `{id}`{problem}")),
            }
        }
        None
    }
}
