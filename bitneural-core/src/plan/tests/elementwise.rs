//! Kernels of several inputs write over one of them where they can; equal constants are counted once.

use serde_json::{Value, json};

use crate::emit::program::{self, Value as Constant};
use crate::plan::{Kernel, Optimize, Plan, plan, verify::verify};
use crate::report::report;
use crate::tests::{bare, floats};

fn ranged(id: &str, kind: &str, inputs: &[&str]) -> Value {
    json!({"id": id, "type": kind, "inputs": inputs, "range": [-1.0, 1.0], "samples": 40})
}

fn planned(layers: Value) -> Plan {
    let plan = bare("keras", &[6, 5, 4], layers).plan(Optimize::Balanced);
    assert_eq!(verify(&plan), Ok(()));
    plan
}

/// For each step, the inputs that it writes over.
fn over(plan: &Plan) -> Vec<Vec<usize>> {
    let steps = plan.steps.iter().map(|step| {
        let inputs = step.inputs.iter().enumerate();
        let same = inputs.filter(|&(_, &input)| input == step.output);
        same.map(|(index, _)| index).collect()
    });
    steps.collect()
}

#[test]
fn a_sum_lies_where_an_operand_lay_that_nothing_needs_any_more() {
    let plan = planned(json!([
        ranged("a", "average", &["x", "x"]),
        ranged("b", "subtract", &["a", "x"]),
        ranged("c", "maximum", &["x", "b"]),
        ranged("d", "multiply", &["b", "c"]),
        {"id": "e", "type": "concat", "inputs": ["d", "d"]},
    ]));
    // `x` is read until `c`, `b` until `d`; a concat works beside its inputs.
    assert_eq!(over(&plan), [vec![], vec![0], vec![0], vec![0], vec![]]);
    let elements = |index: usize| plan.slot(plan.steps[index].output).elements;
    assert_eq!(elements(3), 120);
    assert_eq!(elements(4), 240);
}

#[test]
fn nothing_lies_where_a_repeated_operand_lay() {
    let plan = planned(json!([
        ranged("means", "global_average_pool2d", &["x"]),
        ranged("scaled", "multiply", &["means", "x"]),
    ]));
    let [_, step] = &plan.steps[..] else {
        panic!("{:?}", plan.steps)
    };
    assert_eq!(over(&plan), [vec![], vec![1]]);
    let Kernel::Multiply(multiply) = &step.kernel else {
        panic!("{:?}", step.kernel)
    };
    assert_eq!(
        (multiply.walk.run, &multiply.walk.repeated),
        (4, &vec![true, false])
    );
}

#[test]
fn an_output_is_not_written_over() {
    let mut model = bare(
        "keras",
        &[8],
        json!([
            ranged("a", "add", &["x", "x"]),
            ranged("b", "add", &["a", "a"])
        ]),
    );
    model.metadata["outputs"] = json!(["a", "b"]);
    let plan = model.plan(Optimize::Balanced);
    assert_eq!(over(&plan), [vec![0, 1], vec![]]);
}

/// Bytes of a constant as `cost.rs` counts them, records apart.
fn list_bytes(value: &Constant) -> usize {
    match value {
        Constant::Blob(bytes) | Constant::Codes(bytes) => bytes.len(),
        Constant::Table(entries) => entries.len(),
        Constant::Channels(channels) => 8 * channels.len(),
        Constant::InputChannels(channels) => 8 * channels.len(),
        Constant::Signs(signs) => signs.len(),
        Constant::Counts(counts) => 2 * counts.len(),
        Constant::FloatChannels(channels) => 8 * channels.len(),
        Constant::NormalChannels(channels) => 8 * channels.len(),
        Constant::Floats(values) => 4 * values.len(),
        Constant::Records(records) => 12 * records.len(),
        Constant::Record(_) => 0,
    }
}

/// Two layers of the same tensors between the same formats are one constant each, and the flash says so.
#[test]
fn shared_layers_are_emitted_and_counted_once() {
    let dense = |id: &str, input: &str, range: f64| {
        json!({
            "id": id, "type": "dense", "inputs": [input], "range": [-range, range], "samples": 40,
            "tensors": {"kernel": "k"},
        })
    };
    let flash = |second: f64| {
        let layers = json!([
            dense("a", "x", 1.0),
            dense("b", "x", second),
            ranged("sum", "maximum", &["a", "b"]),
        ]);
        let kernel = floats("k", &[8, 8], &[1.0, -1.0, 0.5, 0.0].repeat(16));
        let model = bare("keras", &[8], layers).with_tensor(kernel);
        let plan = plan(&model.network().unwrap(), Optimize::Balanced);
        let program = program::program(&plan, None, &report(&plan, None, None)).unwrap();
        let lists = program
            .constants
            .iter()
            .map(|constant| list_bytes(&constant.value));
        let blobs = program
            .constants
            .iter()
            .filter(|constant| matches!(constant.value, Constant::Blob(_)));
        assert_eq!(blobs.count(), 1);
        let records = program.constants.iter();
        let records = records.filter(|constant| matches!(constant.value, Constant::Record(_)));
        (plan.cost, lists.sum::<usize>(), records.count())
    };
    let (same, lists, records) = flash(1.0);
    // The records: one dense layer, the maximum, one conversion at each end.
    assert_eq!(records, 4);
    assert_eq!(same.flash_bytes, lists + 36 + 12 + 8 + 8);
    assert_eq!(same.steps[1].flash_bytes, 0);
    // Of another format: the weights are the same, the epilogue is not.
    let (other, lists, records) = flash(2.0);
    assert_eq!(records, 5);
    assert_eq!(other.flash_bytes, lists + 2 * 36 + 12 + 8 + 8);
    assert_eq!(other.steps[1].flash_bytes, 8 * 8 + 36);
}
