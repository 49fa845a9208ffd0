//! Chains of element-wise functions.

use super::*;

fn layer(kind: &str) -> serde_json::Value {
    json!({"id": kind, "type": kind, "range": [-1, 1], "samples": 40})
}

#[test]
fn a_chain_of_functions_is_one() {
    let model = bare(
        "keras",
        &[3],
        json!([layer("relu"), layer("elu"), layer("tanh")]),
    );
    assert_eq!(passes(&model)[2], ["chain"]);
    let mut graph = model.built().unwrap();
    fuse_activations(&mut graph);
    let NodeKind::Activation(chain) = &graph.nodes[0].kind else {
        panic!("{:?}", graph.nodes)
    };
    assert_eq!(
        chain.0,
        [
            Function::Relu(Relu::PLAIN),
            Function::Elu(1.0),
            Function::Tanh
        ]
    );
}

#[test]
fn a_sigmoid_at_the_end_stays_apart() {
    let end = bare("keras", &[3], json!([layer("elu"), layer("sigmoid")]));
    assert_eq!(passes(&end)[2], ["activation", "sigmoid"]);
    let within = bare(
        "keras",
        &[3],
        json!([layer("elu"), layer("sigmoid"), layer("gelu")]),
    );
    assert_eq!(passes(&within)[2], ["chain"]);
}

#[test]
fn a_relu_joins_its_layer_before_the_rest_is_a_table() {
    let fc1 = mlp().metadata["layers"][1].clone();
    let flatten = json!({"id": "flatten", "type": "flatten"});
    let model = mlp()
        .with(
            "/layers",
            json!([flatten, fc1, layer("relu"), layer("softsign")]),
        )
        .with("/outputs", json!(["softsign"]))
        .without_tensor("fc2/kernel");
    assert_eq!(passes(&model)[2], ["reshape", "dense+relu", "activation"]);
}
