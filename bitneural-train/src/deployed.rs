//! What a model file computes on the device, and the same in tensors.

use bitneural_core::compile;
use bitneural_core::ids::TensorId;
use bitneural_core::network::{self, Channel, Network, OpKind, Requant};
use bitneural_core::options::Options;
use bitneural_core::reference::integer;
use bitneural_core::shape::Window;
use burn::tensor::{DType, Device, Tensor, TensorData};

use crate::Error;
use crate::dataset::Dataset;
use crate::weights::doubles;

/// How many samples are compared at once; bounds the memory.
const CHUNK: usize = 128;

/// A compiled model file: the integers that the firmware will compute.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployed {
    network: Network,
}

/// How a forward pass in tensors differs from the integer network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Samples that were run.
    pub samples: usize,
    /// Samples with another class.
    pub other_classes: usize,
    /// Outputs of all layers up to the scores, over all samples.
    pub activations: usize,
    /// Those with another value.
    pub other_activations: usize,
}

impl Comparison {
    fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.other_classes += other.other_classes;
        self.activations += other.activations;
        self.other_activations += other.other_activations;
    }
}

impl Deployed {
    /// Compiles the bytes of a model file.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] with everything that the compiler has against it.
    pub fn new(model_file: &[u8]) -> Result<Self, Error> {
        match compile(model_file, &Options::default()) {
            Ok(compiled) => Ok(Self {
                network: compiled.network,
            }),
            Err(errors) => Err(Error::Model(errors.to_string())),
        }
    }

    /// The class of each sample, by the integer engine. This is the accuracy to report: it is what the device does.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the samples do not have the length of the input.
    pub fn classify(&self, data: &Dataset) -> Result<Vec<usize>, Error> {
        self.accepts(data)?;
        let class = |sample| integer::classify(&self.network, &self.run(sample));
        Ok(data.samples().map(class).collect())
    }

    /// Runs the samples through the framework's tensors, with the constants m, B, S and P of the integer network (as a
    /// trainer has to, if its gradients shall belong to what the device computes), and counts differences to the
    /// integers.
    ///
    /// The tensors are `f64`. All but the product of R7 is exact in them, and that is rounded in bit 53 of at most 62;
    /// so a difference is possible, in about one of 2^38 activations.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the samples do not have the length of the input.
    pub fn compare(&self, data: &Dataset) -> Result<Comparison, Error> {
        self.accepts(data)?;
        let samples: Vec<&[f32]> = data.samples().collect();
        let mut comparison = Comparison::default();
        for chunk in samples.chunks(CHUNK) {
            let integers: Vec<integer::Tensors> =
                chunk.iter().map(|sample| self.run(sample)).collect();
            comparison.add(&self.differences(&integers));
        }
        Ok(comparison)
    }

    /// What the tensors make of the same inputs, against `integers`.
    fn differences(&self, integers: &[integer::Tensors]) -> Comparison {
        let mut comparison = Comparison {
            samples: integers.len(),
            ..Comparison::default()
        };
        for (id, tensor) in self.forward(integers) {
            let values = doubles(tensor);
            let rows = values.chunks_exact(self.network.tensor(id).elements);
            for (row, integers) in rows.zip(integers) {
                let row: Vec<i32> = row.iter().map(|value| *value as i32).collect();
                let expected = &integers[id.index()];
                comparison.activations += row.len();
                comparison.other_activations +=
                    row.iter().zip(expected).filter(|(a, b)| a != b).count();
                let other_class = integer::class(&row) != integer::class(expected);
                comparison.other_classes += usize::from(id == self.network.judged() && other_class);
            }
        }
        comparison
    }

    /// All tensors of the integer network for a sample.
    fn run(&self, sample: &[f32]) -> integer::Tensors {
        integer::run(
            &self.network,
            &integer::quantize_input(&self.network, sample),
        )
    }

