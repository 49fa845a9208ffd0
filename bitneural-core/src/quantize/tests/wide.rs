//! Inputs of 16 bits.

use serde_json::{Value, json};

use crate::network::{Element, InputChannel, OpKind, verify::verify};
use crate::options::Activations;
use crate::plan::{Kernel, Optimize};
use crate::reference::integer;
use crate::tests::{Model, bare, floats, mlp, problems, trits};
use crate::{Options, compile};

fn wide(model: Model) -> Model {
    model.with("/inputs/0/bits", json!(16))
}

#[test]
fn its_steps_are_a_65535th_of_the_range() {
    let (narrow, network) = (mlp().network().unwrap(), wide(mlp()).network().unwrap());
    assert_eq!(verify(&network), Ok(()));
    let (of_8, of_16) = (&narrow.tensors[0], &network.tensors[0]);
    assert_eq!((of_8.element, of_16.element), (Element::U8, Element::U16));
    assert!((of_8.scale / of_16.scale - 257.0).abs() < 1e-9);
    // What is behind the flatten is the input; what is computed has 8 bits again.
    assert_eq!(network.ops[0].kind, OpKind::Reshape);
    assert_eq!(network.tensors[1].element, Element::U16);
    assert_eq!(network.tensors[2].element, Element::U8);
    let InputChannel { factor, .. } = network.quantize_inputs[0][0];
    assert!((f64::from(factor) * of_16.scale / 256.0 - 1.0).abs() < 1e-6);
    let ends = integer::quantize_input(
        &network,
        &[f32::NEG_INFINITY, f32::INFINITY, 0.0, 0.0, 0.0, f32::NAN],
    );
    let zero = of_16.zero_point;
    assert_eq!(ends, [0, 65535, zero, zero, zero, zero]);
}

#[test]
fn no_kernel_tabulates_it() {
    let kernel = |model: Model| match &model.plan(Optimize::Speed).steps[0].kernel {
        Kernel::Dense(dense) => dense.kernel.name(),
        other => panic!("{other:?}"),
    };
    let dense = json!({
        "id": "many", "type": "dense", "units": 60, "range": [-1, 1], "samples": 40,
        "tensors": {"kernel": "many", "scale": "scale"},
    });
    let weights: Vec<i8> = (0..360).map(|at| (at * 7 % 3) as i8 - 1).collect();
    let many = || {
        bare("keras", &[6], json!([dense]))
            .with_tensor(trits("many", &[6, 60], &weights))
            .with_tensor(floats("scale", &[60], &[0.1; 60]))
    };
    assert_eq!(kernel(many()), "dense::tables");
    assert_eq!(kernel(wide(many())), "dense::digits");
}

/// What is said of an input of 16 bits that these layers read.
fn refused(layers: Value, outputs: &[&str]) -> Vec<String> {
    let mut model = wide(bare("keras", &[4, 4, 2], layers));
    model.metadata["outputs"] = json!(outputs);
    problems(&model.network().unwrap_err())
}

#[test]
fn what_cannot_read_it_is_named() {
    let said = |id: &str, kind: &str| {
        format!("layer `{id}`: a layer of type `{kind}` cannot read an input of 16 bits")
    };
    let ranged = |id: &str, kind: &str, input: &str| json!({"id": id, "type": kind, "inputs": [input], "range": [0, 1], "samples": 40});
    for (kind, fields) in [
        ("relu", json!({})),
        ("tanh", json!({})),
        ("max_pool2d", json!({"pool": 2})),
        ("average_pool2d", json!({"pool": 2})),
        ("zero_pad2d", json!({"padding": 1})),
    ] {
        let mut layer = ranged("one", kind, "x");
        layer
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        assert_eq!(
            refused(json!([layer]), &["one"]),
            [said("one", kind)],
            "{kind}"
        );
    }
    // Each of several readers, behind a flatten too; and the flatten, if the user gets it.
    let mut join = ranged("join", "add", "flat");
    join["inputs"] = json!(["flat", "flat"]);
    let layers = json!([
        {"id": "flat", "type": "flatten"}, join, ranged("cut", "relu", "x"),
    ]);
    assert_eq!(
        refused(layers, &["flat", "join", "cut"]),
        [
            said("flat", "flatten"),
            said("join", "add"),
            said("cut", "relu")
        ]
    );
}

#[test]
fn a_batch_norm_reads_it() {
    let layers = json!([{
        "id": "norm", "type": "batch_norm", "epsilon": 0.001, "range": [-1, 1], "samples": 40,
        "tensors": {"gamma": "g", "beta": "b", "mean": "m", "variance": "v"},
    }]);
    let mut model = wide(bare("keras", &[3, 2], layers));
    for name in ["g", "b", "m", "v"] {
        model = model.with_tensor(floats(name, &[2], &[0.5, 1.5]));
    }
    let network = model.network().unwrap();
    assert_eq!(verify(&network), Ok(()));
    assert!(matches!(network.ops[0].kind, OpKind::Conv(_)));
    assert_eq!(network.tensor(network.ops[0].input()).element, Element::U16);
}

#[test]
fn floats_have_no_bits() {
    let float = Options {
        activations: Activations::F32,
        ..Options::default()
    };
    let narrow = compile(&mlp().bytes(), &float).unwrap();
    assert_eq!(
        compile(&wide(mlp()).bytes(), &float).unwrap().plan.steps,
        narrow.plan.steps
    );
}
