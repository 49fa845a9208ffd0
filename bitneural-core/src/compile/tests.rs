use serde_json::json;

use super::*;
use crate::tests::{Model, bare, floats, mlp, problems};

/// [`mlp`] without ranges but that of the input.
fn without_ranges() -> Model {
    mlp()
        .without("/layers/1/range")
        .without("/layers/2/range")
        .without("/layers/3/range")
}

fn compiled(model: &Model) -> Compiled {
    compile(&model.bytes(), &Options::default()).unwrap()
}

fn refused(model: &Model, options: &Options) -> Vec<String> {
    problems(&compile(&model.bytes(), options).unwrap_err())
}

/// What the graph knows of each value that a dense or element-wise node yields.
fn ranges(compiled: &Compiled) -> Vec<(f64, f64, RangeKind)> {
    compiled
        .graph
        .nodes
        .iter()
        .filter_map(|node| compiled.graph.value(node.output).range)
        .map(|range| (range.low, range.high, range.kind))
        .collect()
}

#[test]
fn every_stage_is_there() {
    let compiled = compiled(&mlp());
    assert_eq!(compiled.graph.nodes.len(), 4);
    assert_eq!(compiled.network.ops.len(), 4);
    assert_eq!(compiled.plan.steps.len(), 3);
    assert_eq!(compiled.program.calls.len(), 3);
    assert_eq!(compiled.report.flash_bytes, compiled.plan.cost.flash_bytes);
    assert_eq!(
        compiled.plan.cost.ram_bytes,
        compiled.plan.cost.ram_bound_bytes
    );
}

#[test]
fn a_network_that_changes_nothing_compiles() {
    let compiled = compiled(&bare(
        "keras",
        &[3],
        json!([{"id": "f", "type": "flatten"}]),
    ));
    assert_eq!(compiled.network.outputs[0], compiled.network.inputs[0]);
    assert!(compiled.program.calls.is_empty());
}

#[test]
fn ranges_come_from_the_inputs_that_the_file_carries() {
    // Two samples of [2, 3]; worked by hand from the trits and scales of the sample model.
    let samples = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.5, 0.0];
    let model = without_ranges().with_tensor(floats("calibration.input", &[2, 2, 3], &samples));
    let compiled = compiled(&model);
    let observed = RangeKind::Observed { samples: 2 };
    // fc1, row 0 of its kernel by scale and bias, then −row 1 + ½·row 4 = (−½, −1, 1½, 0):
    // (0.6, −0.1, −0.75, 0.7) and (−0.15, −0.35, 1.125, 0.2). Behind the relu:
    assert_eq!(ranges(&compiled)[0], (0.0, 1.125, observed));
    let (low, high, kind) = ranges(&compiled)[1];
    assert_eq!(kind, observed);
    // fc2 is latent: `optimal` keeps 0.9 and −0.7 of one channel (0.8), 0.8, 0.6, −1 of the other (0.8).
    // First (0.6, 0, 0, 0.7): (0.48, −0.56). Second (0, 0, 1.125, 0.2): (−0.9, 0.74).
    assert!(
        (low + 0.9).abs() < 1e-6 && (high - 0.74).abs() < 1e-6,
        "{low} {high}"
    );
}

#[test]
fn a_recorded_range_is_not_observed_again() {
    let model = without_ranges()
        .with("/layers/3/range", json!([-7.0, 7.0]))
        .with_tensor(floats("calibration.input", &[1, 2, 3], &[0.25; 6]));
    let (low, high, kind) = ranges(&compiled(&model))[1];
    assert_eq!(
        (low, high, kind),
        (-7.0, 7.0, RangeKind::Observed { samples: 40 })
    );
}

#[test]
fn calibration_inputs_have_the_layout_of_the_file() {
    // Two channels of two steps, the second channel a hundred times the first; normalization tells.
    let relu = json!([{"id": "r", "type": "relu"}]);
    let model = |layout, samples: &[f32]| {
        bare(layout, &[2, 2], relu.clone())
            .with("/inputs/0/std", json!([1.0, 100.0]))
            .with_tensor(floats("calibration.input", &[1, 2, 2], samples))
    };
    // keras: a0 b0 a1 b1; torch: a0 a1 b0 b1.
    let keras = compiled(&model("keras", &[0.5, 20.0, 0.7, 90.0]));
    let torch = compiled(&model("torch", &[0.5, 0.7, 20.0, 90.0]));
    assert_eq!(ranges(&keras), ranges(&torch));
    let (low, high, _) = ranges(&torch)[0];
    assert!(
        (low - 0.2).abs() < 1e-6 && (high - 0.9).abs() < 1e-6,
        "{low} {high}"
    );
}

