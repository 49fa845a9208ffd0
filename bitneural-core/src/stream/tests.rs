use serde_json::{Value, json};

use super::{Clock, stream};
use crate::network::OpKind;
use crate::tests::bare;

/// A pool over time, with these fields beside.
fn pool(id: &str, kind: &str, fields: Value) -> Value {
    let mut layer = json!({"id": id, "type": kind, "pool": 3, "stride": 1});
    for (key, value) in fields.as_object().expect("an object") {
        layer[key] = value.clone();
    }
    layer
}

fn streamed(shape: &[usize], layers: Value) -> Result<super::Stream, String> {
    let network = bare("keras", shape, layers).network().expect("a network");
    stream(&network).map_err(|errors| errors.to_string())
}

#[test]
fn windows_over_time_read_lines_and_strides_make_clocks() {
    let layers = json!([
        pool("first", "max_pool1d", json!({})),
        pool("second", "max_pool1d", json!({"stride": 2})),
        {"id": "all", "type": "global_max_pool1d"},
    ]);
    let found = streamed(&[12, 2], layers).unwrap();
    let lines: Vec<usize> = found
        .network
        .ops
        .iter()
        .filter_map(|op| match op.kind {
            OpKind::Line(line) => Some(line.frames),
            _ => None,
        })
        .collect();
    // 12 frames, then 10, then 4.
    assert_eq!(lines, [3, 3, 4]);
    let clock = |first, period| Clock { first, period };
    assert_eq!(
        found.clocks,
        [clock(1, 1), clock(3, 1), clock(5, 2), clock(11, 2)]
    );
    assert_eq!(found.clocks[found.of_outputs], clock(11, 2));
    assert_eq!(found.network.interface.inputs[0].shape.0, [2]);
}

#[test]
fn those_who_read_the_same_frames_share_a_line() {
    let layers = json!([
        pool("a", "max_pool1d", json!({"inputs": ["x"]})),
        pool("b", "max_pool1d", json!({"inputs": ["x"]})),
        {"id": "most", "type": "maximum", "inputs": ["a", "b"], "range": [-1, 1], "samples": 1},
    ]);
    let found = streamed(&[6, 2], layers).unwrap();
    let is_line = |op: &&crate::network::Op| matches!(op.kind, OpKind::Line(_));
    assert_eq!(found.network.ops.iter().filter(is_line).count(), 1);
    assert_eq!(found.network.interface.outputs[0].shape.0, [2]);
}

#[test]
fn what_cannot_stream_is_named() {
    let same = json!([pool("around", "max_pool1d", json!({"padding": "same"}))]);
    let crop = json!([{"id": "cut", "type": "crop1d", "cropping": [0, 1]}]);
    let branches = json!([
        pool("a", "max_pool1d", json!({"inputs": ["x"]})),
        {"id": "cut", "type": "crop1d", "cropping": [1, 1], "inputs": ["x"]},
        {"id": "most", "type": "maximum", "inputs": ["a", "cut"], "range": [-1, 1], "samples": 1},
    ]);
    for (layers, layer, reason) in [
        (same, "around", "padding behind the last frame"),
        (crop, "cut", "cuts some off"),
        (branches, "cut", "cuts some off"),
    ] {
        let error = streamed(&[6, 2], layers).unwrap_err();
        assert!(error.contains(reason), "{error}");
        assert!(error.contains(&format!("layer `{layer}`")), "{error}");
    }
    let flat = streamed(&[6], json!([{"id": "most", "type": "flatten"}])).unwrap_err();
    assert!(flat.contains("no axis of time"), "{flat}");
}
