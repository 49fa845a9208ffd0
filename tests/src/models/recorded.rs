//! Random networks whose files record in which codes values are held, as those of a training that ran with them do.

use bitneural_core::network::Element;
use bitneural_core::source::METADATA_KEY;
use bitneural_core::{Compiled, compile};
use serde_json::{Value, json};

use super::sample::unless_refused;
use super::{Network, Random};
use crate::custom::options;

/// What a file records of a layer.
#[derive(Debug, Clone)]
pub struct Recorded {
    layer: String,
    scale: f64,
    zero_point: i32,
}

impl Network {
    /// The network with codes recorded for some layers that compute values, about as wide as their ranges; `None` if the
    /// rules refuse it.
    ///
    /// # Panics
    /// If it is refused for another reason, or the file cannot be read.
    pub fn with_recorded_codes(&self) -> Option<(Compiled, Vec<Recorded>)> {
        let mut random = Random::new(self.seed ^ 0xc0de);
        let mut all = Vec::new();
        let bytes = edited(&self.bytes(), |metadata| {
            let layers = metadata["layers"].as_array_mut().expect("layers");
            for layer in layers {
                let Some(recorded) = draw(layer, &mut random) else {
                    continue;
                };
                layer["scale"] = json!(recorded.scale);
                layer["zero_point"] = json!(recorded.zero_point);
                all.push(recorded);
            }
        });
        let compiled = unless_refused(compile(&bytes, &options()))?;
        Some((compiled, all))
    }
}

/// Codes for one of three layers that have a range, some too coarse and some too narrow.
fn draw(layer: &Value, random: &mut Random) -> Option<Recorded> {
    let range = layer.get("range")?;
    let (low, high) = (range[0].as_f64()?.min(0.0), range[1].as_f64()?.max(0.0));
    // With a softmax the layer's range is that of the sums, which have a step of their own.
    if high <= low || layer["activation"] == "softmax" || random.below(3) > 0 {
        return None;
    }
    let scale = (high - low) / 255.0 * (0.5 + random.unit());
    Some(Recorded {
        layer: layer["id"].as_str()?.to_owned(),
        scale,
        zero_point: (-low / scale).round().clamp(0.0, 255.0) as i32,
    })
}

/// A model file with other metadata.
fn edited(bytes: &[u8], edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (length, rest) = bytes.split_first_chunk::<8>().expect("a length");
    let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let mut header: Value = serde_json::from_slice(header).expect("a header");
    let text = &mut header["__metadata__"][METADATA_KEY];
    let mut metadata = serde_json::from_str(text.as_str().expect("metadata")).expect("JSON");
    edit(&mut metadata);
    *text = Value::String(metadata.to_string());
    let header = header.to_string();
    let length = (header.len() as u64).to_le_bytes();
    [&length, header.as_bytes(), data].concat()
}

/// The first layer whose values are written in other codes than the file records.
///
/// # Errors
/// The layer, and what it writes.
pub fn held(compiled: &Compiled, recorded: &[Recorded]) -> Result<(), String> {
    let network = &compiled.network;
    for of_file in recorded {
        // What yields the layer's value may be another layer, which it has joined.
        let mut yielded = network.ops.iter().map(|op| network.tensor(op.output));
        let of_layer = |layer| network.layer(layer) == of_file.layer;
        let last = yielded.rfind(|tensor| tensor.layer.is_some_and(of_layer));
        let last = last.ok_or_else(|| format!("nothing writes the values of {of_file:?}"))?;
        let is_same = (last.scale, last.zero_point) == (of_file.scale, of_file.zero_point);
        match last.element {
            Element::U8 if is_same => {}
            // R12: finer than any code.
            Element::I16 => {}
            Element::U8 | Element::U16 | Element::F32 => {
                return Err(format!("{of_file:?}, written as {last:?}"));
            }
        }
    }
    Ok(())
}
