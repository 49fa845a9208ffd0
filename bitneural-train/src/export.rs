//! The model file of a trained network.

use std::path::Path;

use bitneural_core::writer::{NamedTensor, TensorData, model_bytes, write_atomically};
use serde_json::{Value, json};

use crate::Error;
use crate::architecture::{Architecture, Dense, Layer, Weights};
use crate::dense::Folded;
use crate::deployed::Deployed;
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
        model_bytes(&metadata(architecture, layers), &tensors)
            .map_err(|error| Error::Model(error.to_string()))
    }

    /// Compiles the model file: what the device will compute.
    ///
    /// # Errors
    ///
    /// Those of [`Network::model_file`] and of [`Deployed::new`].
    pub fn deploy(&self) -> Result<Deployed, Error> {
        Deployed::new(&self.model_file()?)
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
        write_atomically(path, &bytes).map_err(|source| Error::Io {
            path: path.to_owned(),
            source,
        })?;
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

fn dense_tensors(id: &str, inputs: usize, folded: Folded) -> [NamedTensor; 3] {
    let outputs = folded.scale.len();
    let tensor = |name: &str, shape: &[usize], data| {
        let name = format!("{id}/{name}");
        NamedTensor {
            name,
            shape: shape.to_vec(),
            data,
        }
    };
    [
        tensor("kernel", &[inputs, outputs], TensorData::I8(folded.trits)),
        tensor("scale", &[outputs], TensorData::F32(folded.scale)),
        tensor("bias", &[outputs], TensorData::F32(folded.bias)),
    ]
}
