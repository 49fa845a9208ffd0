//! Embeddings: who may read indices, and in which order vectors are flattened.

use serde_json::{Value, json};

use super::*;

/// Three indices, their vectors of two, and `layers` behind them.
fn vectors(layout: &str, layers: Value) -> Model {
    let mut all = vec![json!({
        "id": "vectors", "type": "embedding", "tensors": {"embedding": "table"},
    })];
    all.extend(layers.as_array().unwrap().iter().cloned());
    let mut model = bare(layout, &[3], all.into());
    model.metadata["inputs"][0] = json!({"id": "x", "shape": [3]});
    model.tensors = vec![floats("table", &[2, 2], &[0.5, 1.0, -2.0, 3.0])];
    model
}

#[test]
fn vectors_have_an_axis_of_time_and_one_of_channels() {
    for layout in ["keras", "torch"] {
        let graph = vectors(layout, json!([])).built().unwrap();
        assert_eq!(graph.interface.outputs[0].shape.0, [3, 2]);
        assert!(Links::of(&graph).is_indices(graph.inputs[0]));
        let NodeKind::Embedding(embedding) = &graph.nodes[0].kind else {
            panic!("{:?}", graph.nodes)
        };
        assert_eq!(embedding.entries(), [0.5, 1.0, -2.0, 3.0]);
    }
}

/// A dense layer behind a flatten of the vectors, of one output with weights 1, 0, −1, …
fn flattened(layers: Value) -> Vec<i8> {
    let mut all = layers.as_array().unwrap().clone();
    all.push(json!({"id": "flat", "type": "flatten"}));
    all.push(json!({
        "id": "fc", "type": "dense", "range": [-1, 1], "samples": 1,
        "tensors": {"kernel": "fc.weight", "scale": "fc.scale"},
    }));
    let model = vectors("torch", all.into())
        .with_tensor(trits("fc.weight", &[1, 6], &[1, 0, -1, -1, 1, 0]))
        .with_tensor(floats("fc.scale", &[1], &[1.0]));
    let graph = model.built().unwrap();
    let last = graph.nodes.len() - 1;
    quantized(dense(&graph, last)).values.clone()
}

#[test]
fn a_flatten_of_vectors_keeps_them_and_one_of_channels_first_does_not() {
    assert_eq!(flattened(json!([])), [1, 0, -1, -1, 1, 0]);
    let dropout = json!({"id": "drop", "type": "dropout"});
    assert_eq!(flattened(json!([dropout])), [1, 0, -1, -1, 1, 0]);
    // Behind a layer along time the order is that of `[channels, time]`.
    let pool = json!({"id": "pool", "type": "max_pool1d", "pool": 1});
    assert_eq!(flattened(json!([pool])), [1, -1, 0, 1, -1, 0]);
}

#[test]
fn several_embeddings_read_one_input_through_a_flatten() {
    let second = json!({
        "id": "others", "type": "embedding", "inputs": ["x"], "tensors": {"embedding": "table"},
    });
    let sum = json!({"id": "sum", "type": "add", "inputs": ["vectors", "others"]});
    let graph = vectors("keras", json!([second, sum])).built().unwrap();
    assert!(Links::of(&graph).is_indices(graph.inputs[0]));
    let mut behind = vectors("keras", json!([]));
    let layers = behind.metadata["layers"].as_array_mut().unwrap();
    layers.insert(0, json!({"id": "flat", "type": "flatten"}));
    behind.metadata["inputs"][0]["shape"] = json!([3, 1]);
    let graph = behind.built().unwrap();
    assert_eq!(graph.interface.outputs[0].shape.0, [3, 2]);
}

#[test]
fn what_indices_cannot_have_is_refused() {
    let model = || vectors("keras", json!([]));
    assert_eq!(
        refused(&model().with("/inputs/0/std", json!(2.0))),
        [
            "layer `vectors`, metadata field `inputs[0].std`: the field `std` has a value that does not fit"
        ]
    );
    let scaled = model()
        .with("/inputs/0/scale", json!(1.0))
        .with("/inputs/0/zero_point", json!(1));
    assert_eq!(
        refused(&scaled),
        [
            "layer `vectors`, metadata field `inputs[0].scale`: the field `scale` has a value that does not fit"
        ]
    );
    // As they are: a range changes nothing, nor does the format of indices.
    let plain = scaled
        .with("/inputs/0/zero_point", json!(0))
        .with("/inputs/0/range", json!([0, 9]))
        .with("/inputs/0/range_kind", json!("declared"));
    let network = plain.network().unwrap();
    assert_eq!(
        (network.tensors[0].scale, network.tensors[0].zero_point),
        (1.0, 0)
    );
    let twice = vectors(
        "keras",
        json!([{
            "id": "again", "type": "embedding", "tensors": {"embedding": "table"},
        }]),
    );
    assert_eq!(
        refused(&twice),
        ["layer `again`: anywhere but behind an input, an `embedding` is not supported"]
    );
}

#[test]
fn as_many_rows_as_codes() {
    let rows = |rows: usize, bits: u64| {
        vectors("keras", json!([]))
            .with("/inputs/0/bits", json!(bits))
            .with_tensor(floats("table", &[rows, 1], &vec![0.5; rows]))
    };
    for (count, bits) in [(256, 8), (257, 16), (65536, 16)] {
        assert!(rows(count, bits).built().is_ok(), "{count} rows");
    }
    assert_eq!(
        refused(&rows(257, 8)),
        ["layer `vectors`: by indices of 8 bits, a number of rows of `257` is not supported"]
    );
    assert_eq!(
        refused(&rows(65537, 16)),
        ["layer `vectors`: the number of rows is too large"]
    );
}
