//! What a network looks like, before it has weights.

use crate::Error;

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
    /// As trits times a scale per output channel; activations as `u8` codes.
    Ternary,
    /// As they are: the network to compare with. It cannot be exported.
    Float,
}

/// One layer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Layer {
    Flatten { id: String },
    Dense(Dense),
    Softmax { id: String },
}

/// A dense layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dense {
    pub(crate) id: String,
    pub(crate) units: usize,
    pub(crate) norm: bool,
    pub(crate) relu: bool,
    pub(crate) learned_scale: bool,
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

impl Dense {
    /// A bare dense layer.
    #[must_use]
    pub fn new(id: impl Into<String>, units: usize) -> Self {
        Self {
            id: id.into(),
            units,
            norm: false,
            relu: false,
            learned_scale: false,
        }
    }

    /// Normalizes the outputs over the batch. It costs nothing on the device: export folds it into scale and bias.
    #[must_use]
    pub fn batch_norm(mut self) -> Self {
        self.norm = true;
        self
    }

    /// Applies max(x, 0) last.
    #[must_use]
    pub fn relu(mut self) -> Self {
        self.relu = true;
        self
    }

    /// Learns the scale of each output channel, as a gain on that of the quantizer. For layers without batch norm,
    /// which has a gain of its own.
    #[must_use]
    pub fn learned_scale(mut self) -> Self {
        self.learned_scale = true;
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
        self.dense_layers().last().map_or(0, |dense| dense.units)
    }

    pub(crate) fn sample_len(&self) -> usize {
        self.input.shape.iter().product()
    }

    pub(crate) fn dense_layers(&self) -> impl Iterator<Item = &Dense> {
        self.layers.iter().filter_map(|layer| match layer {
            Layer::Dense(dense) => Some(dense),
            Layer::Flatten { .. } | Layer::Softmax { .. } => None,
        })
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
        let mut rank = self.input.shape.len();
        for (position, layer) in self.layers.iter().enumerate() {
            let id = layer.id();
            if names.contains(&id) {
                return Some(format!("the name `{id}` occurs twice"));
            }
            names.push(id);
            match layer {
                Layer::Flatten { .. } => rank = 1,
                Layer::Dense(dense) if dense.units == 0 => {
                    return Some(format!("layer `{id}` has no units"));
                }
                Layer::Dense(dense) if dense.norm && dense.learned_scale => {
                    return Some(format!(
                        "layer `{id}`: batch norm has a gain of its own, drop `learned_scale`"
                    ));
                }
                Layer::Dense(_) if rank != 1 => {
                    return Some(format!(
                        "layer `{id}` sees {rank} axes; put `flatten` in front"
                    ));
                }
                Layer::Dense(_) => {}
                Layer::Softmax { .. } if position + 1 != self.layers.len() => {
                    return Some(format!("layer `{id}` must be the last"));
                }
                Layer::Softmax { .. } => {}
            }
        }
        None
    }
}

impl Layer {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Flatten { id } | Self::Softmax { id } => id,
            Self::Dense(dense) => &dense.id,
        }
    }
}
