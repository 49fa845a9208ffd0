//! Runs both networks on the same inputs and measures what integers cost, or the roundings of f32 mode.

use crate::fidelity::{Fidelity, ValueFidelity};
use crate::graph::Graph;
use crate::network::{Network, OpKind, Tensor};
use crate::reference::{float, integer, single};

mod comparison;

pub use comparison::Comparison;

/// Sums over inputs.
#[derive(Debug)]
pub struct Meter<'a> {
    graph: &'a Graph,
    network: &'a Network,
    /// The scores, or the outputs.
    scores: Comparison,
    /// By the index of the tensor, which is that of the graph's value.
    tensors: Vec<Sums>,
}

#[derive(Debug, Clone, Default)]
struct Sums {
    signal: f64,
    noise: f64,
    saturated: usize,
    zeros: usize,
    elements: usize,
}

impl Sums {
    fn add(&mut self, tensor: &Tensor, real: &[f32], codes: &[i32]) {
        let (low, high) = tensor.element.bounds();
        let value = |code: i32| tensor.scale * f64::from(code - tensor.zero_point);
        let half = tensor.scale / 2.0;
        let (least, most) = (value(low) - half, value(high) + half);
        for (&real, &code) in real.iter().zip(codes) {
            let real = f64::from(real);
            let difference = real - value(code);
            self.signal += real * real;
            self.noise += difference * difference;
            self.saturated += usize::from(!(least..=most).contains(&real));
            self.zeros += usize::from(code == tensor.zero_point);
        }
        self.elements += codes.len();
    }

    /// What f32 mode has instead of codes: nothing saturates.
    fn add_floats(&mut self, real: &[f32], found: &[f32]) {
        for (&real, &found) in real.iter().zip(found) {
            let (real, value) = (f64::from(real), f64::from(found));
            self.signal += real * real;
            self.noise += (real - value) * (real - value);
            self.zeros += usize::from(found == 0.0);
        }
        self.elements += found.len();
    }

    fn share(&self, count: usize) -> f64 {
        count as f64 / self.elements.max(1) as f64
    }
}

/// 10·log10(signal / noise); `None` where either is zero.
fn decibels(signal: f64, noise: f64) -> Option<f64> {
    (signal > 0.0 && noise > 0.0).then(|| 10.0 * (signal / noise).log10())
}

impl<'a> Meter<'a> {
    /// `network` is what became of `graph`.
    pub fn new(graph: &'a Graph, network: &'a Network) -> Self {
        Self {
            graph,
            network,
            scores: Comparison::default(),
            tensors: vec![Sums::default(); network.tensors.len()],
        }
    }

    /// Runs both networks on an input (as [`float::run`] takes it) of the class `label`, if that is known.
    ///
    /// # Panics
    /// If `input` has another length than the inputs together.
    pub fn add(&mut self, input: &[f32], label: Option<usize>) {
        let network = self.network;
        let real = float::run(self.graph, input);
        if network.is_float() {
            return self.add_floats(input, &real, label);
        }
        let tensors = integer::run(network, &integer::quantize_input(network, input));
        let sums = self.tensors.iter_mut().zip(&network.tensors);
        for ((sums, tensor), (real, codes)) in sums.zip(real.iter().zip(&tensors)) {
            sums.add(tensor, real, codes);
        }
        if !network.has_classes() {
            let outputs = network.outputs.iter().map(|&id| {
                let found = integer::dequantize(network, id, &tensors[id.index()]);
                (real[id.index()].as_slice(), found)
            });
            return self.scores.add_outputs(outputs);
        }
        let judged = network.judged();
        let (real, codes) = (&real[judged.index()], &tensors[judged.index()]);
        let scores = integer::dequantize(network, judged, codes);
        let class = integer::classify(network, &tensors);
        let is_binary = network.threshold.is_some();
        self.scores.add(real, &scores, class, is_binary, label);
    }

    /// The same in f32 mode, where a tensor within a chain of functions is no value of the graph.
    fn add_floats(&mut self, input: &[f32], real: &float::Values, label: Option<usize>) {
        let network = self.network;
        let tensors = single::run(network, input);
        for (sums, (real, found)) in self.tensors.iter_mut().zip(real.iter().zip(&tensors)) {
            sums.add_floats(real, found);
        }
        let judged = network.judged().index();
        let class = single::classify(network, &tensors);
        let is_binary = network.threshold.is_some();
        let (real, scores) = (&real[judged], &tensors[judged]);
        self.scores.add(real, scores, class, is_binary, label);
    }

