//! Element-wise functions: tables, gates, and the formats around them.

use super::*;
use crate::network::Gate;

/// A dense layer `fc` of `units`, and the layers behind it.
fn behind_fc(units: usize, fc: serde_json::Value, behind: serde_json::Value) -> Model {
    let mut layer = json!({
        "id": "fc", "type": "dense", "samples": 40, "tensors": {"kernel": "w", "scale": "s"},
    });
    for (key, value) in fc.as_object().unwrap() {
        layer[key] = value.clone();
    }
    let mut layers = vec![layer];
    layers.extend(behind.as_array().cloned().unwrap_or_default());
    let mut model = bare("keras", &[2], json!(layers));
    model.tensors = vec![
        trits("w", &[2, units], &vec![1; 2 * units]),
        floats("s", &[1], &[1.0]),
    ];
    model
}

fn kinds(network: &Network) -> Vec<String> {
    let kinds = network.ops.iter().map(|op| match &op.kind {
        OpKind::Dense(_) => "dense".to_owned(),
        OpKind::Table(_) => "table".to_owned(),
        OpKind::Gate(gate) => gate.name().to_owned(),
        other => format!("{other:?}"),
    });
    kinds.collect()
}

fn format(network: &Network, op: usize) -> (&'static str, f64, i32) {
    let tensor = network.tensor(network.ops[op].output);
    (tensor.element.rust(), tensor.scale, tensor.zero_point)
}

#[test]
fn a_sigmoid_or_tangent_at_the_end_reads_and_writes_wide_values() {
    // Neither needs a range: not of the sums, not of the values.
    for (word, gate) in [("sigmoid", Gate::Sigmoid), ("tanh", Gate::Tanh)] {
        let fused = behind_fc(3, json!({"activation": word}), json!([]));
        let apart = behind_fc(3, json!({}), json!([{"id": "a", "type": word}]));
        for model in [fused, apart] {
            let network = model.network().unwrap();
            assert_eq!(network.ops[1].kind, OpKind::Gate(gate));
            assert_eq!(format(&network, 0), ("i16", 1.0 / 4096.0, 0));
            assert_eq!(format(&network, 1), ("i16", 1.0 / 32768.0, 0));
            // A class is read in front of a sigmoid, which changes no order.
            let scores = network.ops[usize::from(word == "tanh")].output;
            assert_eq!(network.scores, Some(scores));
            assert_eq!(network.threshold, None);
        }
    }
}

#[test]
fn elsewhere_they_are_tables_of_fixed_formats() {
    let relu = json!([{"id": "r", "type": "relu", "range": [0, 1], "samples": 40}]);
    for (word, expected) in [
        ("sigmoid", ("u8", 1.0 / 255.0, 0)),
        ("hard_sigmoid", ("u8", 1.0 / 255.0, 0)),
        ("tanh", ("u8", 1.0 / 127.0, 128)),
        ("hard_tanh", ("u8", 1.0 / 127.0, 128)),
        ("softsign", ("u8", 1.0 / 127.0, 128)),
    ] {
        let fc = json!({"activation": word, "sum_range": [-20, 20], "range": [-9, 9]});
        let softmax = json!([{"id": "p", "type": "softmax"}]);
        let network = behind_fc(3, fc.clone(), softmax).network().unwrap();
        assert_eq!(kinds(&network)[..2], ["dense", "table"], "{word}");
        assert_eq!(format(&network, 1), expected, "{word}");
        // A function behind it makes one table of both, with a range of its own.
        let network = behind_fc(3, fc, relu.clone()).network().unwrap();
        assert_eq!(kinds(&network), ["dense", "table"], "{word}");
        assert_eq!(format(&network, 1), ("u8", 1.125 / 255.0, 0), "{word}");
    }
    // A leaky relu in front cannot write wide values (R11).
    let leaky = json!([
        {"id": "l", "type": "leaky_relu", "slope": 0.5, "range": [-2, 2], "samples": 40},
        {"id": "t", "type": "tanh"},
    ]);
    let network = behind_fc(3, json!({}), leaky).network().unwrap();
    assert_eq!(kinds(&network), ["dense", "table"]);
    // An op of several tensors yields codes (R14), in front of a gate too.
    let sum = json!([
        {"id": "twice", "type": "add", "inputs": ["fc", "fc"], "range": [-2, 2], "samples": 40},
        {"id": "t", "type": "tanh"},
    ]);
    let network = behind_fc(3, json!({"range": [-1, 1]}), sum)
        .network()
        .unwrap();
    assert_eq!(kinds(&network)[2], "table");
    assert_eq!(format(&network, 1).0, "u8");
}

