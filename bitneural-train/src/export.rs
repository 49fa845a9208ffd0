//! The model file of a trained network.

use std::path::Path;

use bitneural_core::writer::{NamedTensor, TensorData, model_bytes, write_atomically};
use serde_json::{Value, json};

use crate::Error;
use crate::architecture::{
    Architecture, Encoding, Extent, Layer, Padding, Pool, Settings, Weights,
};
use crate::blocks::Folded;
use crate::deployed::Deployed;
use crate::network::Network;

impl Network {
    /// The bytes of a model file: safetensors with trits or `int8` weights (`I8`), a scale and a bias per output channel
    /// (`F32`), and everything that the compiler needs to know in `__metadata__["bitneural"]`. Batch norms are folded
    /// into scale and bias. The same network gives the same bytes.
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
        let mut trained = self.fold().into_iter();
        let mut ranges = self.observed().ranges.iter();
        // What the values in training are multiplied by, up to the first weights: those take it in.
        let mut factor = self.input_factor();
        let mut shape = architecture.input.shape.clone();
        for layer in &architecture.layers {
            let output = layer
                .output(&shape)
                .map_err(|problem| refuse(layer.id(), &problem))?;
            let mut entry = entry(layer);
            if let Some((kernel, settings)) = layer.kernel(&shape) {
                if architecture.weights == Weights::Float {
                    return Err(refuse(
                        layer.id(),
                        "its weights are floats; train with `Weights::Ternary`",
                    ));
                }
                let folded = trained.next();
                let folded = folded
                    .ok_or_else(|| refuse(layer.id(), "the network has no weights for it"))?;
                let mut values = folded.scale.iter().chain(&folded.bias);
                if values.any(|value| !value.is_finite()) {
                    return Err(refuse(
                        layer.id(),
                        "a scale or a bias is not a finite number",
                    ));
                }
                describe(&mut entry, layer.id(), settings);
                tensors.extend(weight_tensors(layer.id(), kernel, folded));
                factor = 1.0;
            }
            if layer.is_ranged() {
                let range = ranges.next();
                let range = range.ok_or_else(|| {
                    refuse(layer.id(), "its range is not known; fit the network first")
                })?;
                let real = |value: f32| (f64::from(value) / factor) as f32;
                entry["range"] = json!([real(range.low), real(range.high)]);
                entry["samples"] = json!(self.observed().samples);
            }
            layers.push(entry);
            shape = output;
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

/// What the file says about a layer, apart from its weights.
fn entry(layer: &Layer) -> Value {
    let pair = |extent: Extent| json!([extent.height, extent.width]);
    let id = layer.id();
    match layer {
        Layer::Flatten { .. } => json!({ "id": id, "type": "flatten" }),
        Layer::Softmax { .. } => json!({ "id": id, "type": "softmax" }),
        Layer::Pool { pool, .. } => {
            let mut entry = json!({ "id": id, "type": pool.name() });
            match pool {
                Pool::Max2d(pool) => entry["pool"] = pair(*pool),
                Pool::Max1d(pool) | Pool::Average1d(pool) => entry["pool"] = json!(pool),
                Pool::GlobalAverage1d => {}
            }
            entry
        }
        Layer::Dense(dense) => json!({ "id": id, "type": "dense", "units": dense.units }),
        Layer::Conv2d(conv2d) => json!({
            "id": id,
            "type": "conv2d",
            "filters": conv2d.filters,
            "kernel": pair(conv2d.kernel),
            "stride": pair(conv2d.stride),
            "padding": padding(conv2d.padding),
        }),
        Layer::Conv1d(conv1d) => {
            let mut entry = json!({
                "id": id,
                "type": "conv1d",
                "filters": conv1d.filters,
                "kernel": conv1d.kernel,
                "stride": conv1d.stride,
                "padding": padding(conv1d.padding),
            });
            if conv1d.dilation != 1 {
                entry["dilation"] = json!(conv1d.dilation);
            }
            entry
        }
    }
}

fn padding(padding: Padding) -> &'static str {
    match padding {
        Padding::Valid => "valid",
        Padding::Same => "same",
        Padding::Causal => "causal",
    }
}

/// What the file says about a layer's weights.
fn describe(entry: &mut Value, id: &str, settings: Settings) {
    entry["weights"] = json!(match settings.encoding {
        Encoding::Ternary => "ternary",
        Encoding::Int8 => "int8",
    });
    entry["tensors"] = json!({
        "kernel": format!("{id}/kernel"),
        "scale": format!("{id}/scale"),
        "bias": format!("{id}/bias"),
    });
    if settings.relu {
        entry["activation"] = json!("relu");
    }
}

fn weight_tensors(id: &str, kernel: Vec<usize>, folded: Folded) -> [NamedTensor; 3] {
    let outputs = folded.scale.len();
    let tensor = |name: &str, shape: Vec<usize>, data| {
        let name = format!("{id}/{name}");
        NamedTensor { name, shape, data }
    };
    [
        tensor("kernel", kernel, TensorData::I8(folded.codes)),
        tensor("scale", vec![outputs], TensorData::F32(folded.scale)),
        tensor("bias", vec![outputs], TensorData::F32(folded.bias)),
    ]
}
