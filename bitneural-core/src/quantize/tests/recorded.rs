//! Scales and zero points that the file records.

use serde_json::Value;

use super::*;
use crate::network::Element;

/// `x` of [2, 2, 2] → `c`, a convolution of one tap → `layers` → `end`, a convolution of one tap.
fn between(layers: &[Value]) -> Model {
    let conv = |id: &str| {
        json!({
            "id": id, "type": "conv2d", "kernel": 1, "range": [-3, 2.5], "samples": 40,
            "tensors": {"kernel": "w"},
        })
    };
    let all = [vec![conv("c")], layers.to_vec(), vec![conv("end")]].concat();
    let mut model = bare("keras", &[2, 2, 2], json!(all));
    model.tensors = vec![floats("w", &[1, 1, 2, 2], &[0.5, -0.5, 0.25, 1.0])];
    model
}

fn with_scale(mut layer: Value, scale: f64, zero_point: i32) -> Value {
    (layer["scale"], layer["zero_point"]) = (json!(scale), json!(zero_point));
    layer
}

fn recorded(id: &str, kind: &str) -> Value {
    with_scale(json!({"id": id, "type": kind}), 0.5, 3)
}

/// The format of what the op in front of the last one writes.
fn in_front_of_the_end(model: &Model) -> (Element, f64, i32) {
    let network = model.network().unwrap_or_else(|errors| panic!("{errors}"));
    let end = network.ops.last().expect("an op");
    let tensor = network.tensor(end.input());
    (tensor.element, tensor.scale, tensor.zero_point)
}

const RECORDED: (Element, f64, i32) = (Element::U8, 0.5, 3);

#[test]
fn what_is_recorded_is_what_is_written() {
    let pool = json!({"id": "p", "type": "max_pool2d", "pool": 2, "stride": 1});
    let relu = recorded("r", "relu");
    let same = json!({"id": "d", "type": "dropout"});
    let mean = |id: &str| {
        let mut pool = recorded(id, "average_pool2d");
        pool["pool"] = json!(1);
        pool
    };
    let mut largest = recorded("m", "maximum");
    largest["inputs"] = json!(["c", "c"]);
    for layers in [
        vec![relu.clone()],
        // The order of many examples of PyTorch: the relu moves in front of the pool, with its codes.
        vec![pool.clone(), relu.clone()],
        vec![relu, pool],
        vec![mean("a")],
        // A value that is nobody's but the file's.
        vec![mean("a"), recorded("d", "dropout")],
        vec![mean("a"), same],
        vec![largest],
    ] {
        assert_eq!(
            in_front_of_the_end(&between(&layers)),
            RECORDED,
            "{layers:?}"
        );
    }
}

/// A layer whose own values were trained with codes does not join the next one.
#[test]
fn codes_between_two_layers_stay_between_them() {
    let relu = json!({"id": "r", "type": "relu", "range": [0, 2], "samples": 40});
    let norm = json!({
        "id": "n", "type": "batch_norm", "epsilon": 0.001, "range": [-1, 1], "samples": 40,
        "tensors": {"mean": "m", "variance": "v"},
    });
    let pad = json!({"id": "p", "type": "zero_pad2d", "padding": 1});
    let formats = |model: &Model| -> Vec<(Element, f64, i32)> {
        let network = model.network().unwrap_or_else(|errors| panic!("{errors}"));
        let yielded = network.ops.iter().map(|op| network.tensor(op.output));
        let format = yielded.map(|tensor| (tensor.element, tensor.scale, tensor.zero_point));
        format.collect()
    };
    for behind in [relu, norm] {
        let mut model = between(&[behind]);
        model.tensors.extend([
            floats("m", &[2], &[0.5, 0.0]),
            floats("v", &[2], &[1.0, 1.0]),
        ]);
        if model.metadata["layers"][1]["type"] == "relu" {
            model.tensors.truncate(1);
        }
        assert_eq!(formats(&model).len(), 2);
        let first = model.metadata["layers"][0].clone();
        let model = model.with("/layers/0", with_scale(first, 0.5, 3));
        let found = formats(&model);
        assert_eq!((found.len(), found[0]), (3, RECORDED));
    }
    // A border of zeros has the codes of the image, and says so where it is recorded otherwise.
    let padded = with_scale(pad, 0.5, 3);
    assert_eq!(
        problems(&between(&[padded]).network().unwrap_err()).len(),
        1
    );
}

#[test]
fn a_concat_writes_what_is_recorded_and_its_inputs_do_too() {
    let mean = |id: &str| {
        json!({
            "id": id, "type": "average_pool2d", "pool": 1, "range": [-1, 1], "samples": 40,
            "inputs": ["x"],
        })
    };
    let mut joined = recorded("j", "concat");
    joined["inputs"] = json!(["a", "b"]);
    let after = json!({"id": "e", "type": "relu", "range": [0, 1], "samples": 40});
    let model = bare(
        "keras",
        &[2, 2, 2],
        json!([mean("a"), mean("b"), joined, after]),
    );
    let network = model.network().unwrap();
    let written = |op: usize| {
        let tensor = network.tensor(network.ops[op].output);
        (tensor.element, tensor.scale, tensor.zero_point)
    };
    assert_eq!([0, 1, 2].map(written), [RECORDED; 3]);
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let sized = |kind: &str, field: &str, size: Value| {
        let mut layer = recorded("l", kind);
        layer[field] = size;
        layer
    };
    for layer in [
        sized("max_pool2d", "pool", json!(2)),
        sized("zero_pad2d", "padding", json!(1)),
        recorded("l", "dropout"),
        recorded("l", "sigmoid"),
    ] {
        let errors = between(std::slice::from_ref(&layer)).network().unwrap_err();
        assert_eq!(
            problems(&errors),
            [
                "layer `l`, metadata field `layers[1].scale`: the field `scale` has a value that does not fit"
            ],
            "{layer}"
        );
    }
    let copied = between(&[sized("max_pool2d", "pool", json!(2))]);
    let text = copied.network().unwrap_err().to_string();
    let expected = format!(
        "expected: none, or {} with `zero_point` 139: the layer copies",
        6.1875 / 255.0
    );
    assert!(text.contains(&expected), "{text}");
    // The format that it has may be written down.
    let sigmoid = with_scale(json!({"id": "l", "type": "sigmoid"}), 1.0 / 255.0, 0);
    assert!(between(&[sigmoid]).network().is_ok());
    // Probabilities have a step of their own, whoever reads them; the sums in front of them have that of R12.
    let scores = with_scale(json!({"id": "s", "type": "relu"}), 0.02, 0);
    let ends_in = |last: Value| bare("keras", &[3], json!([scores, last]));
    assert!(
        ends_in(json!({"id": "p", "type": "softmax"}))
            .network()
            .is_ok()
    );
    let errors = ends_in(recorded("p", "softmax")).network().unwrap_err();
    assert_eq!(problems(&errors).len(), 1);
}
