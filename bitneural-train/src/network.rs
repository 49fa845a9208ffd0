//! A network with weights.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};

use crate::Error;
use crate::architecture::{Architecture, Weights};
use crate::blocks::{Block, Folded, Values};
use crate::dataset::Dataset;
use crate::observer::{Codes, Range};
use crate::random::Random;
use crate::weights::floats;

/// How many samples a forward pass without gradients takes at once; bounds the memory.
const CHUNK: usize = 512;

/// A network with weights: as [`Network::new`] starts it, or as [`Fit::run`](crate::Fit::run) trained it.
#[derive(Debug)]
pub struct Network {
    architecture: Architecture,
    pub(crate) body: Body,
    observed: Observed,
    device: Device,
}

/// The layers, in order; a final softmax is none of them.
#[derive(Module, Debug)]
pub(crate) struct Body {
    blocks: Vec<Block>,
}

/// The range of the output of each layer that has codes of its own, after its activation, and the number of samples
/// that it comes from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observed {
    pub(crate) ranges: Vec<Range>,
    pub(crate) samples: usize,
}

/// What happens to activations in a forward pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activations {
    /// They and the input stay as they are.
    Exact,
    /// They and the input take the values that have a code in the range; not those of the last layer, which is wide (R12).
    Coded,
}

impl Network {
    /// A network whose weights follow from `seed` alone.
    ///
    /// # Errors
    ///
    /// [`Error::Architecture`] if the layers do not fit together.
    pub fn new(architecture: Architecture, seed: u64) -> Result<Self, Error> {
        architecture.verify()?;
        let device = Device::flex().autodiff();
        let blocks = Block::all(&architecture, &mut Random::new(seed), &device);
        let blocks = blocks.map_err(|problem| Error::Architecture {
            name: architecture.name.clone(),
            problem,
        })?;
        Ok(Self {
            architecture,
            body: Body { blocks },
            observed: Observed::default(),
            device,
        })
    }

    /// What the network looks like.
    #[must_use]
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The class of each sample, by the forward pass of training: `f32` arithmetic with ternary weights and, once
    /// ranges were observed, rounded activations. What the device computes is the business of the integer engine.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the samples do not have the length of the input.
    pub fn classify(&self, data: &Dataset) -> Result<Vec<usize>, Error> {
        self.accepts(data)?;
        let mut classes = Vec::with_capacity(data.len());
        let width = self.architecture.classes();
        self.evaluate(data, self.coded(), |layer, output| {
            if layer + 1 == self.body.ranged() {
                classes.extend(floats(output.flat()).chunks_exact(width).map(largest));
            }
        });
        Ok(classes)
    }

    /// Records the range of every layer over `data`, with exact activations: the figures that a calibration of the
    /// exported file would find.
    pub(crate) fn observe(&mut self, data: &Dataset) {
        let mut ranges: Vec<Range> = Vec::new();
        self.evaluate(data, Activations::Exact, |layer, output| {
            let range = output.range();
            match ranges.get_mut(layer) {
                Some(known) => *known = known.union(range),
                None => ranges.push(range),
            }
        });
        let samples = data.len();
        self.observed = Observed { ranges, samples };
    }

    /// Shows the outputs of each layer for all samples, some samples at a time, without gradients and with the
    /// statistics of batch norms frozen.
    fn evaluate(
        &self,
        data: &Dataset,
        activations: Activations,
        mut seen: impl FnMut(usize, Values),
    ) {
        let body = self.body.valid();
        let device = self.device.clone().inner();
        for chunk in data.inputs().chunks(CHUNK * data.sample_len()) {
            let input = self.input(chunk, activations, &device);
            body.forward(input, activations, &self.observed, &mut seen);
        }
    }

