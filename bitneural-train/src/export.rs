//! The model file of a trained network.

use std::fs;
use std::path::Path;

use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::{Value, json};

use crate::Error;
use crate::architecture::{Architecture, Dense, Layer, Weights};
use crate::dense::Folded;
use crate::network::Network;
use crate::observer::Range;

impl Network {
    /// The bytes of a model file: safetensors with trits (`I8`), a scale and a bias per output channel (`F32`), and
    /// everything that the compiler needs to know in `__metadata__["bitneural"]`. Batch norms are folded into scale
    /// and bias. The same network gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Export`] for a network with float weights, one that was not fitted, and one with a scale or a bias that
    /// is not finite.
    pub fn model_file(&self) -> Result<Vec<u8>, Error> {
        let architecture = self.architecture();
        let refuse = |layer: &str, problem: &str| Error::Export {
            layer: layer.into(),
            problem: problem.into(),
        };
        let (mut layers, mut tensors) = (Vec::new(), Vec::new());
        let mut trained = self.fold().into_iter().zip(&self.observed().ranges);
        let mut inputs = architecture.sample_len();
        for layer in &architecture.layers {
            let dense = match layer {
                Layer::Flatten { id } => {
                    layers.push(json!({ "id": id, "type": "flatten" }));
                    continue;
                }
                Layer::Softmax { id } => {
                    layers.push(json!({ "id": id, "type": "softmax" }));
                    continue;
                }
                Layer::Dense(dense) => dense,
            };
            if architecture.weights == Weights::Float {
                return Err(refuse(
                    &dense.id,
                    "its weights are floats; train with `Weights::Ternary`",
                ));
            }
            let Some((folded, range)) = trained.next() else {
                return Err(refuse(
                    &dense.id,
                    "its range is not known; fit the network first",
                ));
            };
            if folded
                .scale
                .iter()
                .chain(&folded.bias)
                .any(|value| !value.is_finite())
            {
                return Err(refuse(
                    &dense.id,
                    "a scale or a bias is not a finite number",
                ));
            }
            layers.push(dense_layer(dense, *range, self.observed().samples));
            tensors.extend(dense_tensors(&dense.id, inputs, folded));
            inputs = dense.units;
        }
        let metadata = metadata(architecture, layers).to_string();
        let metadata = [("bitneural".to_owned(), metadata)].into_iter().collect();
        let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
            let view = TensorView::new(*dtype, shape.clone(), bytes);
            (
                name,
                view.expect("the shape was made from the same lengths as the bytes"),
            )
        });
        Ok(serialize(views, Some(metadata))
            .expect("tensors have names of their own and known lengths"))
    }

    /// Writes [`Network::model_file`] to `path`: first beside it, then under its name, so that nobody ever reads half
    /// a file. Gives the number of bytes.
    ///
    /// # Errors
    ///
    /// Those of [`Network::model_file`], and [`Error::Io`].
    pub fn write(&self, path: impl AsRef<Path>) -> Result<usize, Error> {
        let path = path.as_ref();
        let bytes = self.model_file()?;
        let beside = path.with_extension("safetensors.part");
        let failed = |source| Error::Io {
            path: path.to_owned(),
            source,
        };
        fs::write(&beside, &bytes).map_err(failed)?;
        fs::rename(&beside, path).map_err(failed)?;
        Ok(bytes.len())
    }
}

fn metadata(architecture: &Architecture, layers: Vec<Value>) -> Value {
    let input = &architecture.input;
    let mut metadata = json!({
        "version": 1,
        "name": architecture.name,
        "model_version": architecture.model_version,
        "layout": "keras",
        "inputs": [{
            "id": input.id,
            "shape": input.shape,
            "bits": 8,
            "range": [input.range.0, input.range.1],
            "range_kind": "declared",
        }],
        "outputs": architecture.layers.last().map(Layer::id).into_iter().collect::<Vec<_>>(),
        "layers": layers,
    });
    if !architecture.labels.is_empty() {
        metadata["labels"] = json!(architecture.labels);
    }
    metadata
}

fn dense_layer(dense: &Dense, range: Range, samples: usize) -> Value {
    let id = &dense.id;
    let mut layer = json!({
        "id": id,
        "type": "dense",
        "units": dense.units,
        "weights": "ternary",
        "tensors": {
            "kernel": format!("{id}/kernel"),
            "scale": format!("{id}/scale"),
            "bias": format!("{id}/bias"),
        },
        "range": [range.low, range.high],
        "samples": samples,
    });
    if dense.relu {
        layer["activation"] = json!("relu");
    }
    layer
}

type NamedTensor = (String, Dtype, Vec<usize>, Vec<u8>);

fn dense_tensors(id: &str, inputs: usize, folded: Folded) -> [NamedTensor; 3] {
    let outputs = folded.scale.len();
    let floats = |values: &[f32]| {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    };
    let trits = folded
        .trits
        .iter()
        .map(|trit| trit.to_le_bytes()[0])
        .collect();
    [
        (
            format!("{id}/kernel"),
            Dtype::I8,
            vec![inputs, outputs],
            trits,
        ),
        (
            format!("{id}/scale"),
            Dtype::F32,
            vec![outputs],
            floats(&folded.scale),
        ),
        (
            format!("{id}/bias"),
            Dtype::F32,
            vec![outputs],
            floats(&folded.bias),
        ),
    ]
}
