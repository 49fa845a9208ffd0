//! The model: the trained network of the example `digits`, with the layer in front of it.

use std::error::Error;

use bitneural_core::custom::CustomOps;
use bitneural_core::measure::Meter;
use bitneural_core::source::{self, container};
use bitneural_core::writer::{NamedTensor, TensorData, model_bytes, with_fidelity, with_ranges};
use bitneural_core::{Options, calibrate, compile, compile::float_network};
use bitneural_data::Dataset;
use serde_json::{Value, json};

use crate::center::CenterOp;

/// The network that was trained on images in their place.
const TRAINED: &[u8] = include_bytes!("../../digits/models/digits_mlp.safetensors");

/// What the compiler needs to run the network: the layer by the name that the file gives it.
pub fn options() -> Options {
    Options {
        custom_ops: CustomOps::new().with("center", CenterOp),
        ..Options::default()
    }
}

/// The bytes of the model file; ranges are those that the images show.
///
/// # Errors
/// A network of another kind than the example's.
pub fn model(images: &Dataset) -> Result<Vec<u8>, Box<dyn Error>> {
    let bytes = with_layer()?;
    let options = options();
    let graph = float_network(&source::read(&bytes)?, &options)?;
    let observed = calibrate::observe(&graph, images.iter());
    let bytes = with_ranges(&bytes, &graph, &observed, images.samples())?;
    let compiled = compile(&bytes, &options)?;
    let mut meter = Meter::new(&compiled.graph, &compiled.network);
    for image in images.iter().take(256) {
        meter.add(image, None);
    }
    Ok(with_fidelity(&bytes, &meter.fidelity())?)
}

/// The trained network with the layer in front.
fn with_layer() -> Result<Vec<u8>, Box<dyn Error>> {
    let metadata = container::read(TRAINED)?.metadata.ok_or("no metadata")?;
    let mut metadata: Value = serde_json::from_str(&metadata)?;
    metadata["name"] = json!("centered_digits");
    let layer = json!({
        "id": "center", "type": "custom", "name": "center",
        // Of the pixels 0 to 16, as the input has them: codes are moved as they are.
        "scale": 16.0 / 255.0, "zero_point": 0,
    });
    let layers = metadata["layers"].as_array_mut().ok_or("no layers")?;
    layers.insert(0, layer);
    let trained = source::read(TRAINED)?;
    let tensors = trained.tensors().map(|(name, tensor)| {
        let data = match tensor.to_f32() {
            Ok(values) if tensor.dtype == source::Dtype::F32 => TensorData::F32(values),
            // Trits.
            Ok(values) => TensorData::I8(values.iter().map(|&value| value as i8).collect()),
            Err(_) => return Err(format!("the tensor `{name}` holds no numbers")),
        };
        Ok(NamedTensor {
            name: name.to_owned(),
            shape: tensor.shape.0.clone(),
            data,
        })
    });
    let tensors: Vec<NamedTensor> = tensors.collect::<Result<_, _>>()?;
    Ok(model_bytes(&metadata, &tensors)?)
}