#[test]
fn a_tables_input_reaches_no_further_than_is_useful() {
    let step = |word: &str, between: serde_json::Value| {
        let mut behind = between.as_array().cloned().unwrap();
        behind.push(json!({"id": "a", "type": word, "range": [-9, 9], "samples": 40}));
        behind.push(json!({"id": "p", "type": "softmax"}));
        let fc = json!({"range": [-16, 16]});
        let network = behind_fc(3, fc, json!(behind)).network().unwrap();
        format(&network, 0).1 * 255.0
    };
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
    close(step("sigmoid", json!([])), 12.0);
    close(step("swish", json!([])), 8.0 + 18.0);
    close(step("softsign", json!([])), 36.0);
    // Of a chain the first function counts.
    let tanh = json!([{"id": "t", "type": "tanh"}]);
    close(step("softsign", tanh), 7.0);
}

#[test]
fn the_useful_interval_counts_through_what_copies_codes() {
    let mut model = bare(
        "keras",
        &[2, 2, 1],
        json!([
            {"id": "mean", "type": "average_pool2d", "pool": 1, "range": [-16, 16], "samples": 40},
            {"id": "max", "type": "max_pool2d", "pool": 2},
            {"id": "flat", "type": "flatten"},
            {"id": "a", "type": "hard_sigmoid"},
        ]),
    );
    let network = model.network().unwrap();
    assert_eq!(network.tensor(network.ops[0].output).scale, 6.0 / 255.0);
    // Not if something else looks at them.
    model.metadata["layers"][2] =
        json!({"id": "flat", "type": "leaky_relu", "slope": 0.5, "range": [-8, 16], "samples": 40});
    let network = model.network().unwrap();
    assert_eq!(network.tensor(network.ops[0].output).scale, 36.0 / 255.0);
}

#[test]
fn one_output_with_a_sigmoid_tells_two_classes_apart() {
    let sigmoid = json!({"activation": "sigmoid"});
    let network = behind_fc(1, sigmoid.clone(), json!([])).network().unwrap();
    assert_eq!(network.threshold, Some(0));
    assert_eq!(network.scores, Some(network.ops[0].output));
    // In front of a table the score is a code, and its zero point the threshold.
    let apart = json!([
        {"id": "e", "type": "elu", "range": [-1, 3], "samples": 40}, {"id": "s", "type": "sigmoid"},
    ]);
    let network = behind_fc(1, json!({"range": [-3, 3]}), apart)
        .network()
        .unwrap();
    assert_eq!(kinds(&network), ["dense", "table", "table"]);
    assert_eq!(network.threshold, Some(format(&network, 1).2));
    assert_eq!(network.scores, Some(network.ops[1].output));
    assert!(network.threshold > Some(0));
    // Two labels then, and one is one too few.
    let labelled = |labels: serde_json::Value| {
        let model = behind_fc(1, sigmoid.clone(), json!([]));
        model.with("/labels", labels).graph().map(|_| ())
    };
    assert!(labelled(json!(["no", "yes"])).is_ok());
    assert!(labelled(json!(["yes"])).is_err());
    // Without a sigmoid there is one class.
    let plain = behind_fc(1, json!({"range": [-3, 3]}), json!([]));
    assert_eq!(plain.network().unwrap().threshold, None);
}

#[test]
fn a_missing_range_of_sums_names_its_field() {
    let fc = json!({"activation": "gelu", "range": [-1, 3]});
    let model = behind_fc(3, fc, json!([{"id": "p", "type": "softmax"}]));
    let found = problems(&model.network().unwrap_err());
    assert_eq!(
        found,
        [
            "layer `fc`, metadata field `layers[0].sum_range`: the file records no range for what is inside this layer, its `sum_range`"
        ]
    );
}
