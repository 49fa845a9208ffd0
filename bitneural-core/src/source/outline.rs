//! What even a broken file may tell: enough for the macro to stand in for the model's types.

use safetensors::SafeTensors;
use serde_json::Value;

use super::{METADATA_KEY, container};

/// What a file tells of its interface, as far as it can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// The name of the model.
    pub name: Option<String>,
    /// The labels; empty if the file has none.
    pub labels: Option<Vec<String>>,
}

/// Reads what can be read, and reports nothing.
pub fn outline(bytes: &[u8]) -> Outline {
    read(bytes).unwrap_or_default()
}

fn read(bytes: &[u8]) -> Option<Outline> {
    container::check_length(bytes).ok()?;
    let (_, header) = SafeTensors::read_metadata(bytes).ok()?;
    let text = header.metadata().as_ref()?.get(METADATA_KEY)?;
    let value: Value = serde_json::from_str(text).ok()?;
    let labels = match value.get("labels") {
        None => Some(Vec::new()),
        Some(labels) => labels.as_array().and_then(|labels| {
            let texts = labels.iter().map(|label| label.as_str().map(str::to_owned));
            texts.collect()
        }),
    };
    let name = value.get("name").and_then(Value::as_str);
    Some(Outline {
        name: name.map(str::to_owned),
        labels,
    })
}
