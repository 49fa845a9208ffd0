//! The training loop.

use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Tensor, TensorData};
use indicatif::{ProgressBar, ProgressStyle};

use crate::Error;
use crate::architecture::Weights;
use crate::augment::{Augment, Augmenter};
use crate::augment_sequence::AugmentSequence;
use crate::dataset::Dataset;
use crate::network::{Activations, Network};
use crate::random::Random;

/// A training run: Adam on the cross entropy, learning rate falling to 0 along a cosine.
///
/// The order of the samples follows from the seed, and everything runs in one order on one thread: two runs with the
/// same seed on the same machine end in the same bits. (Another processor may sum a matrix product in another order.)
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    epochs: usize,
    batch: usize,
    rate: f64,
    seed: u64,
    changes: Option<Changes>,
    progress: bool,
}

/// How samples change from epoch to epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Changes {
    Images(Augment),
    Sequences(AugmentSequence),
}

/// [`Changes`] for samples of one shape.
#[derive(Debug)]
enum Changer {
    Images(Augmenter),
    Sequences(AugmentSequence, usize),
}

impl Changer {
    fn apply(&mut self, sample: &mut [f32], random: &mut Random) {
        match self {
            Self::Images(augmenter) => augmenter.apply(sample, random),
            Self::Sequences(augment, channels) => augment.apply(sample, *channels, random),
        }
    }
}

/// One pass over the training data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Mean cross entropy over the batches, in nats.
    pub loss: f64,
    /// Learning rate of the last step.
    pub rate: f64,
}

impl Default for Fit {
    fn default() -> Self {
        Self {
            epochs: 60,
            batch: 32,
            rate: 5e-3,
            seed: 0,
            changes: None,
            progress: false,
        }
    }
}

impl Fit {
    /// 60 epochs in batches of 32, learning rate 0.005, seed 0, silent.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Passes over the training data, at least 1.
    #[must_use]
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// Samples per step, at least 1; a data set that is smaller is one batch. What is left over at the end of an epoch
    /// is skipped: a batch norm learns nothing good from a batch of one.
    #[must_use]
    pub fn batch(mut self, samples: usize) -> Self {
        self.batch = samples;
        self
    }

