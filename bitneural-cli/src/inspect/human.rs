//! The contents for people.

use bitneural_core::report::Report;
use serde_json::{Map, Value};

use super::contents::{Contents, Layer};
use crate::text::{heading, number, pairs, table};

pub(super) fn print(contents: &Contents) -> String {
    let mut text = format!("{}, {} B\n", contents.file, contents.file_bytes);
    if let Some(metadata) = &contents.metadata {
        text += &heading("Metadata");
        text += &pairs(&fields(metadata));
    }
    if !contents.tensors.is_empty() {
        text += &heading("Tensors");
        let rows = contents.tensors.iter().map(|tensor| {
            vec![
                tensor.name.clone(),
                tensor.dtype.to_owned(),
                format!("{:?}", tensor.shape),
                tensor.bytes.to_string(),
                readers(&tensor.name, &contents.layers),
            ]
        });
        text += &table(&["name", "type", "shape", "bytes>", "read by"], rows);
    }
    if !contents.layers.is_empty() {
        text += &heading("Layers");
        let rows = contents.layers.iter().map(layer);
        text += &table(&["layer", "type", "output", "range", "more"], rows);
    }
    if let Some(report) = &contents.report {
        text += &heading("Cost");
        text += &cost(report);
    }
    if let Some(network) = &contents.network {
        text += &heading("Integer network");
        text += network;
    }
    if !contents.problems.is_empty() {
        // The problems follow, on standard error.
        text.push('\n');
    }
    text
}

/// The layers that name a tensor.
fn readers(tensor: &str, layers: &[Layer]) -> String {
    let reads = |layer: &&Layer| {
        layer
            .fields
            .get("tensors")
            .and_then(Value::as_object)
            .is_some_and(|map| map.values().any(|name| name.as_str() == Some(tensor)))
    };
    let ids: Vec<&str> = layers
        .iter()
        .filter(reads)
        .map(|layer| layer.id.as_str())
        .collect();
    ids.join(", ")
}

/// A value of JSON without the quotes of strings and with short numbers.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(n) => n.as_f64().map_or_else(|| n.to_string(), number),
        Value::Array(items) => {
            let words: Vec<String> = items.iter().map(word).collect();
            format!("[{}]", words.join(", "))
        }
        Value::Object(map) => {
            let words: Vec<String> = ordered(map, &["id", "shape", "units"])
                .map(|(key, value)| format!("{key} {}", word(value)))
                .collect();
            words.join(", ")
        }
        Value::Null | Value::Bool(_) => value.to_string(),
    }
}

/// The fields of an object, those of `first` in front.
fn ordered<'a>(
    map: &'a Map<String, Value>,
    first: &'a [&str],
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let known = first.iter().filter_map(|key| map.get_key_value(*key));
    known.chain(map.iter().filter(|(key, _)| !first.contains(&key.as_str())))
}

/// A line a field, in the order in which people ask for them.
fn fields(metadata: &Value) -> Vec<(&str, String)> {
    const ORDER: [&str; 7] = [
        "name",
        "model_version",
        "version",
        "layout",
        "inputs",
        "outputs",
        "labels",
    ];
    let Some(map) = metadata.as_object() else {
        return vec![("metadata", word(metadata))];
    };
    ordered(map, &ORDER)
        .map(|(key, value)| {
            let value = match value {
                Value::Array(items) if items.is_empty() => "none".to_owned(),
                Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join("; "),
                other => word(other),
            };
            (key.as_str(), value)
        })
        .collect()
}

fn layer(layer: &Layer) -> Vec<String> {
    let mut fields = layer.fields.as_object().cloned().unwrap_or_default();
    // The table of tensors says which layer reads which.
    fields.remove("tensors");
    let samples = fields.remove("samples");
    let range = match (fields.remove("range"), samples) {
        (Some(range), Some(samples)) => format!("{}, {} samples", word(&range), word(&samples)),
        (Some(range), None) => word(&range),
        (None, _) => String::new(),
    };
    vec![
        layer.id.clone(),
        layer.kind.clone(),
        layer
            .shape
            .as_ref()
            .map_or_else(|| "?".to_owned(), |shape| format!("{shape:?}")),
        range,
        word(&Value::Object(fields)),
    ]
}

fn cost(report: &Report) -> String {
    let mut interface = vec![String::new(); 6];
    interface[0] = "input, output".to_owned();
    interface[4] = report.interface_flash_bytes.to_string();
    let total = vec![
        "all".to_owned(),
        String::new(),
        String::new(),
        report.macs.to_string(),
        report.flash_bytes.to_string(),
        report.ram_bytes.to_string(),
    ];
    let rows = report.rows.iter().map(|row| {
        vec![
            row.layer.clone(),
            row.what.clone(),
            row.kernel.to_owned(),
            row.macs.to_string(),
            row.flash_bytes.to_string(),
            row.ram_bytes.to_string(),
        ]
    });
    let headings = ["layer", "what", "kernel", "MACs>", "flash B>", "RAM B>"];
    format!(
        "{}{} B of flash (kernel code apart), {} B of RAM (least possible: {}), at most {} B of stack.\n",
        table(&headings, rows.chain([interface, total])),
        report.flash_bytes,
        report.ram_bytes,
        report.ram_bound_bytes,
        report.stack_bytes
    )
}
