//! What a model file computes on the device, and the same in tensors.

use bitneural_core::compile;
use bitneural_core::ids::TensorId;
use bitneural_core::network::{self, Network, OpKind, Requant};
use bitneural_core::options::Options;
use bitneural_core::reference::integer;
use burn::tensor::{DType, Device, Tensor, TensorData};

use crate::Error;
use crate::dataset::Dataset;
use crate::ternary::doubles;

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
        let class = |sample| integer::class(&self.run(sample)[self.network.scores.index()]);
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
        let integers: Vec<integer::Tensors> =
            data.samples().map(|sample| self.run(sample)).collect();
        let mut comparison = Comparison {
            samples: data.len(),
            ..Comparison::default()
        };
        for (id, tensor) in self.forward(&integers) {
            let scores = id == self.network.scores;
            let values = doubles(tensor);
            let rows = values.chunks_exact(self.network.tensor(id).elements);
            for (row, integers) in rows.zip(&integers) {
                let row: Vec<i32> = row.iter().map(|value| *value as i32).collect();
                let expected = &integers[id.index()];
                comparison.activations += row.len();
                comparison.other_activations +=
                    row.iter().zip(expected).filter(|(a, b)| a != b).count();
                comparison.other_classes +=
                    usize::from(scores && integer::class(&row) != integer::class(expected));
            }
        }
        Ok(comparison)
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
        let input = self.network.input;
        let codes = integers.iter().flat_map(|tensors| &tensors[input.index()]);
        let codes = codes.map(|code| f64::from(*code)).collect();
        let codes = matrix(codes, [integers.len(), self.network.tensor(input).elements]);
        let mut known = vec![(input, codes)];
        for op in &self.network.ops {
            let Some((_, from)) = known.iter().find(|(id, _)| *id == op.input) else {
                continue;
            };
            let to = match &op.kind {
                OpKind::Dense(op) => dense(op, from.clone()),
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
        let expected = self.network.tensor(self.network.input).elements;
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
    let trits = op.trits.iter().map(|trit| f64::from(*trit)).collect();
    let trits = matrix(trits, [op.outputs, op.inputs]);
    let Requant {
        pre_shift,
        shift,
        low,
        high,
        ref channels,
    } = op.requant;
    let row = |values: Vec<f64>| matrix(values, [1, op.outputs]);
    let bias = row(channels
        .iter()
        .map(|channel| f64::from(channel.bias))
        .collect());
    let multiplier = row(channels
        .iter()
        .map(|channel| f64::from(channel.multiplier))
        .collect());
    let sums = codes.matmul(trits.transpose());
    let t = sums * 2.0_f64.powi(pre_shift as i32) + bias;
    let y = (t * multiplier * 2.0_f64.powi(-32 - shift as i32)).floor();
    y.clamp(f64::from(low), f64::from(high))
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