    /// Learning rate of the first step, above 0.
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = rate;
        self
    }

    /// Seed of the order of the samples, and of their changes.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Changes every image anew in every epoch. The network's input must be images, `[height, width]` or
    /// `[height, width, channels]`.
    #[must_use]
    pub fn augment(mut self, augment: Augment) -> Self {
        self.changes = Some(Changes::Images(augment));
        self
    }

    /// Changes every sequence anew in every epoch, instead of images. The network's input must be `[time, channels]`.
    #[must_use]
    pub fn augment_sequence(mut self, augment: AugmentSequence) -> Self {
        self.changes = Some(Changes::Sequences(augment));
        self
    }

    /// Shows a progress bar on standard error, if that is a terminal.
    #[must_use]
    pub fn progress(mut self, show: bool) -> Self {
        self.progress = show;
        self
    }

    /// Trains the network, then records the range of every layer over the training data. Gives what happened epoch by
    /// epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a setting outside of its range; [`Error::Length`] if samples or classes are not those of
    /// the network; [`Error::Diverged`] when the loss is no longer a finite number.
    pub fn run(&self, network: &mut Network, data: &Dataset) -> Result<Vec<Epoch>, Error> {
        self.verify()?;
        network.accepts(data)?;
        let classes = network.architecture().classes();
        if data.classes() != classes {
            return Err(Error::Length {
                what: "classes",
                expected: classes,
                found: data.classes(),
            });
        }
        let mut changer = self.changer(network)?;
        let batch = self.batch.min(data.len());
        let steps = self.epochs * (data.len() / batch);
        let bar = self.bar();
        let mut optimizer = AdamConfig::new().with_epsilon(1e-8).init();
        let mut random = Random::new(self.seed);
        let mut order: Vec<usize> = (0..data.len()).collect();
        let mut history = Vec::with_capacity(self.epochs);
        let mut step = 0;
        for epoch in 0..self.epochs {
            random.shuffle(&mut order);
            // The ranges of the first epoch come from weights that have learned nothing.
            let activations = match network.architecture().weights {
                Weights::Ternary if epoch > 0 => Activations::Coded,
                Weights::Ternary | Weights::Float => Activations::Exact,
            };
            let (mut sum, mut rate) = (0.0, self.rate);
            for samples in order.chunks_exact(batch) {
                rate = self.rate
                    * 0.5
                    * (1.0 + (std::f64::consts::PI * step as f64 / steps as f64).cos());
                step += 1;
                let mut inputs = gather(data, samples);
                if let Some(changer) = &mut changer {
                    for sample in inputs.chunks_exact_mut(data.sample_len()) {
                        changer.apply(sample, &mut random);
                    }
                }
                let scores = network.train_forward(&inputs, data.len(), activations);
                let loss = cross_entropy(scores, targets(data, samples, network));
                let value = loss.clone().into_scalar::<f32>();
                if !value.is_finite() {
                    bar.abandon();
                    return Err(Error::Diverged {
                        loss: value,
                        epoch: epoch + 1,
                        rate: self.rate,
                    });
                }
                sum += f64::from(value);
                let gradients = GradientsParams::from_grads(loss.backward(), &network.body);
                network.body = optimizer.step(rate, network.body.clone(), gradients);
            }
            let loss = sum / (data.len() / batch) as f64;
            bar.set_message(format!("loss {loss:.4}, learning rate {rate:.5}"));
            bar.inc(1);
            history.push(Epoch { loss, rate });
        }
        bar.finish();
        network.observe(data);
        Ok(history)
    }

    fn verify(&self) -> Result<(), Error> {
        if self.epochs == 0 || self.batch == 0 {
            return Err(Error::Setting("epochs and batch must be at least 1".into()));
        }
        if !(self.rate.is_finite() && self.rate > 0.0) {
            let rate = self.rate;
            return Err(Error::Setting(format!(
                "the learning rate {rate} must be above 0 and finite"
            )));
        }
        Ok(())
    }

    fn changer(&self, network: &Network) -> Result<Option<Changer>, Error> {
        let shape = &network.architecture().input.shape;
        let refuse = |what: &str| {
            Err(Error::Setting(format!(
                "augmentation: an input of the shape {shape:?} is no {what}"
            )))
        };
        match self.changes {
            None => Ok(None),
            Some(Changes::Images(augment)) => {
                augment.verify()?;
                let (extent, channels) = match **shape {
                    [height, width] => ([height, width], 1),
                    [height, width, channels] => ([height, width], channels),
                    _ => return refuse("image"),
                };
                let augmenter = Augmenter::new(augment, extent.into(), channels);
                Ok(Some(Changer::Images(augmenter)))
            }
            Some(Changes::Sequences(augment)) => {
                augment.verify()?;
                match **shape {
                    [_, channels] => Ok(Some(Changer::Sequences(augment, channels))),
                    _ => refuse("sequence, [time, channels]"),
                }
            }
        }
    }

    fn bar(&self) -> ProgressBar {
        if !self.progress {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template(
            "{bar:32} epoch {pos}/{len}  {msg}  {elapsed} of {duration}",
        )
        .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(self.epochs as u64).with_style(style)
    }
}

fn gather(data: &Dataset, samples: &[usize]) -> Vec<f32> {
    let width = data.sample_len();
    let rows = samples
        .iter()
        .map(|sample| &data.inputs()[sample * width..][..width]);
    rows.flatten().copied().collect()
}

/// One-hot rows, `[batch, classes]`.
fn targets(data: &Dataset, samples: &[usize], network: &Network) -> Tensor<2> {
    let mut rows = vec![0.0_f32; samples.len() * data.classes()];
    for (row, sample) in rows.chunks_exact_mut(data.classes()).zip(samples) {
        row[data.labels()[*sample]] = 1.0;
    }
    Tensor::from_data(
        TensorData::new(rows, [samples.len(), data.classes()]),
        network.device(),
    )
}

/// Mean over the batch.
fn cross_entropy(scores: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    let batch = scores.dims()[0] as f64;
    (log_softmax(scores, 1) * targets).sum() / -batch
}
