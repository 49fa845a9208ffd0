use serde_json::json;

use super::*;
use crate::network::verify::verify;
use crate::passes;
use crate::tests::{Model, bare, floats, images, mlp, problems};

fn graph(model: &Model) -> Graph {
    let mut graph = model.built().unwrap();
    passes::quantize_weights(&mut graph, None);
    passes::run(&mut graph).unwrap();
    graph
}

fn network(model: &Model) -> Network {
    let network = float(&graph(model)).unwrap();
    verify(&network).unwrap();
    network
}

#[test]
fn constants_are_those_of_the_graph() {
    let network = network(&mlp().without("/layers/1/range").without("/inputs/0/range"));
    let OpKind::Float(Float::Dense(dense)) = &network.ops[1].kind else {
        panic!("{:?}", network.ops)
    };
    let constants = |channel: &FloatChannel| (channel.scale, channel.bias);
    let found: Vec<(f32, f32)> = dense.requant.channels.iter().map(constants).collect();
    assert_eq!(found, [(0.5, 0.1), (0.25, -0.1), (0.75, 0.0), (0.5, 0.2)]);
    assert_eq!((dense.requant.low, dense.requant.high), (0.0, f32::MAX));
    assert!(
        network
            .tensors
            .iter()
            .all(|tensor| tensor.element == Element::F32)
    );
    assert_eq!(network.scores, Some(network.ops[2].output));
}

#[test]
fn norms_slopes_and_pools() {
    let network = network(&images());
    let text = crate::network::text::print(&network);
    let words = [
        "conv 3×3",
        "leaky",
        "max pool",
        "conv 2×2",
        "average pool",
        "dense 4→2",
    ];
    for word in words {
        assert!(text.contains(word), "{word}:\n{text}");
    }
}

/// Integers have one table for all of it.
#[test]
fn a_chain_of_functions_is_an_op_each() {
    let model = bare(
        "keras",
        &[2],
        json!([
            {"id": "elu", "type": "elu", "alpha": 0.25},
            {"id": "gate", "type": "hard_sigmoid", "slope": 0.2},
            {"id": "swell", "type": "gelu", "approximate": "tanh"},
            {"id": "end", "type": "sigmoid"},
        ]),
    );
    let network = network(&model);
    let text = crate::network::text::print(&network);
    let expected = "\
input 2×f32
elu          elu slope 1 alpha 0.25 → 2×f32
elu          line slope 0.2 offset 0.5 clamp 0..1 → 2×f32
elu          gelu_tanh → 2×f32
end          sigmoid → 2×f32
";
    assert_eq!(text, expected);
    // In front of the sigmoid at the end.
    assert_eq!(network.scores, Some(network.ops[2].output));
}

#[test]
fn normalization_is_that_of_the_file() {
    let model = bare(
        "keras",
        &[2],
        json!([{"id": "relu", "type": "relu", "threshold": 0.5}]),
    );
    let found = network(
        &model
            .with("/inputs/0/mean", json!([1.0, 2.0]))
            .with("/inputs/0/std", json!(4.0)),
    );
    let constants = |channel: &NormalChannel| (channel.mean, channel.factor);
    let found: Vec<(f32, f32)> = found.normalize_inputs[0].iter().map(constants).collect();
    assert_eq!(found, [(1.0, 0.25), (2.0, 0.25)]);
}

/// A norm can make numbers of the file larger than any `f32`.
#[test]
fn constants_that_no_float_holds_are_refused() {
    let norm = json!({"id": "norm", "type": "batch_norm", "epsilon": 1e-12,
        "tensors": {"gamma": "gamma", "mean": "mean", "variance": "variance"}});
    let mut model = bare("keras", &[1], json!([norm]));
    model.tensors = vec![
        floats("gamma", &[1], &[3e38]),
        floats("mean", &[1], &[0.0]),
        floats("variance", &[1], &[0.0]),
    ];
    let errors = float(&graph(&model)).unwrap_err();
    let [problem] = &problems(&errors)[..] else {
        panic!("{errors}")
    };
    assert!(errors.to_string().contains("below 3.4e38"), "{errors}");
    assert!(errors.to_string().contains("norm"), "{problem}");
}

#[test]
fn what_does_not_fit_is_found() {
    type Change = fn(&mut Network);
    let changes: [Change; 6] = [
        |network| network.tensors[0].element = Element::U8,
        |network| network.tensors[0].scale = 0.5,
        |network| network.normalize_inputs.clear(),
        |network| network.normalize_inputs[0][0].factor = f32::INFINITY,
        |network| {
            if let OpKind::Float(Float::Dense(dense)) = &mut network.ops[1].kind {
                dense.requant.channels.pop();
            }
        },
        |network| {
            if let OpKind::Float(Float::Dense(dense)) = &mut network.ops[1].kind {
                dense.requant.low = f32::NAN;
            }
        },
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut wrong = network(&mlp());
        change(&mut wrong);
        assert!(verify(&wrong).is_err(), "change {index}");
    }
}