    /// What the ops up to the scores yield for all samples, `[samples, elements]` each, from the codes of the input.
    fn forward(&self, integers: &[integer::Tensors]) -> Vec<(TensorId, Tensor<2>)> {
        let input = self.network.inputs[0];
        let codes = integers.iter().flat_map(|tensors| &tensors[input.index()]);
        let codes = codes.map(|code| f64::from(*code)).collect();
        let codes = matrix(codes, [integers.len(), self.network.tensor(input).elements]);
        let mut known = vec![(input, codes)];
        for op in &self.network.ops {
            let Some((_, from)) = known.iter().find(|(id, _)| *id == op.input()) else {
                continue;
            };
            let read = op.input();
            let to = match &op.kind {
                OpKind::Dense(op) => dense(op, from.clone()),
                OpKind::Conv(op) => {
                    let padding = self.network.tensor(read).zero_point;
                    conv(op, padding, from.clone())
                }
                OpKind::MaxPool(op) => max_pool(op, from.clone()),
                OpKind::AveragePool(op) => {
                    let padding = self.network.tensor(read).zero_point;
                    average_pool(op, padding, from.clone())
                }
                // The trainer makes none.
                OpKind::Gate(_)
                | OpKind::Frame(_)
                | OpKind::LayerNorm(_)
                | OpKind::Add(_)
                | OpKind::Multiply(_)
                | OpKind::Pick(_)
                | OpKind::Embedding(_)
                | OpKind::Concat(_)
                | OpKind::Recurrent(_)
                | OpKind::Line(_)
                | OpKind::Custom(_) => continue,
                // Nor are its networks compiled in that mode here.
                OpKind::Float(_) => continue,
                OpKind::Table(table) => from_table(&table.entries, from.clone()),
                OpKind::Reshape => from.clone(),
                // It comes after the scores, which decide the class.
                OpKind::Softmax(_) => continue,
            };
            known.push((op.output, to));
        }
        known.remove(0);
        known
    }

    fn accepts(&self, data: &Dataset) -> Result<(), Error> {
        let expected = self.network.tensor(self.network.inputs[0]).elements;
        if data.sample_len() == expected {
            return Ok(());
        }
        Err(Error::Length {
            what: "values of a sample",
            expected,
            found: data.sample_len(),
        })
    }
}

/// R6 and R7.
fn dense(op: &network::Dense, codes: Tensor<2>) -> Tensor<2> {
    let weights = op.weights.iter().map(|weight| f64::from(*weight)).collect();
    let weights = matrix(weights, [op.outputs, op.inputs]);
    requantized(&op.requant, codes.matmul(weights.transpose()))
}

/// R6 and R7 under a window: every position of every sample is a row.
fn conv(op: &network::Conv, padding: i32, codes: Tensor<2>) -> Tensor<2> {
    let [samples, elements] = codes.dims();
    let window = &op.window;
    let values = doubles(codes);
    let mut patches = Vec::new();
    for sample in values.chunks_exact(elements) {
        for (y, x) in positions(window) {
            for position in window.under(y, x) {
                patches.extend((0..op.channels).map(|channel| match position {
                    Some(position) => sample[position * op.channels + channel],
                    None => f64::from(padding),
                }));
            }
        }
    }
    // A row of weights for all channels: those of other groups are 0.
    let (taps, seen) = (window.taps(), op.channels / op.groups);
    let mut weights = vec![0.0; op.outputs * taps * op.channels];
    for (index, weight) in op.weights.iter().enumerate() {
        let (output, tap, channel) = (index / (taps * seen), index / seen % taps, index % seen);
        let first = output / (op.outputs / op.groups) * seen;
        weights[(output * taps + tap) * op.channels + first + channel] = f64::from(*weight);
    }
    let row = taps * op.channels;
    let patches = matrix(patches, [samples * window.positions(), row]);
    let sums = patches.matmul(matrix(weights, [op.outputs, row]).transpose());
    requantized(&op.requant, sums).reshape([samples, window.positions() * op.outputs])
}

