//! Random layers with a state that goes along time.

use bitneural_core::writer::TensorData;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::file::Builder;
use super::layers::Weights;

/// A recurrent layer, before it is known what it reads.
#[derive(Debug, Clone)]
pub struct Recurrent {
    /// Its type in the file.
    kind: &'static str,
    /// Of a GRU in the keras layout.
    reset_after: bool,
    units: usize,
    sequences: bool,
    backwards: bool,
    /// How both directions are joined, if there are two.
    merge: Option<&'static str>,
    /// Whether the gates stand in another order in the file.
    turned: bool,
    weights: Weights,
    /// 8 bits instead of trits for the state.
    int8_state: bool,
}

pub(super) fn recurrent(
    weights: impl Strategy<Value = Weights>,
) -> impl Strategy<Value = Recurrent> {
    (
        prop::sample::select(vec!["lstm", "gru", "gru", "simple_rnn"]),
        1..20_usize,
        any::<[bool; 5]>(),
        prop::option::weighted(
            0.3,
            prop::sample::select(vec!["concat", "add", "average", "multiply"]),
        ),
        weights,
    )
        .prop_map(
            |(
                kind,
                units,
                [reset_after, sequences, backwards, turned, int8_state],
                merge,
                weights,
            )| {
                Recurrent {
                    kind,
                    reset_after,
                    units,
                    sequences,
                    backwards: backwards && merge.is_none(),
                    merge,
                    turned,
                    weights: Weights {
                        // Gates of any size do not fit 32 bits.
                        magnitude: weights.magnitude.clamp(-2, 1),
                        ..weights
                    },
                    int8_state,
                }
            },
        )
}

impl Builder<'_> {
    /// A recurrent layer over the sequence that the current value is.
    pub(super) fn recurrent(&mut self, layer: &Recurrent) {
        if !self.layers.is_empty() {
            // What layers with weights yield is too large to be seen through gates.
            self.push(json!({ "type": "softsign" }));
        }
        let inputs = self.shape[2];
        let gates: &[&str] = match layer.kind {
            "lstm" => &["i", "f", "g", "o"],
            "gru" => &["z", "r", "n"],
            _ => &["h"],
        };
        let before = layer.kind == "gru" && !layer.reset_after && !self.torch();
        let mut names = json!({});
        for prefix in ["", "backward_"] {
            if prefix.is_empty() || layer.merge.is_some() {
                self.direction(layer, prefix, [inputs, gates.len()], before, &mut names);
            }
        }
        let mut record = json!({
            "type": layer.kind, "return_sequences": layer.sequences, "tensors": names,
            "weights": if layer.weights.int8 { "int8" } else { "ternary" },
            "recurrent_weights": if layer.int8_state { "int8" } else { "ternary" },
        });
        if layer.backwards {
            record["go_backwards"] = json!(true);
        }
        if before {
            record["reset_after"] = json!(false);
        }
        if let Some(merge) = layer.merge {
            record["bidirectional"] = json!(merge);
        }
        if layer.turned {
            let mut order = gates.to_vec();
            order.reverse();
            record["gates"] = json!(order);
        }
        if !layer.weights.int8 {
            record["quantizer"] = json!(layer.weights.quantizer);
            record["granularity"] = json!(layer.weights.granularity);
        }
        self.push(record);
        let features = layer.units * if layer.merge == Some("concat") { 2 } else { 1 };
        self.shape = if layer.sequences {
            vec![1, self.shape[1], features]
        } else {
            vec![features]
        };
        self.time_first = layer.sequences;
    }

    /// The tensors of a direction.
    fn direction(
        &mut self,
        layer: &Recurrent,
        prefix: &str,
        [inputs, gates]: [usize; 2],
        before: bool,
        names: &mut Value,
    ) {
        let columns = gates * layer.units;
        let of_state = Weights {
            int8: layer.int8_state,
            ..layer.weights.clone()
        };
        let matrices = [
            ("kernel", "scale", inputs, &layer.weights),
            (
                "recurrent_kernel",
                "recurrent_scale",
                layer.units,
                &of_state,
            ),
        ];
        for (key, scale_key, taps, weights) in matrices {
            let (data, scale) = self.kernel(columns, taps, weights);
            let shape = if self.torch() {
                vec![columns, taps]
            } else {
                vec![taps, columns]
            };
            let name = self.tensor(&format!("{prefix}{key}"), shape, data);
            names[format!("{prefix}{key}")] = json!(name);
            if let Some(scale) = scale {
                let what = format!("{prefix}{scale_key}");
                let name = self.tensor(&what, vec![columns], TensorData::F32(scale));
                names[what] = json!(name);
            }
        }
        let Some(size) = layer.weights.bias else {
            return;
        };
        let spread = 10_f64.powi(layer.weights.magnitude) * (inputs as f64).sqrt() * size;
        let mut bias = |builder: &mut Self, key: &str, shape: Vec<usize>| {
            let count = shape.iter().product();
            let values = builder.symmetric(count, spread.min(20.0));
            let what = format!("{prefix}{key}");
            let name = builder.tensor(&what, shape, TensorData::F32(values));
            names[what] = json!(name);
        };
        if layer.kind == "gru" && !before && !self.torch() && layer.turned {
            bias(self, "bias", vec![2, columns]);
            return;
        }
        bias(self, "bias", vec![columns]);
        if self.torch() {
            bias(self, "recurrent_bias", vec![columns]);
        }
    }
}
