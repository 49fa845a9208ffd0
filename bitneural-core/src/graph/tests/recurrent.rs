use super::*;
use serde_json::Value;

/// A recurrent layer of one unit over three steps of two features, with more fields.
fn one(layout: &str, kind: &str, more: Value) -> Model {
    let gates = match kind {
        "lstm" => 4,
        "gru" => 3,
        _ => 1,
    };
    let mut layer = json!({"id": "r", "type": kind,
        "tensors": {"kernel": "kernel", "recurrent_kernel": "recurrent"}});
    for (key, value) in more.as_object().unwrap() {
        layer[key] = value.clone();
    }
    let metadata = json!({
        "version": 1, "name": "one", "layout": layout, "outputs": ["r"],
        "inputs": [{"id": "x", "shape": [3, 2], "channels": "last",
                    "range": [-1.0, 1.0], "range_kind": "declared"}],
        "layers": [layer],
    });
    let axes = |taps: usize| match layout {
        "keras" => [taps, gates],
        _ => [gates, taps],
    };
    let numbers = |count: usize| -> Vec<f32> { (1..=count).map(|n| n as f32 / 8.0).collect() };
    Model {
        metadata,
        tensors: vec![
            floats("kernel", &axes(2), &numbers(2 * gates)),
            floats("recurrent", &axes(1), &numbers(gates)),
        ],
    }
}

fn node(model: &Model) -> Recurrent {
    match model.built().unwrap().nodes.remove(0).kind {
        NodeKind::Recurrent(node) => *node,
        other => panic!("{other:?}"),
    }
}

/// Everything that is said of a file whose graph cannot be built.
fn whole(model: &Model) -> String {
    model.built().unwrap_err().to_string()
}

/// The weights of the inputs, scaled: a row for each column.
fn rows(linear: &Linear, columns: usize) -> Vec<Vec<f64>> {
    let (values, scales) = linear.weights.unscaled(columns);
    let rows = values.chunks(values.len() / columns).zip(scales);
    rows.map(|(row, scale)| row.iter().map(|w| w * scale).collect())
        .collect()
}

#[test]
fn gates_come_into_the_order_of_the_rules() {
    // PyTorch has r, z, n.
    let gru = node(&one("torch", "gru", json!({"weights": "int8"})));
    let near = |row: &[f64], expected: [f64; 2]| {
        row.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.01)
    };
    let found = rows(&gru.kernel, 3);
    assert!(near(&found[0], [0.375, 0.5]), "{found:?}");
    assert!(near(&found[1], [0.125, 0.25]), "{found:?}");
    assert!(near(&found[2], [0.625, 0.75]), "{found:?}");
    // Keras' kernel has taps first; here its last gate comes first.
    let order = json!({"weights": "int8", "gates": ["o", "i", "f", "c"]});
    let lstm = node(&one("keras", "lstm", order));
    let found = rows(&lstm.kernel, 4);
    assert!(near(&found[0], [0.25, 0.75]), "{found:?}");
    assert!(near(&found[3], [0.125, 0.625]), "{found:?}");
    let same = node(&one("keras", "lstm", json!({"weights": "int8"})));
    assert!(near(&rows(&same.kernel, 4)[0], [0.125, 0.625]));
}