    /// What the scores, or without classes all outputs, add up to.
    pub fn scores(&self) -> &Comparison {
        &self.scores
    }

    /// What all of it adds up to.
    pub fn fidelity(&self) -> Fidelity {
        let network = self.network;
        let ports = network.inputs.iter().zip(&network.interface.inputs);
        let inputs = ports.map(|(id, port)| self.value(port.id.clone(), id.index(), None));
        // A reshape yields what it reads.
        let values = self.graph.values.len();
        let ops = network.ops.iter();
        let ops = ops.filter(|op| op.kind != OpKind::Reshape && op.output.index() < values);
        let yielded = ops.map(|op| {
            let weights = op.kind.weights();
            let all = weights.iter().map(|weights| weights.len()).sum::<usize>();
            let zeros = weights.iter().flat_map(|weights| weights.iter());
            let zeros = zeros.filter(|&&weight| weight == 0).count();
            let zeros = (all > 0).then(|| zeros as f64 / all as f64);
            let id = network.layer(op.layer).to_owned();
            self.value(id, op.output.index(), zeros)
        });
        Fidelity {
            samples: self.scores.samples(),
            agree: network.has_classes().then(|| self.scores.agree()),
            sqnr_db: self.scores.sqnr_db(),
            values: inputs.chain(yielded).collect(),
        }
    }

    fn value(&self, id: String, index: usize, zero_weights: Option<f64>) -> ValueFidelity {
        let sums = &self.tensors[index];
        ValueFidelity {
            id,
            sqnr_db: decibels(sums.signal, sums.noise),
            saturated: sums.share(sums.saturated),
            zeros: sums.share(sums.zeros),
            zero_weights,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Element;
    use crate::tests::mlp;
    use crate::{Options, compile};

    #[test]
    fn what_a_code_cannot_say_is_saturated() {
        let tensor = Tensor {
            elements: 4,
            element: Element::U8,
            scale: 0.5,
            zero_point: 10,
            layer: None,
        };
        let mut sums = Sums::default();
        // Codes stand for -5 to 122.5.
        sums.add(&tensor, &[-5.2, -5.3, 0.1, 122.8], &[0, 0, 10, 255]);
        assert_eq!((sums.saturated, sums.zeros, sums.elements), (2, 1, 4));
        // 0.2² + 0.3² + 0.1² + 0.3².
        assert!((sums.noise - 0.23).abs() < 1e-5, "{}", sums.noise);
    }

    #[test]
    fn floats_lose_next_to_nothing() {
        let options = Options {
            activations: crate::options::Activations::F32,
            ..Options::default()
        };
        let model = mlp().with("/layers/1/activation", serde_json::json!("gelu"));
        let compiled = compile(&model.bytes(), &options).unwrap_or_else(|e| panic!("{e}"));
        let mut meter = Meter::new(&compiled.graph, &compiled.network);
        for seed in 0..20 {
            let input: Vec<f32> = (0..6)
                .map(|at| ((at * 5 + seed * 3) % 13) as f32 / 6.0 - 1.0)
                .collect();
            meter.add(&input, Some(seed % 2));
        }
        let found = meter.fidelity();
        assert_eq!((found.samples, found.agree), (20, Some(1.0)));
        let scores = meter.scores();
        assert_eq!(scores.float_accuracy(), scores.integer_accuracy());
        for value in &found.values {
            assert!(value.sqnr_db.is_none_or(|db| db > 100.0), "{value:?}");
            assert_eq!(value.saturated, 0.0);
        }
    }

    #[test]
    fn a_meter_names_inputs_and_layers() {
        let compiled = compile(&mlp().bytes(), &Options::default()).unwrap();
        let mut meter = Meter::new(&compiled.graph, &compiled.network);
        for seed in 0..20 {
            let input: Vec<f32> = (0..6)
                .map(|at| ((at * 5 + seed * 3) % 13) as f32 / 6.0 - 1.0)
                .collect();
            meter.add(&input, Some(seed % 2));
        }
        let found = meter.fidelity();
        let names: Vec<&str> = found.values.iter().map(|value| value.id.as_str()).collect();
        assert_eq!(names, ["x", "fc1", "fc2", "probabilities"]);
        assert_eq!(found.samples, 20);
        assert_eq!(found.values[1].zero_weights, Some(9.0 / 24.0));
        assert_eq!(found.values[3].zero_weights, None);
        assert!(
            found
                .values
                .iter()
                .all(|value| value.sqnr_db.is_some_and(|db| db > 25.0)),
            "{found:?}"
        );
        assert!(found.agree.unwrap() > 0.9);
    }
}
