//! Random valid networks, as model files: what the differential tests run everywhere.
//!
//! A network is drawn layer by layer (`layers`), some of which branch and join (`joins`), written with random weights (`file`), and its
//! ranges are observed on random inputs, then stretched or cut so that some outputs saturate.

use bitneural_core::{calibrate, compile, source, writer};
use proptest::prelude::*;

use crate::custom::options;

mod custom;
mod embedding;
mod fault;
mod file;
mod frames;
mod joins;
mod layers;
mod norms;
mod random;
mod recorded;
mod recurrent;
mod sample;
mod time;
mod weights;
mod wide;
mod window;

pub use fault::{Fault, KERNELS};
pub use layers::{Join, Layer};
pub use random::Random;
pub use recorded::{Recorded, held};
pub use recurrent::Recurrent;
pub use sample::{ON_A_CHIP, Sampled, optimize, sample};

/// A random network.
#[derive(Debug, Clone)]
pub struct Network {
    /// `keras` or `torch`.
    layout: &'static str,
    /// The axes of the input, channels last.
    shape: Vec<usize>,
    declared: bool,
    input_range: (f64, f64),
    normalized: bool,
    /// Whether the only input has 16 bits.
    wide: bool,
    /// What the input's indices become vectors by, if it is a sequence of such.
    indices: Option<embedding::Embedding>,
    /// How a second input of the same shape joins the first.
    second: Option<Join>,
    /// Layers that see an image or a sequence, if the input is one, or a vector.
    front: Vec<Layer>,
    /// Whether an image becomes a vector by a global pool, and by which.
    global: Option<bool>,
    /// Layers behind the flatten.
    back: Vec<Layer>,
    /// The type of the last layer, behind all those.
    end: Option<&'static str>,
    /// How many joined values are outputs beside the last.
    outputs: usize,
    /// Whether the layers stand in the file in the wrong order.
    reversed: bool,
    /// How much of the observed ranges is recorded: below 1 outputs saturate.
    headroom: f64,
    samples: usize,
    /// Decides weights and inputs.
    seed: u64,
}

/// Networks over inputs of one to three axes, in both layouts: convolutions, pools, norms and
/// activations with every option while there is an image or a sequence, then dense layers, trits and 8-bit weights
/// mixed, scales over many powers of ten; values that several layers read and that join again, layers
/// that share their tensors, several inputs and outputs, inputs of 16 bits, inputs of indices; layers of the tests' own
/// among them.
pub fn networks() -> impl Strategy<Value = Network> {
    let shape = prop_oneof![
        2 => prop::collection::vec(1..120_usize, 1),
        3 => (1..40_usize, 1..9_usize).prop_map(|(time, channels)| vec![time, channels]),
        5 => (1..14_usize, 1..14_usize, 1..7_usize).prop_map(|(h, w, c)| vec![h, w, c]),
    ];
    let input = (
        prop::sample::select(vec!["keras", "torch"]),
        shape,
        any::<bool>(),
        (-9.0..0.0, 0.1..9.0),
        any::<bool>(),
    );
    let stack = (
        prop::collection::vec(layers::image(), 0..5),
        prop::option::of(any::<bool>()),
        prop::collection::vec(layers::flat(), 0..4),
        prop::option::of(prop::sample::select(vec!["softmax", "sigmoid", "tanh"])),
    );
    let graph = (
        prop::option::weighted(0.2, layers::join()),
        prop_oneof![3 => Just(0_usize), 1 => 1..3_usize],
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.3),
        prop::option::weighted(0.3, embedding::embedding()),
    );
    let headroom = prop_oneof![Just(1.0), 0.2..1.3];
    (input, stack, graph, headroom, 1..100_usize, any::<u64>()).prop_map(
        |(
            (layout, shape, declared, input_range, normalized),
            (front, global, back, end),
            (second, outputs, reversed, wide, indices),
            headroom,
            samples,
            seed,
        )| Network {
            layout,
            shape,
            declared,
            input_range,
            normalized,
            wide,
            indices,
            second,
            front,
            global,
            back,
            end,
            outputs,
            reversed,
            headroom,
            samples,
            seed,
        },
    )
}

impl Network {
    /// The number of layers that were drawn.
    pub fn layers(&self) -> usize {
        self.front.len() + self.back.len()
    }

    /// Whether its input has 16 bits: then it is the only one, for what joins two reads codes of 8.
    pub fn is_wide(&self) -> bool {
        self.wide && self.second.is_none()
    }

    /// The number of elements of all inputs.
    pub fn elements(&self) -> usize {
        if self.embedding().is_some() {
            return self.shape[0];
        }
        let one: usize = self.shape.iter().product();
        one * (1 + usize::from(self.second.is_some()))
    }

    /// The model file.
    ///
    /// # Panics
    /// If the network is not valid without its ranges, which is a mistake of the strategy.
    pub fn bytes(&self) -> Vec<u8> {
        let bare = file::bytes(self);
        let parsed = source::read(&bare).unwrap_or_else(|errors| panic!("{errors}\n{self:?}"));
        let graph = compile::float_network(&parsed, &options())
            .unwrap_or_else(|errors| panic!("{errors}\n{self:?}"));
        let mut random = Random::new(self.seed ^ 0xca11);
        let mut input = || -> Vec<f32> {
            let elements = 0..self.elements();
            elements.map(|_| self.real(&mut random)).collect()
        };
        let inputs: Vec<Vec<f32>> = (0..4).map(|_| input()).collect();
        let mut observed = calibrate::observe(&graph, inputs.iter().map(Vec::as_slice));
        for range in observed.iter_mut().flatten() {
            range.low *= self.headroom as f32;
            range.high *= self.headroom as f32;
        }
        writer::with_ranges(&bare, &graph, &observed, self.samples)
            .expect("the file was just written")
    }

    /// The model file before any range is observed.
    pub fn bytes_without_ranges(&self) -> Vec<u8> {
        file::bytes(self)
    }

    /// Real inputs: zeros, and random ones.
    pub fn real_inputs(&self, count: usize) -> Vec<Vec<f32>> {
        let mut random = Random::new(self.seed ^ 0xf32);
        let mut one = || self.real(&mut random);
        let random = (1..count).map(|_| (0..self.elements()).map(|_| one()).collect());
        let zeros = vec![0.0; self.elements()];
        std::iter::once(zeros).chain(random).collect()
    }

    /// A value of the input.
    fn real(&self, random: &mut Random) -> f32 {
        if let Some(embedding) = self.embedding() {
            return embedding.index(self.is_wide(), random).into();
        }
        let (low, high) = self.input_range;
        (low + (high - low) * random.unit()) as f32
    }

    /// Inputs in codes: zeros, the largest, and random ones, some of them sparse.
    pub fn inputs(&self, count: usize) -> Vec<Vec<u16>> {
        let mut random = Random::new(self.seed ^ 0x5eed);
        let elements = self.elements();
        let largest = if self.is_wide() { u16::MAX } else { 255 };
        (0..count)
            .map(|index| match index {
                0 => vec![0; elements],
                1 => vec![largest; elements],
                _ => (0..elements)
                    .map(|_| {
                        if index % 3 == 0 && random.below(3) > 0 {
                            0
                        } else if let Some(embedding) = self.embedding() {
                            embedding.index(self.is_wide(), &mut random)
                        } else {
                            random.below(usize::from(largest) + 1) as u16
                        }
                    })
                    .collect(),
            })
            .collect()
    }
}
