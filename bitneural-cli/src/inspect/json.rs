//! The contents as one JSON object.

use bitneural_core::report::Report;
use serde_json::{Value, json};

use super::contents::{Contents, Layer, Tensor};

pub(super) fn print(contents: &Contents) -> String {
    let problems: Vec<Value> = contents
        .problems
        .iter()
        .map(crate::problem::Problem::json)
        .collect();
    let object = json!({
        "file": contents.file,
        "bytes": contents.file_bytes,
        "metadata": contents.metadata,
        "tensors": contents.tensors.iter().map(tensor).collect::<Vec<_>>(),
        "layers": contents.layers.iter().map(layer).collect::<Vec<_>>(),
        "report": contents.report.as_ref().map(report),
        "network": contents.network,
        "errors": problems,
    });
    format!("{object:#}\n")
}

fn tensor(tensor: &Tensor) -> Value {
    json!({
        "name": tensor.name,
        "dtype": tensor.dtype,
        "shape": tensor.shape,
        "bytes": tensor.bytes,
    })
}

fn layer(layer: &Layer) -> Value {
    let mut object = layer.fields.clone();
    if let Some(map) = object.as_object_mut() {
        map.insert("id".to_owned(), json!(layer.id));
        map.insert("type".to_owned(), json!(layer.kind));
        map.insert("output_shape".to_owned(), json!(layer.shape));
    }
    object
}

fn report(report: &Report) -> Value {
    let rows = report.rows.iter().map(|row| {
        json!({
            "layer": row.layer,
            "what": row.what,
            "kernel": row.kernel,
            "macs": row.macs,
            "flash_bytes": row.flash_bytes,
            "ram_bytes": row.ram_bytes,
        })
    });
    json!({
        "model": report.model,
        "macs": report.macs,
        "flash_bytes": report.flash_bytes,
        "ram_bytes": report.ram_bytes,
        "ram_bound_bytes": report.ram_bound_bytes,
        "stack_bytes": report.stack_bytes,
        "layers": rows.collect::<Vec<_>>(),
    })
}