#[test]
fn both_rows_of_a_bias_of_keras_are_read() {
    let biased = |kind: &str, bias: &str| {
        let tensors = json!({"kernel": "kernel", "recurrent_kernel": "recurrent", bias: "b"});
        one("keras", kind, json!({"tensors": tensors}))
    };
    let two = floats("b", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let gru = node(&biased("gru", "bias").with_tensor(two.clone()));
    assert_eq!(gru.kernel.bias, [1.0, 2.0, 3.0]);
    assert_eq!(gru.recurrent.bias, [4.0, 5.0, 6.0]);
    let beside = biased("gru", "recurrent_bias").with_tensor(floats("b", &[3], &[7.0, 8.0, 9.0]));
    assert_eq!(node(&beside).recurrent.bias, [7.0, 8.0, 9.0]);
    // An LSTM, and a GRU whose reset comes before, have one row.
    let before = biased("gru", "bias").with("/layers/0/reset_after", json!(false));
    assert!(
        refused(&before.with_tensor(two))
            .join("\n")
            .contains("wrong shape")
    );
}

#[test]
fn a_bidirectional_layer_is_two_nodes_and_a_join() {
    let names = json!({"kernel": "kernel", "recurrent_kernel": "recurrent",
        "backward_kernel": "kernel", "backward_recurrent_kernel": "recurrent"});
    let both = |merge: &str, sequences: bool| {
        let fields =
            json!({"tensors": names, "bidirectional": merge, "return_sequences": sequences});
        one("keras", "lstm", fields).built().unwrap()
    };
    let graph = both("concat", true);
    verify(&graph).unwrap();
    let shapes: Vec<&[usize]> = graph
        .nodes
        .iter()
        .map(|node| graph.value(node.output).shape.0.as_slice())
        .collect();
    assert_eq!(shapes, [&[3, 1][..], &[3, 1], &[3, 2]]);
    let NodeKind::Recurrent(second) = &graph.nodes[1].kind else {
        panic!("{graph:?}")
    };
    assert!(second.reads_backwards && second.writes_backwards);
    // Each LSTM has the values of its cell beside its output.
    let fields: Vec<&str> = graph.values.iter().map(|value| value.range_field).collect();
    assert_eq!(
        fields,
        [
            "range",
            "cell_range",
            "range",
            "backward_cell_range",
            "range",
            "range"
        ]
    );
    let graph = both("average", false);
    verify(&graph).unwrap();
    assert!(matches!(graph.nodes[2].kind, NodeKind::Elementwise(_)));
    let NodeKind::Recurrent(second) = &graph.nodes[1].kind else {
        panic!("{graph:?}")
    };
    // There is one step to give out.
    assert!(!second.writes_backwards);
}

#[test]
fn a_flatten_behind_time_keeps_its_order_in_the_torch_layout() {
    let mut model = one("torch", "simple_rnn", json!({"return_sequences": true}));
    let layers = model.metadata["layers"].as_array_mut().unwrap();
    layers.push(json!({"id": "flat", "type": "flatten"}));
    layers.push(json!({"id": "fc", "type": "dense", "tensors": {"kernel": "fc"}}));
    model.metadata["outputs"] = json!(["fc"]);
    model.tensors.push(floats("fc", &[1, 3], &[1.0, 0.0, -1.0]));
    let graph = model.built().unwrap();
    let Weights::Latent(latent) = &dense(&graph, 2).linear.weights else {
        panic!("{graph:?}")
    };
    assert_eq!(latent.tap_order, None);
    // A network may end there.
    model.metadata["outputs"] = json!(["flat"]);
    model.metadata["layers"].as_array_mut().unwrap().pop();
    model.tensors.pop();
    model.built().unwrap();
}

#[test]
fn what_is_wrong_with_a_recurrent_layer_is_said() {
    let flat = one("keras", "lstm", json!({})).with("/inputs/0/shape", json!([6]));
    assert!(whole(&flat).contains("[time, features]"));
    let torch = one("torch", "gru", json!({"reset_after": false}));
    assert!(whole(&torch).contains("`reset_after` `false` is not supported"));
    let narrow = one("keras", "lstm", json!({"units": 2}));
    assert_eq!(refused(&narrow).len(), 2, "{:?}", refused(&narrow));
    let wrong = |fields: Value| {
        let model = one("keras", "lstm", fields);
        whole(&model)
    };
    let gates = wrong(json!({"gates": ["i", "f", "o"]}));
    assert!(
        gates.contains(r#""i", "f", "g", "o", each once"#),
        "{gates}"
    );
    assert!(wrong(json!({"gates": ["i", "f", "g", "x"]})).contains("each once"));
    assert!(wrong(json!({"activation": "relu"})).contains("tanh"));
    assert!(wrong(json!({"recurrent_activation": "hard_sigmoid"})).contains("sigmoid"));
    assert!(wrong(json!({"bidirectional": "concat"})).contains("backward_kernel"));
    let way = wrong(json!({"backward_cell_range": [0, 1], "samples": 3}));
    assert!(way.contains("one direction"), "{way}");
}
