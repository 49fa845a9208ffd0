//! Random valid networks, as model files: what the differential tests run everywhere.

use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A dense layer of a random network.
#[derive(Debug, Clone)]
pub struct Dense {
    outputs: usize,
    /// Where `relu` stands: nowhere, in the layer, or as a layer of its own.
    relu: Relu,
    quantizer: &'static str,
    granularity: &'static str,
    /// Trits with scales in the file, or latent weights.
    trits: bool,
    /// The size of the weights: a power of ten.
    magnitude: i32,
    /// The size of the biases relative to that of the outputs.
    bias: f64,
    /// How much of the outputs' range is recorded: below 1 they saturate.
    range: f64,
    samples: usize,
    /// Whether one channel has no weights and one a negative scale.
    odd_channels: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Relu {
    No,
    Fused,
    Layer,
}

/// A random network.
#[derive(Debug, Clone)]
pub struct Network {
    layout: &'static str,
    shape: Vec<usize>,
    declared: bool,
    input_range: (f64, f64),
    normalized: bool,
    /// Whether a `relu` reads the input.
    relu_first: bool,
    layers: Vec<Dense>,
    softmax: Option<bool>,
    /// Decides weights and inputs.
    seed: u64,
}

/// Networks of one to four dense layers over inputs of one to three axes, both layouts, every
/// quantizer, with and without `relu` and `softmax`, scales over many powers of ten.
pub fn networks() -> impl Strategy<Value = Network> {
    let shape = prop_oneof![
        prop::collection::vec(1..150_usize, 1),
        prop::collection::vec(1..9_usize, 2),
        prop::collection::vec(1..6_usize, 3),
    ];
    let layers = prop::collection::vec(dense(), 1..5);
    let softmax = prop::option::of(any::<bool>());
    let first = (
        prop::sample::select(vec!["keras", "torch"]),
        shape,
        any::<bool>(),
        -9.0..0.0,
        0.1..9.0,
    );
    (
        first,
        any::<bool>(),
        prop::bool::weighted(0.2),
        layers,
        softmax,
        any::<u64>(),
    )
        .prop_map(
            |(
                (layout, shape, declared, low, high),
                normalized,
                relu_first,
                layers,
                softmax,
                seed,
            )| Network {
                layout,
                shape,
                declared,
                input_range: (low, high),
                normalized,
                relu_first,
                layers,
                softmax,
                seed,
            },
        )
}

fn dense() -> impl Strategy<Value = Dense> {
    let outputs = prop_oneof![1..8_usize, 8..70_usize];
    let relu = prop::sample::select(vec![Relu::No, Relu::Fused, Relu::Layer]);
    let quantizer = prop::sample::select(vec!["optimal", "absmean", "twn", "median"]);
    let granularity = prop::sample::select(vec!["channel", "tensor"]);
    let sizes = (
        -4..4_i32,
        prop_oneof![Just(0.0), 0.0..1.0, 1.0..30.0],
        prop_oneof![0.05..1.0, Just(1.0)],
    );
    (
        outputs,
        relu,
        quantizer,
        granularity,
        any::<bool>(),
        sizes,
        1..100_usize,
        any::<bool>(),
    )
        .prop_map(
            |(
                outputs,
                relu,
                quantizer,
                granularity,
                trits,
                (magnitude, bias, range),
                samples,
                odd_channels,
            )| Dense {
                outputs,
                relu,
                quantizer,
                granularity,
                trits,
                magnitude,
                bias,
                range,
                samples,
                odd_channels,
            },
        )
}

/// A small generator of numbers (SplitMix64; Steele, Lea, Flood 2014), so that a seed decides all.
pub struct Random(u64);

impl Random {
    /// The numbers of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in 0..1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number in −1..1.
    pub fn symmetric(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }

    /// One of `0..count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.bits() % count as u64) as usize
    }
}