/// R17.
fn max_pool(op: &network::MaxPool, codes: Tensor<2>) -> Tensor<2> {
    let [samples, elements] = codes.dims();
    let values = doubles(codes);
    let mut largest = Vec::new();
    for sample in values.chunks_exact(elements) {
        for (y, x) in positions(&op.window) {
            for channel in 0..op.channels {
                let inside = op.window.under(y, x).flatten();
                let codes = inside.map(|position| sample[position * op.channels + channel]);
                largest.push(codes.fold(0.0, f64::max));
            }
        }
    }
    matrix(largest, [samples, op.window.positions() * op.channels])
}

/// The output positions of a window.
fn positions(window: &Window) -> impl Iterator<Item = (usize, usize)> {
    let [height, width] = window.output;
    (0..height).flat_map(move |y| (0..width).map(move |x| (y, x)))
}

/// R18: sums, and the constants of the number of values in each.
fn average_pool(op: &network::AveragePool, padding: i32, codes: Tensor<2>) -> Tensor<2> {
    let [samples, elements] = codes.dims();
    let values = doubles(codes);
    let mut sums = Vec::new();
    for sample in values.chunks_exact(elements) {
        for (y, x) in positions(&op.window) {
            for channel in 0..op.channels {
                let seen = op.window.under(y, x).map(|position| match position {
                    Some(position) => sample[position * op.channels + channel],
                    None if op.count_padding => f64::from(padding),
                    None => 0.0,
                });
                sums.push(seen.sum());
            }
        }
    }
    let constants = positions(&op.window).flat_map(|(y, x)| {
        let taps = op.window.under(y, x);
        let count = taps.filter(|tap| op.count_padding || tap.is_some()).count();
        let channel = op.counts.iter().position(|counted| *counted == count);
        let channel = channel.map(|channel| &op.requant.channels[channel]);
        std::iter::repeat_n(channel, op.channels).flatten()
    });
    let sums = matrix(sums, [samples, op.window.positions() * op.channels]);
    requantized_with(&op.requant, constants, sums)
}

/// R7, for a row of sums for each sample or position. The trainer makes no slopes below zero.
fn requantized(requant: &Requant, sums: Tensor<2>) -> Tensor<2> {
    requantized_with(requant, requant.channels.iter(), sums)
}

/// R7 with the constants of each column.
fn requantized_with<'a>(
    requant: &Requant,
    columns: impl Iterator<Item = &'a Channel>,
    sums: Tensor<2>,
) -> Tensor<2> {
    let row = |values: Vec<f64>| {
        let columns = values.len();
        matrix(values, [1, columns])
    };
    let (bias, multiplier) = columns
        .map(|column| (f64::from(column.bias), f64::from(column.multiplier)))
        .unzip();
    let (bias, multiplier) = (row(bias), row(multiplier));
    let t = sums * 2.0_f64.powi(requant.pre_shift as i32) + bias;
    let y = (t * multiplier * 2.0_f64.powi(-32 - requant.shift as i32)).floor();
    y.clamp(f64::from(requant.low), f64::from(requant.high))
}

/// R13.
fn from_table(entries: &[u8; 256], codes: Tensor<2>) -> Tensor<2> {
    let shape = codes.dims();
    let values = doubles(codes)
        .iter()
        .map(|code| f64::from(entries[*code as usize]))
        .collect();
    matrix(values, shape)
}

fn matrix(values: Vec<f64>, shape: [usize; 2]) -> Tensor<2> {
    Tensor::from_data(
        TensorData::new(values, shape),
        (&Device::flex(), DType::F64),
    )
}

#[cfg(test)]
mod tests {
    use bitneural_core::writer::model_bytes;
    use serde_json::json;

    use super::*;
    use crate::{Architecture, Dense, Fit, Input};

