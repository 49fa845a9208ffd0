//! What a network looks like, before it has weights.

use crate::Error;

mod conv2d;
mod dense;

pub(crate) use conv2d::Window;
pub use conv2d::{Conv2d, Extent};
pub use dense::Dense;
pub(crate) use dense::Settings;

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

/// One layer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Layer {
    Flatten { id: String },
    Dense(Dense),
    Conv2d(Conv2d),
    MaxPool2d { id: String, pool: Extent },
    Softmax { id: String },
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

    /// Appends a convolution.
    #[must_use]
    pub fn conv2d(mut self, conv2d: Conv2d) -> Self {
        self.layers.push(Layer::Conv2d(conv2d));
        self
    }

    /// Keeps the largest value of each `pool`, one beside the other; rows and columns that fill none are left out.
    #[must_use]
    pub fn max_pool2d(mut self, pool: impl Into<Extent>) -> Self {
        let is_pool = |layer: &&Layer| matches!(layer, Layer::MaxPool2d { .. });
        let id = match self.layers.iter().filter(is_pool).count() {
            0 => "max_pool2d".into(),
            number => format!("max_pool2d_{number}"),
        };
        self.layers.push(Layer::MaxPool2d {
            id,
            pool: pool.into(),
        });
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

impl Layer {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Flatten { id } | Self::Softmax { id } | Self::MaxPool2d { id, .. } => id,
            Self::Dense(dense) => &dense.id,
            Self::Conv2d(conv2d) => &conv2d.id,
        }
    }

    /// What the layer makes of an input of this shape, or what is wrong, to be written after the layer's name.
    pub(crate) fn output(&self, input: &[usize]) -> Result<Vec<usize>, String> {
        match self {
            Self::Flatten { .. } => Ok(vec![input.iter().product()]),
            Self::Softmax { .. } => Ok(input.to_vec()),
            Self::Dense(dense) => {
                verify_weights("units", dense.units, dense.settings)?;
                if input.len() == 1 {
                    return Ok(vec![dense.units]);
                }
                let axes = input.len();
                Err(format!(" sees {axes} axes; put `flatten` in front"))
            }
            Self::Conv2d(conv2d) => {
                verify_weights("filters", conv2d.filters, conv2d.settings)?;
                let (extent, _) = image(input)?;
                let fits_nowhere = || misfit("kernel", conv2d.kernel, conv2d.stride, extent);
                let window = conv2d.window(extent).ok_or_else(fits_nowhere)?;
                Ok(vec![
                    window.output.height,
                    window.output.width,
                    conv2d.filters,
                ])
            }
            Self::MaxPool2d { pool, .. } => {
                let (extent, channels) = image(input)?;
                let window = Window::new(*pool, *pool, false, extent);
                let window = window.ok_or_else(|| misfit("pool", *pool, *pool, extent))?;
                Ok(vec![window.output.height, window.output.width, channels])
            }
        }
    }

    fn weight_bits(&self, input: &[usize]) -> usize {
        let bits = |settings: &Settings| match settings.encoding {
            Encoding::Ternary => 2,
            Encoding::Int8 => 8,
        };
        match self {
            Self::Flatten { .. } | Self::Softmax { .. } | Self::MaxPool2d { .. } => 0,
            Self::Dense(dense) => bits(&dense.settings) * input[0] * dense.units,
            Self::Conv2d(conv2d) => {
                let taps = conv2d.kernel.height * conv2d.kernel.width * input[2];
                bits(&conv2d.settings) * taps * conv2d.filters
            }
        }
    }
}

/// Height and width, and the channels.
pub(crate) fn image(shape: &[usize]) -> Result<(Extent, usize), String> {
    match *shape {
        [height, width, channels] => Ok((Extent { height, width }, channels)),
        _ => Err(format!(
            " needs height, width and channels, but sees the shape {shape:?}"
        )),
    }
}

fn verify_weights(what: &str, outputs: usize, settings: Settings) -> Result<(), String> {
    if outputs == 0 {
        return Err(format!(" has no {what}"));
    }
    if settings.norm && settings.learned_scale {
        return Err(": batch norm has a gain of its own, drop `learned_scale`".into());
    }
    Ok(())
}

fn misfit(what: &str, kernel: Extent, stride: Extent, input: Extent) -> String {
    format!(
        ": a {what} of {}×{} with stride {}×{} does not fit on {}×{} values",
        kernel.height, kernel.width, stride.height, stride.width, input.height, input.width
    )
}
