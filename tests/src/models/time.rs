//! Layers along time: those of an image of height one, in the words for a sequence.

use serde_json::{Value, json};

/// The axes of a sequence as those of an image of height one.
pub(super) fn as_image(axes: &[usize]) -> Vec<usize> {
    let mut image = axes.to_vec();
    if axes.len() == 2 {
        image.insert(0, 1);
    }
    image
}

/// A record of a layer of images of height one, for a sequence.
pub(super) fn along_time(mut layer: Value) -> Value {
    let name = layer["type"].as_str().unwrap_or_default();
    if let Some(name) = name.strip_suffix("2d") {
        layer["type"] = json!(format!("{name}1d"));
    }
    for key in [
        "kernel", "pool", "stride", "dilation", "padding", "cropping", "size",
    ] {
        if let Some(width) = layer[key].get(1) {
            layer[key] = width.clone();
        }
    }
    // What is in front of everything has a word, where there are weights.
    let (kernel, dilation) = (layer["kernel"].as_u64(), layer["dilation"].as_u64());
    if let Some((kernel, dilation)) = kernel.zip(dilation)
        && kernel > 1
        && layer["padding"] == json!([dilation * (kernel - 1), 0])
    {
        layer["padding"] = json!("causal");
    }
    layer
}
