use serde_json::json;

use super::*;
use crate::reference::{float, integer};
use crate::tests::{Model, mlp};
use crate::{Errors, Options, compile, source};

/// Turns a value around, and adds the parameter.
struct Reverse;

impl CustomOp for Reverse {
    fn output_shape(&self, inputs: &[&Shape], parameters: &[f32]) -> Result<Shape, String> {
        match (inputs, parameters) {
            ([input], [_]) => Ok((*input).clone()),
            _ => Err("it takes one value and one parameter".to_owned()),
        }
    }

    fn float(&self, inputs: &[Real<'_>], parameters: &[f32]) -> Vec<f32> {
        let values = inputs[0].values.iter().rev();
        values.map(|value| value + parameters[0]).collect()
    }

    fn cost(&self, inputs: &[&Shape], _: &[f32]) -> Cost {
        Cost {
            macs: inputs[0].elements() as u64,
            flash_bytes: 5,
            stack_bytes: 1000,
        }
    }
}

/// [`mlp`] with `reverse` behind its relu.
fn model() -> Model {
    let mut model = mlp();
    let layers = model.metadata["layers"].as_array_mut().unwrap();
    layers.insert(
        3,
        json!({
            "id": "turn", "type": "custom", "name": "reverse", "parameters": [0.5],
            "range": [0.0, 2.5], "samples": 40,
        }),
    );
    model
}

fn with_op() -> Options {
    Options {
        custom_ops: CustomOps::new().with("reverse", Reverse),
        ..Options::default()
    }
}

fn problems(model: &Model, options: &Options) -> String {
    compile(&model.bytes(), options).unwrap_err().to_string()
}

#[test]
fn codes_are_rounded_like_the_runtime_does() {
    let format = Format {
        shape: Shape::flat(1),
        scale: 0.5,
        zero_point: 10,
    };
    let found = [-9.0, -5.0, 0.0, 0.25, 122.5, 200.0, f32::NAN].map(|real| format.quantize(real));
    assert_eq!(found, [0, 0, 10, 11, 255, 255, 0]);
    let codes = Codes {
        format: &format,
        codes: &[0, 10, 255],
    };
    assert_eq!(codes.dequantize(), [-5.0, 0.0, 122.5]);
}

#[test]
fn a_registered_op_runs_in_both_references() {
    let compiled = compile(&model().bytes(), &with_op()).unwrap();
    let input = [0.5, -0.25, 1.0, 0.0, -1.0, 0.75];
    let real = float::run(&compiled.graph, &input);
    let network = &compiled.network;
    let tensors = integer::run(network, &integer::quantize_input(network, &input));
    let turn = network
        .ops
        .iter()
        .find(|op| network.layer(op.layer) == "turn");
    let turn = turn.unwrap();
    let (from, to) = (turn.input().index(), turn.output.index());
    let expected: Vec<f32> = real[from].iter().rev().map(|value| value + 0.5).collect();
    assert_eq!(real[to], expected);
    let found = integer::dequantize(network, turn.output, &tensors[to]);
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() < 0.05, "{found} {expected}");
    }
    // What it costs is counted: four elements.
    let plain = compile(&model().bytes(), &Options::default()).unwrap();
    assert_eq!(compiled.report.macs, plain.report.macs + 4);
    assert_eq!(compiled.report.flash_bytes, plain.report.flash_bytes + 5);
    assert!(compiled.report.stack_bytes > 1000 && plain.report.stack_bytes < 1000);
}

#[test]
fn without_an_op_it_compiles_and_is_not_run() {
    let compiled = compile(&model().bytes(), &Options::default()).unwrap();
    let refusal = compiled.graph.check_ops().unwrap_err().to_string();
    assert!(
        refusal.contains("to run the custom layer `reverse` is not supported"),
        "{refusal}"
    );
    assert!(refusal.contains("layer `turn`"), "{refusal}");
    let run = || float::run(&compiled.graph, &[0.0; 6]);
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
    let graph = compile(&model().bytes(), &with_op()).unwrap().graph;
    assert_eq!(graph.check_ops(), Ok(()));
}

#[test]
fn an_op_that_disagrees_with_the_file_is_a_problem_of_the_layer() {
    let mut other = model();
    other.metadata["layers"][3]["shape"] = json!([2, 2]);
    // Else the next layer cannot read it.
    let layers = other.metadata["layers"].as_array_mut().unwrap();
    layers.insert(4, json!({"id": "flat", "type": "flatten"}));
    let text = problems(&other, &with_op());
    assert!(
        text.contains("expected: [4], channels last, as its op says"),
        "{text}"
    );
    assert!(text.contains("layers[3].shape"), "{text}");
    let mut other = model();
    other.metadata["layers"][3]["parameters"] = json!([]);
    let text = problems(&other, &with_op());
    assert!(
        text.contains("it takes one value and one parameter"),
        "{text}"
    );
}

#[test]
fn a_range_is_missing_where_it_cannot_be_observed() {
    let mut unknown = model();
    let layer = unknown.metadata["layers"][3].as_object_mut().unwrap();
    layer.remove("range");
    layer.remove("samples");
    let text = problems(&unknown, &Options::default());
    assert!(
        text.contains("no range") && text.contains("layer `turn`"),
        "{text}"
    );
    unknown
        .tensors
        .push(crate::tests::floats("calibration.input", &[6], &[0.5; 6]));
    assert!(problems(&unknown, &Options::default()).contains("no range"));
    assert!(compile(&unknown.bytes(), &with_op()).is_ok());
}

#[test]
fn a_name_reads_the_same_number_of_values_everywhere() {
    let mut two = model();
    let layers = two.metadata["layers"].as_array_mut().unwrap();
    layers.insert(
        4,
        json!({
            "id": "both", "type": "custom", "name": "reverse", "inputs": ["act", "turn"],
            "range": [0.0, 2.5], "samples": 40,
        }),
    );
    let text = problems(&two, &Options::default());
    assert!(
        text.contains("as many as the layer `turn` of that name reads: 1"),
        "{text}"
    );
    two.metadata["layers"][4]["name"] = json!("other");
    assert!(compile(&two.bytes(), &Options::default()).is_ok());
}

#[test]
fn names_of_types_are_held_against_the_file() {
    let told = |names: &[&str]| {
        let options = Options {
            custom_types: Some(names.iter().map(|&name| name.to_owned()).collect()),
            ..Options::default()
        };
        compile(&model().bytes(), &options).map_err(|errors: Errors| errors.to_string())
    };
    assert!(told(&["reverse"]).is_ok());
    assert!(
        told(&[])
            .unwrap_err()
            .contains("no type is named for the custom layer `reverse`")
    );
    let text = told(&["reverse", "revers"]).unwrap_err();
    assert!(
        text.contains("no custom layer `revers`") && text.contains("did you mean `reverse`?"),
        "{text}"
    );
}

#[test]
fn behind_a_flatten_that_reorders_it_is_refused() {
    let mut model = model();
    model.metadata["layout"] = json!("torch");
    let layers = model.metadata["layers"].as_array_mut().unwrap();
    let turn = layers.remove(3);
    layers.insert(1, turn);
    let file = source::read(&model.bytes()).map(|_| ());
    assert!(file.is_ok());
    let text = problems(&model, &Options::default());
    assert!(
        text.contains("behind a channels-first flatten, a `custom`"),
        "{text}"
    );
}