#[test]
fn calibration_stops_at_its_budget() {
    // 1000 · 1000 multiply-accumulates: 50 samples are within the budget, 51 are not.
    let mut model = bare(
        "keras",
        &[1000],
        json!([
            {"id": "fc", "type": "dense", "tensors": {"kernel": "w"}},
        ]),
    );
    let weights: Vec<f32> = (0..1_000_000)
        .map(|at| if at % 3 == 0 { 0.5 } else { 0.0 })
        .collect();
    model.tensors = vec![floats("w", &[1000, 1000], &weights)];
    let with = |samples: usize| {
        let inputs = vec![0.001; samples * 1000];
        model
            .clone()
            .with_tensor(floats("calibration.input", &[samples, 1000], &inputs))
    };
    assert_eq!(u64::from(1_000_000_u32) * 50, limits::CALIBRATION_MACS);
    let missing = ["layer `fc`: the file records no range for this layer's output"];
    assert_eq!(refused(&with(51), &Options::default()), missing);
    let bytes = with(1).bytes();
    let file = source::read(&bytes).unwrap();
    let mut graph = float_network(&file, &Options::default()).unwrap();
    calibrate_from_file(&file, &mut graph);
    assert!(graph.value(graph.outputs[0]).range.is_some());
}

#[test]
fn calibration_inputs_that_do_not_fit_leave_the_ranges_missing() {
    let missing: Vec<String> = ["act", "fc2"]
        .map(|id| format!("layer `{id}`: the file records no range for this layer's output"))
        .into();
    for inputs in [
        floats("calibration.input", &[5], &[0.0; 5]),
        floats("calibration.input", &[0, 6], &[]),
        floats("calibration.input", &[6], &[f32::NAN; 6]),
    ] {
        let model = without_ranges().with_tensor(inputs);
        assert_eq!(refused(&model, &Options::default()), missing);
    }
}

#[test]
fn a_budget_is_held() {
    let report = compiled(&mlp()).report;
    let options = |flash_bytes, ram_bytes| Options {
        budget: Budget {
            flash_bytes,
            ram_bytes,
        },
        ..Options::default()
    };
    let exact = options(Some(report.flash_bytes), Some(report.ram_bytes));
    assert!(compile(&mlp().bytes(), &exact).is_ok());
    for over in [
        options(Some(report.flash_bytes - 1), None),
        options(None, Some(report.ram_bytes - 1)),
    ] {
        assert_eq!(refused(&mlp(), &over), [": the model exceeds its budget"]);
    }
}

#[test]
fn names_that_make_no_identifiers_are_refused() {
    let labels = mlp().with("/labels", json!(["turn left", "turn-left"]));
    assert_eq!(
        refused(&labels, &Options::default()),
        [
            "metadata field `labels`: the labels `turn left` and `turn-left` would both be `TurnLeft`"
        ]
    );
}

#[test]
fn a_file_is_loaded_or_its_near_names_are_told() {
    let folder = std::env::temp_dir().join(format!("bitneural-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("digits.safetensors"), mlp().bytes()).unwrap();
    std::fs::write(folder.join("digits.pt"), b"PK\x03\x04").unwrap();
    let load = |name: &str| load(&folder.join(name), &format!("models/{name}"));
    assert_eq!(load("digits.safetensors").unwrap(), mlp().bytes());
    let message = |name: &str| load(name).unwrap_err().to_string();
    let near = message("digit.safetensors");
    assert!(near.contains("`models/digits.safetensors`?"), "{near}");
    assert!(near.contains("--> models/digit.safetensors"), "{near}");
    assert!(message("digits.pt").contains("a PyTorch checkpoint"));
    assert!(message("").contains("cannot be read"));
    std::fs::remove_dir_all(folder).unwrap();
}
