//! Model files made up for tests and measurements: the sizes matter, not what they compute.

use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
use serde_json::json;

/// A generator of numbers that look random and are the same on every run (xorshift32).
#[derive(Debug, Clone)]
pub struct Numbers(u32);

impl Numbers {
    /// A sequence; another for another seed.
    #[must_use]
    pub fn new(seed: u32) -> Numbers {
        Numbers(seed.wrapping_mul(2).wrapping_add(0x9e37_79b9) | 1)
    }

    /// The next 32 bits.
    pub fn bits(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// The next number in [-1, 1).
    pub fn real(&mut self) -> f32 {
        // 24 bits, as many as f32 holds exactly.
        (self.bits() >> 8) as f32 / 8_388_608.0 - 1.0
    }

    /// Codes, `0..=255`.
    pub fn codes(&mut self, count: usize) -> Vec<i32> {
        (0..count)
            .map(|_| (self.bits() >> 24).cast_signed())
            .collect()
    }
}

/// The bytes of a model file: dense layers of these sizes, input first, relu between them and, if
/// wanted, a softmax at the end. Its ranges come from inputs in the file.
///
/// # Panics
/// When there is no layer.
#[must_use]
pub fn dense(name: &str, sizes: &[usize], softmax: bool) -> Vec<u8> {
    let (first, last) = (sizes[0], sizes.len() - 2);
    let mut numbers = Numbers::new(sizes.iter().fold(1, |seed, &size| seed * 31 + size as u32));
    let mut tensors = vec![tensor(&mut numbers, "calibration.input", &[4, first])];
    let mut layers = Vec::new();
    for (index, pair) in sizes.windows(2).enumerate() {
        let (inputs, outputs) = (pair[0], pair[1]);
        let id = format!("fc{}", index + 1);
        let (kernel, bias) = (format!("{id}/kernel"), format!("{id}/bias"));
        tensors.push(tensor(&mut numbers, &kernel, &[inputs, outputs]));
        tensors.push(tensor(&mut numbers, &bias, &[outputs]));
        let mut layer =
            json!({ "id": id, "type": "dense", "tensors": { "kernel": kernel, "bias": bias } });
        if index < last {
            layer["activation"] = json!("relu");
        }
        layers.push(layer);
    }
    let mut output = format!("fc{}", last + 1);
    if softmax {
        output = "probabilities".to_owned();
        layers.push(json!({ "id": output, "type": "softmax" }));
    }
    let metadata = json!({
        "version": 1,
        "name": name,
        "layout": "keras",
        "inputs": [{ "id": "x", "shape": [first] }],
        "outputs": [output],
        "layers": layers,
    });
    model_bytes(&metadata, &tensors).expect("the tensors have as many elements as their shapes")
}

fn tensor(numbers: &mut Numbers, name: &str, shape: &[usize]) -> NamedTensor {
    let elements = shape.iter().product();
    let data = TensorData::F32((0..elements).map(|_| numbers.real()).collect());
    NamedTensor {
        name: name.to_owned(),
        shape: shape.to_vec(),
        data,
    }
}