    /// A fitted network with an input range on both sides of 0, and 200 samples.
    fn fitted() -> (crate::Network, Dataset) {
        let value = |i: usize| ((i * 7919) % 1013) as f32 / 506.5 * 3.5 - 2.0;
        let inputs: Vec<f32> = (0..1200).map(value).collect();
        let labels = inputs
            .chunks_exact(6)
            .map(|x| usize::from(x[0] + x[3] > x[5]))
            .collect();
        let data = Dataset::new(6, 2, inputs, labels).expect("200 samples of 6 values");
        let architecture = Architecture::new("tiny", Input::new("x", [6]).declared(-2.0, 1.5))
            .dense(Dense::new("hidden", 12).batch_norm().relu())
            .dense(Dense::new("linear", 5).batch_norm())
            .dense(Dense::new("scores", 2).learned_scale());
        let mut network = crate::Network::new(architecture, 3).expect("it fits together");
        Fit::new()
            .epochs(5)
            .seed(3)
            .run(&mut network, &data)
            .expect("a fit");
        (network, data)
    }

    #[test]
    fn tensors_equal_the_integers_and_a_changed_constant_is_seen() {
        let (network, data) = fitted();
        let deployed = network.deploy().expect("it compiles");
        let same = deployed.compare(&data).expect("the right length");
        assert_eq!((same.samples, same.activations), (200, 200 * (12 + 5 + 2)));
        assert_eq!((same.other_classes, same.other_activations), (0, 0));

        let mut changed = deployed.clone();
        let OpKind::Dense(dense) = &mut changed.network.ops[2].kind else {
            panic!("the scores are dense")
        };
        let multiplier = &mut dense.requant.channels[0].multiplier;
        *multiplier -= *multiplier / 4;
        let integers: Vec<_> = data.samples().map(|sample| deployed.run(sample)).collect();
        let other = changed.differences(&integers);
        assert!(
            other.other_activations > 100 && other.other_classes > 0,
            "{other:?}"
        );
    }

    #[test]
    fn means_on_padding_equal_the_integers() {
        let input: Vec<f32> = (0..600)
            .map(|i| (i * 37 % 101) as f32 / 50.0 - 1.0)
            .collect();
        let data = Dataset::new(10, 2, input, vec![0; 60]).expect("60 samples of 10 values");
        for count_padding in [false, true] {
            let metadata = json!({
                "version": 1, "name": "means", "layout": "keras",
                "inputs": [{ "id": "x", "shape": [5, 2], "bits": 8, "range": [-1.0, 1.0], "range_kind": "declared" }],
                "outputs": ["mean"],
                "layers": [{
                    "id": "mean", "type": "average_pool1d", "pool": 4, "stride": 1, "padding": "same",
                    "count_padding": count_padding, "range": [-1.0, 0.75], "samples": 64,
                }],
            });
            let bytes = model_bytes(&metadata, &[]).expect("a model file");
            let deployed = Deployed::new(&bytes).expect("it compiles");
            let OpKind::AveragePool(pool) = &deployed.network.ops[0].kind else {
                panic!("a pool")
            };
            assert_eq!(pool.counts.len(), if count_padding { 1 } else { 3 });
            let same = deployed.compare(&data).expect("the right length");
            assert_eq!(
                (same.activations, same.other_activations),
                (60 * 10, 0),
                "{count_padding}"
            );
        }
    }

    #[test]
    fn training_sees_the_input_codes_of_the_device() {
        let (network, _) = fitted();
        let deployed = network.deploy().expect("it compiles");
        let quantizer = network.input_codes().quantizer();
        // Steps of 1/1024 hit exact ties of the 255 steps; and what no sensor should send.
        let values: Vec<f32> = (-3000..3000).map(|i| i as f32 / 1024.0).collect();
        for value in
            values
                .into_iter()
                .chain([f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -0.0])
        {
            let device = integer::quantize_input(&deployed.network, &[value; 6])[0];
            assert_eq!(i32::from(quantizer.code(value)), device, "{value}");
        }
    }
}