impl Network {
    /// The number of inputs.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// The model file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut random = Random::new(self.seed);
        let mut tensors = Vec::new();
        let mut layers = vec![json!({"id": "flatten", "type": "flatten"})];
        if self.relu_first {
            let range = [0.0, self.input_range.1];
            layers.insert(
                0,
                json!({"id": "relu0", "type": "relu", "range": range, "samples": 3}),
            );
        }
        let mut inputs = self.elements();
        for (index, dense) in self.layers.iter().enumerate() {
            let last = index + 1 == self.layers.len();
            self.dense(
                dense,
                index,
                inputs,
                last,
                &mut random,
                &mut layers,
                &mut tensors,
            );
            inputs = dense.outputs;
        }
        if self.softmax == Some(false) {
            layers.push(json!({"id": "softmax", "type": "softmax"}));
        }
        let channels = self.shape.last().copied().unwrap_or(1);
        let (low, high) = self.input_range;
        let mut input = json!({
            "id": "x", "shape": self.file_shape(), "bits": 8, "range": [low, high],
            "range_kind": if self.declared { "declared" } else { "observed" }, "samples": 40,
        });
        if self.normalized {
            input["mean"] = (0..channels)
                .map(|_| Value::from(random.symmetric()))
                .collect();
            input["std"] = (0..channels)
                .map(|_| Value::from(0.1 + 3.0 * random.unit()))
                .collect();
        }
        let output = layers
            .last()
            .map_or(Value::Null, |layer| layer["id"].clone());
        let metadata = json!({
            "version": 1, "name": "random", "layout": self.layout, "inputs": [input],
            "outputs": [output], "layers": layers,
        });
        model_bytes(&metadata, &tensors).expect("shapes fit")
    }

    /// The shape as the file's layout gives it.
    fn file_shape(&self) -> Vec<usize> {
        let mut shape = self.shape.clone();
        if self.layout == "torch" {
            shape.rotate_right(1);
        }
        shape
    }

    #[allow(clippy::too_many_arguments)]
    fn dense(
        &self,
        dense: &Dense,
        index: usize,
        inputs: usize,
        last: bool,
        random: &mut Random,
        layers: &mut Vec<Value>,
        tensors: &mut Vec<NamedTensor>,
    ) {
        let id = format!("fc{index}");
        let outputs = dense.outputs;
        let magnitude = 10_f64.powi(dense.magnitude);
        let spread = magnitude * (inputs as f64).sqrt() * 3.0;
        let shape = match self.layout {
            "torch" => vec![outputs, inputs],
            _ => vec![inputs, outputs],
        };
        let output_of = |flat: usize| {
            if self.layout == "torch" {
                flat / inputs
            } else {
                flat % outputs
            }
        };
        let mut names = json!({"kernel": format!("{id}/kernel"), "bias": format!("{id}/bias")});
        let dead = |flat: usize| dense.odd_channels && outputs > 2 && output_of(flat) == 1;
        let data = if dense.trits {
            names["scale"] = json!(format!("{id}/scale"));
            let scales = (0..outputs).map(|output| {
                let sign = if dense.odd_channels && output == 0 {
                    -1.0
                } else {
                    1.0
                };
                (sign * magnitude * (0.2 + random.unit())) as f32
            });
            let scales = scales.collect();
            tensors.push(NamedTensor {
                name: format!("{id}/scale"),
                shape: vec![outputs],
                data: TensorData::F32(scales),
            });
            let trits = (0..inputs * outputs).map(|flat| {
                if dead(flat) {
                    0
                } else {
                    random.below(3) as i8 - 1
                }
            });
            TensorData::I8(trits.collect())
        } else {
            let weights = (0..inputs * outputs).map(|flat| {
                if dead(flat) {
                    0.0
                } else {
                    (magnitude * random.symmetric()) as f32
                }
            });
            TensorData::F32(weights.collect())
        };
        tensors.push(NamedTensor {
            name: format!("{id}/kernel"),
            shape,
            data,
        });
        let bias = (0..outputs)
            .map(|_| (dense.bias * spread * random.symmetric()) as f32)
            .collect();
        tensors.push(NamedTensor {
            name: format!("{id}/bias"),
            shape: vec![outputs],
            data: TensorData::F32(bias),
        });
        let high = spread * dense.range;
        let range = if dense.relu == Relu::No {
            [-high * random.unit(), high]
        } else {
            [0.0, high]
        };
        let softmax = last && self.softmax == Some(true);
        let activation = match dense.relu {
            _ if softmax => "softmax",
            Relu::Fused => "relu",
            Relu::No | Relu::Layer => "linear",
        };
        layers.push(json!({
            "id": id, "type": "dense", "activation": activation, "quantizer": dense.quantizer,
            "granularity": dense.granularity, "tensors": names, "range": range, "samples": dense.samples,
        }));
        if dense.relu == Relu::Layer {
            layers.push(json!({
                "id": format!("relu_{id}"), "type": "relu", "range": [0.0, high], "samples": dense.samples,
            }));
        }
    }

    /// Inputs in codes: zeros, the largest, and random ones, some of them sparse.
    pub fn inputs(&self, count: usize) -> Vec<Vec<u8>> {
        let mut random = Random::new(self.seed ^ 0x5eed);
        let elements = self.elements();
        (0..count)
            .map(|index| match index {
                0 => vec![0; elements],
                1 => vec![255; elements],
                _ => (0..elements)
                    .map(|_| {
                        if index % 3 == 0 && random.below(3) > 0 {
                            0
                        } else {
                            random.below(256) as u8
                        }
                    })
                    .collect(),
            })
            .collect()
    }
}
