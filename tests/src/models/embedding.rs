//! Indices in front of a network along time.

use bitneural_core::writer::TensorData;
use proptest::prelude::*;
use serde_json::json;

use super::file::Builder;
use super::layers::{Weights, weights};
use super::{Network, Random};

/// A table that a sequence of indices becomes vectors by.
#[derive(Debug, Clone)]
pub(super) struct Embedding {
    rows: usize,
    /// Whether the entries stay as they are.
    real: bool,
    weights: Weights,
    /// How much of the entries' range is recorded; nothing if `None`.
    recorded: Option<f64>,
}

/// An embedding with everything that it may have.
pub(super) fn embedding() -> impl Strategy<Value = Embedding> {
    let rows = prop_oneof![3 => 1..40_usize, 1 => 200..257_usize, 1 => 257..600_usize];
    let recorded = prop::option::weighted(0.3, 0.3..1.5);
    (rows, any::<bool>(), weights(), recorded).prop_map(|(rows, real, weights, recorded)| {
        Embedding {
            rows,
            real,
            weights,
            recorded,
        }
    })
}

impl Network {
    /// What its indices become vectors by, if it reads indices: only along time, and as its only input.
    pub(super) fn embedding(&self) -> Option<&Embedding> {
        let reads_indices = self.shape.len() == 2 && self.second.is_none();
        self.indices.as_ref().filter(|_| reads_indices)
    }
}

impl Embedding {
    /// The number of rows, which codes of the input can name.
    pub(super) fn rows(&self, wide: bool) -> usize {
        if wide { self.rows } else { self.rows.min(256) }
    }

    /// An index, rarely beyond the last row, of those that codes can say.
    pub(super) fn index(&self, wide: bool, random: &mut Random) -> u16 {
        let rows = self.rows(wide);
        let largest = if wide { usize::from(u16::MAX) } else { 255 };
        random.below(rows + rows / 8 + 1).min(largest) as u16
    }
}

impl Builder<'_> {
    /// Adds the embedding that the network reads its input by.
    pub(super) fn embedding(&mut self, embedding: &Embedding) {
        let rows = embedding.rows(self.network.is_wide());
        let width = self.shape[2];
        let weights = &embedding.weights;
        let integers = weights.integers && !embedding.real;
        let stored = Weights {
            integers,
            ..weights.clone()
        };
        let (data, scale) = self.kernel(width, rows, &stored);
        let table = self.tensor("table", vec![rows, width], data);
        let mut layer = json!({ "type": "embedding", "tensors": { "embedding": table } });
        if let Some(scale) = scale {
            layer["tensors"]["scale"] =
                json!(self.tensor("scale", vec![width], TensorData::F32(scale)));
        }
        if !embedding.real {
            layer["weights"] = json!(if weights.int8 { "int8" } else { "ternary" });
            if !weights.int8 {
                layer["quantizer"] = json!(weights.quantizer);
                layer["granularity"] = json!(weights.granularity);
            }
        }
        if let Some(part) = embedding.recorded {
            let end = part * 10_f64.powi(weights.magnitude);
            layer["range"] = json!([-end, end]);
            layer["samples"] = json!(self.network.samples);
        }
        self.push(layer);
    }
}