    /// Scores of a batch of a training set with `samples` samples, `[batch, classes]`; ranges follow those of the
    /// batch.
    pub(crate) fn train_forward(
        &mut self,
        inputs: &[f32],
        samples: usize,
        activations: Activations,
    ) -> Tensor<2> {
        let mut ranges = self.observed.ranges.clone();
        let input = self.input(inputs, activations, &self.device);
        let scores = self
            .body
            .forward(input, activations, &self.observed, |layer, output| {
                let batch = output.inner().range();
                match ranges.get_mut(layer) {
                    Some(range) => *range = range.follow(batch),
                    None => ranges.push(batch),
                }
            });
        // In the end the whole training set is observed, so its headroom is the one to train with.
        self.observed = Observed { ranges, samples };
        scores.flat()
    }

    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    pub(crate) fn observed(&self) -> &Observed {
        &self.observed
    }

    /// The mode in which ternary networks run once there are ranges.
    pub(crate) fn coded(&self) -> Activations {
        if self.architecture.weights == Weights::Ternary && !self.observed.ranges.is_empty() {
            Activations::Coded
        } else {
            Activations::Exact
        }
    }

    pub(crate) fn accepts(&self, data: &Dataset) -> Result<(), Error> {
        if data.sample_len() == self.architecture.sample_len() {
            return Ok(());
        }
        Err(Error::Length {
            what: "values of a sample",
            expected: self.architecture.sample_len(),
            found: data.sample_len(),
        })
    }

    /// The layers with weights as the device computes them.
    pub(crate) fn fold(&self) -> Vec<Folded> {
        let factors = std::iter::once(self.input_factor()).chain(std::iter::repeat(1.0));
        let weighted = self.body.blocks.iter().filter_map(Block::weighted);
        weighted
            .zip(factors)
            .map(|(weighted, factor)| weighted.fold(factor))
            .collect()
    }

    /// Brings the declared range to the order of one, where the start of the weights expects it. The first layer's
    /// scale takes it in at export.
    pub(crate) fn input_factor(&self) -> f64 {
        let (low, high) = self.architecture.input.range;
        1.0 / f64::from(low.abs().max(high.abs()))
    }

    /// A batch as the first layer sees it: the values, or those that have a code (R4), times the factor.
    fn input(&self, values: &[f32], activations: Activations, device: &Device) -> Values {
        let factor = self.input_factor();
        let codes = self.input_codes();
        let quantizer = codes.quantizer();
        let seen = |value: f32| match activations {
            Activations::Exact => f64::from(value),
            Activations::Coded => codes.value(quantizer.code(value)),
        };
        let values: Vec<f32> = values
            .iter()
            .map(|value| (seen(*value) * factor) as f32)
            .collect();
        let width = self.architecture.sample_len();
        let rows = values.len() / width;
        let samples = Tensor::from_data(TensorData::new(values, [rows, width]), device);
        Values::new(samples, &self.architecture.input.shape)
    }

    pub(crate) fn input_codes(&self) -> Codes {
        let (low, high) = self.architecture.input.range;
        Range { low, high }.declared()
    }
}

impl Body {
    /// A batch to its scores. `seen` gets the output of each layer with codes of its own before it is
    /// rounded.
    fn forward(
        &self,
        input: Values,
        activations: Activations,
        observed: &Observed,
        mut seen: impl FnMut(usize, Values),
    ) -> Values {
        let mut values = input;
        let mut layer = 0;
        for block in &self.blocks {
            values = block.forward(values);
            if !block.is_ranged() {
                continue;
            }
            seen(layer, values.clone());
            let last = layer + 1 == self.ranged();
            if activations == Activations::Coded
                && !last
                && let Some(range) = observed.ranges.get(layer)
            {
                values = values.rounded(range.observed(observed.samples));
            }
            layer += 1;
        }
        values
    }

    /// How many layers have codes of their own.
    fn ranged(&self) -> usize {
        self.blocks.iter().filter(|block| block.is_ranged()).count()
    }
}

/// The index of the largest value, the lowest on ties (R21).
fn largest(scores: &[f32]) -> usize {
    let mut best = 0;
    for (index, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = index;
        }
    }
    best
}
