use proptest::prelude::*;
use serde_json::json;

use super::memory::{Content, Lifetimes, Memory};
use super::verify::verify;
use super::*;
use crate::ids::TensorId;
use crate::network::{Channel, Requant};
use crate::tests::{bare, floats, mlp};

mod elementwise;
mod images;
mod memory;

/// The plan of [`mlp`] with the tables kernel for both dense layers: with scratch.
fn tables() -> Plan {
    let mut network = mlp().network().unwrap();
    // A table in front, so that a step works in place.
    let table = Op {
        layer: network.ops[0].layer,
        inputs: network.inputs.clone(),
        output: TensorId::from(network.tensors.len()),
        kind: OpKind::Table(crate::network::Table {
            entries: Box::new([7; 256]),
        }),
    };
    network.tensors.push(network.tensors[0].clone());
    network.ops[0].inputs = vec![table.output];
    network.ops.insert(0, table);
    let mut plan = plan(&network, Optimize::Size);
    let index = plan
        .steps
        .iter()
        .position(|step| matches!(step.kernel, Kernel::Dense(_)))
        .unwrap();
    let Kernel::Dense(dense) = &mut plan.steps[index].kernel else {
        unreachable!()
    };
    dense.kernel = DenseKernel::Tables;
    let trits = match &network.ops[2].kind {
        OpKind::Dense(dense) => &dense.weights,
        other => panic!("{other:?}"),
    };
    dense.weights = encode::tables(trits, dense.inputs, dense.outputs);
    let words = dense::tables_scratch_words(dense.inputs, dense.outputs);
    plan.steps[index].scratch = Some(SlotId::from(plan.slots.len()));
    plan.slots.push(Slot {
        content: Content::Scratch,
        elements: words,
        word: plan.arena_words,
        words,
        first: index,
        last: index,
    });
    plan.arena_words += words;
    plan
}

#[test]
fn verify_finds_each_broken_invariant() {
    type Break = fn(&mut Plan);
    fn dense(plan: &mut Plan) -> &mut Dense {
        match &mut plan.steps[1].kernel {
            Kernel::Dense(dense) => dense,
            other => panic!("{other:?}"),
        }
    }
    fn slot(plan: &mut Plan, id: SlotId) -> &mut Slot {
        &mut plan.slots[id.index()]
    }
    let cases: &[(Break, &str)] = &[
        // 1
        (
            |p| p.slots[2].word = p.slots[1].word,
            "shares words with another",
        ),
        (|p| p.arena_words -= 1, "lies outside the arena"),
        // 2
        (
            |p| p.steps[1].inputs = vec![SlotId(99)],
            "step 1 touches a slot that is not alive",
        ),
        (
            |p| p.steps[1].output = SlotId(99),
            "step 1 touches a slot that is not alive",
        ),
        (
            |p| p.steps[1].scratch = Some(SlotId(99)),
            "step 1 touches a slot that is not alive",
        ),
        (
            |p| {
                let id = p.steps[2].input();
                slot(p, id).last = 1
            },
            "step 2 touches a slot that is not alive",
        ),
        (
            |p| {
                let id = p.steps[2].output;
                slot(p, id).first = 3
            },
            "step 2 touches a slot that is not alive",
        ),
        (|p| p.inputs[0].slot = SlotId(99), "an input is no slot"),
        (
            |p| p.inputs[0].slot = p.outputs[0].slot,
            "step 0 reads what no step before it wrote",
        ),
        (
            |p| p.steps[1].inputs = vec![p.steps[1].output],
            "step 1 reads what no step before it wrote",
        ),
        (
            |p| p.steps[2].output = p.steps[2].input(),
            "step 2 writes over what it reads",
        ),
        // 3
        (|p| p.slots[0].elements = 9, "slot 0 has no room"),
        (
            |p| {
                let id = p.steps[1].scratch.unwrap();
                slot(p, id).elements += 1
            },
            "has no room",
        ),
        (
            |p| {
                let id = p.steps[1].input();
                slot(p, id).elements = 5
            },
            "step 1 has slots or channels of other sizes",
        ),
        (
            |p| {
                let id = p.steps[1].output;
                slot(p, id).elements = 3
            },
            "step 1 has slots or channels of other sizes",
        ),
        (
            |p| {
                dense(p).requant.channels.pop();
            },
            "step 1 has slots or channels of other sizes",
        ),
        // 4
        (
            |p| {
                dense(p).weights.pop();
            },
            "step 1 has a blob or scratch of the wrong length",
        ),
        (
            |p| dense(p).kernel = DenseKernel::Digits,
            "step 1 has a blob or scratch of the wrong length",
        ),
        (
            |p| p.steps[1].scratch = None,
            "step 1 has a blob or scratch of the wrong length",
        ),
        // 5
        (
            |p| {
                let id = p.outputs[0].slot;
                slot(p, id).last -= 1
            },
            "an output is not there",
        ),
        (
            |p| {
                let id = p.scores.unwrap();
                slot(p, id).last -= 1
            },
            "step 3 touches",
        ),
        (|p| p.steps_to_scores = 2, "the scores are not there"),
        (
            |p| p.scores = Some(p.steps[0].input()),
            "the scores are not there",
        ),
    ];
    let valid = tables();
    assert_eq!(verify(&valid), Ok(()));
    assert_eq!(
        valid.steps[0].input(),
        valid.steps[0].output,
        "the table works in place"
    );
    for (index, (break_it, expected)) in cases.iter().enumerate() {
        let mut plan = valid.clone();
        break_it(&mut plan);
        let found = verify(&plan).expect_err("a broken invariant");
        assert!(found.contains(expected), "case {index}: {found}");
    }
}

#[test]
fn a_reshape_is_no_step_and_a_softmax_comes_after_the_scores() {
    let plan = mlp().plan(Optimize::Balanced);
    let kernels: Vec<_> = plan.steps.iter().map(|step| step.kernel.name()).collect();
    assert_eq!(
        kernels,
        ["dense::digits", "dense::digits", "softmax::softmax"]
    );
    assert_eq!(plan.steps_to_scores, 2);
    assert_eq!(plan.scores, Some(plan.steps[2].input()));
    // The flatten's codes lie where the input's lie.
    assert_eq!(plan.steps[0].input(), plan.inputs[0].slot);
    assert_eq!(plan.cost.macs, 32);
    assert_eq!(plan.cost.ram_bytes, plan.arena_words * 4);
}

#[test]
fn a_table_works_in_place_unless_its_input_is_needed_again() {
    let relu = |id: &str| json!({"id": id, "type": "relu", "range": [0, 1], "samples": 40});
    let softmax = json!({"id": "p", "type": "softmax"});
    // A flatten between them, of an image, keeps the two from becoming one.
    let flatten = json!({"id": "f", "type": "flatten"});
    let chain = bare(
        "keras",
        &[1, 5],
        json!([relu("a"), flatten, relu("b"), softmax]),
    );
    let in_place = chain.plan(Optimize::Balanced);
    assert!(
        in_place.steps[..2]
            .iter()
            .all(|step| step.input() == step.output)
    );
    // 5 codes in two words, 5 wide values in three.
    assert_eq!(in_place.arena_words, 5);
    // Somebody reads the scores before they are gone: a table must not overwrite them.
    let mut network = chain.network().unwrap();
    network.scores = Some(network.ops[0].output);
    let kept = plan(&network, Optimize::Balanced);
    verify(&kept).unwrap();
    assert_eq!(kept.steps[0].input(), kept.steps[0].output);
    assert_ne!(kept.steps[1].input(), kept.steps[1].output);
    // An op behind it reads the table's input once more.
    let mut network = chain.network().unwrap();
    network.ops[3].inputs = vec![network.inputs[0]];
    network.outputs[0] = network.ops[2].output;
    network.scores = Some(network.outputs[0]);
    let read_again = plan(&network, Optimize::Balanced);
    assert_ne!(read_again.steps[0].input(), read_again.steps[0].output);
}

#[test]
fn a_network_without_ops_has_a_plan() {
    let flatten = bare("keras", &[3], json!([{"id": "f", "type": "flatten"}]));
    let plan = flatten.plan(Optimize::Balanced);
    verify(&plan).unwrap();
    assert_eq!((plan.steps.len(), plan.arena_words), (0, 1));
    assert_eq!(plan.outputs[0].slot, plan.inputs[0].slot);
}

#[test]
fn a_plan_of_wide_layers_chooses_tables_where_they_pay() {
    let mut model = bare(
        "keras",
        &[8],
        json!([{
            "id": "fc", "type": "dense", "range": [-1, 1], "samples": 1, "tensors": {"kernel": "w"},
        }]),
    );
    let weights: Vec<f32> = (0..8 * 128).map(|at| (at % 7) as f32 - 3.0).collect();
    model.tensors = vec![floats("w", &[8, 128], &weights)];
    for (optimize, expected) in [
        (Optimize::Speed, "dense::tables"),
        (Optimize::Balanced, "dense::tables"),
        (Optimize::Size, "dense::digits"),
    ] {
        let plan = model.plan(optimize);
        verify(&plan).unwrap();
        assert_eq!(plan.steps[0].kernel.name(), expected);
        assert_eq!(plan.steps[0].scratch.is_some(), expected == "dense::tables");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn encodings_are_decoded(
        (inputs, outputs, trits) in (1..150_usize, 1..40_usize).prop_flat_map(|(inputs, outputs)| {
            (Just(inputs), Just(outputs), prop::collection::vec(-1..2_i8, inputs * outputs))
        }),
    ) {
        let digits = encode::digits(&trits, inputs, outputs);
        prop_assert_eq!(digits.len(), outputs.div_ceil(16) * inputs * 4);
        let tables = encode::tables(&trits, inputs, outputs);
        prop_assert_eq!(tables.len(), (inputs.div_ceil(4) * outputs).next_multiple_of(4));
        for output in 0..outputs {
            for input in 0..inputs {
                let trit = trits[output * inputs + input];
                prop_assert_eq!(digit_at(&digits, inputs, output, input), trit + 1);
                prop_assert_eq!(run_at(&tables, inputs, outputs, output, input), trit + 1);
            }
            // Inputs beyond the last have weight 0.
            for input in inputs..inputs.next_multiple_of(4) {
                prop_assert_eq!(run_at(&tables, inputs, outputs, output, input), 1);
            }
        }
        for output in outputs..outputs.next_multiple_of(16) {
            prop_assert_eq!(digit_at(&digits, inputs, output, inputs - 1), 1);
        }
    }
}

/// The digit of a weight in the digits encoding, by docs/encodings.md.
fn digit_at(blob: &[u8], inputs: usize, output: usize, input: usize) -> i8 {
    let (block, lane) = (output / 16, output % 16);
    let at = 4 * (block * inputs + input);
    let word = u32::from_le_bytes(blob[at..at + 4].try_into().unwrap());
    let bit = 2 * (lane / 2) + if lane % 2 == 1 { 16 } else { 0 };
    ((word >> bit) & 3) as i8
}

/// The digit of a weight in the tables encoding, by docs/encodings.md.
fn run_at(blob: &[u8], inputs: usize, outputs: usize, output: usize, input: usize) -> i8 {
    let groups = inputs.div_ceil(4);
    let (group, position) = (input / 4, input % 4);
    let block = group / 16;
    let groups_in_block = (groups - 16 * block).min(16);
    let byte = blob[16 * block * outputs + output * groups_in_block + group % 16];
    // Nine runs of ten: the run is d2 + 3·d3, the place in it d0 + 3·d1.
    let (run, place) = (byte / 10, byte % 10);
    (match position {
        0 => place % 3,
        1 => place / 3,
        2 => run % 3,
        _ => run / 3,
    }) as i8
}

#[test]
fn the_flash_of_a_step_is_its_blob_and_its_records() {
    let plan = mlp().plan(Optimize::Size);
    // fc1: one block of 16 outputs, 6 words; 4 channels of 8 bytes; a record of 36.
    assert_eq!(plan.cost.steps[0].flash_bytes, 24 + 32 + 36);
    // A softmax: its record, and the table of 256 powers that it reads.
    assert_eq!(plan.cost.steps[2].flash_bytes, 8 + 512);
    let all: usize = plan.cost.steps.iter().map(|step| step.flash_bytes).sum();
    assert_eq!(plan.cost.flash_bytes, all + 24);
}

#[test]
fn the_network_constants_come_through_unchanged() {
    let network = mlp().network().unwrap();
    let plan = plan(&network, Optimize::Speed);
    let requants: Vec<&Requant> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.kernel {
            Kernel::Dense(dense) => Some(&dense.requant),
            Kernel::Conv(_)
            | Kernel::Depthwise(_)
            | Kernel::MaxPool(_)
            | Kernel::AveragePool(_)
            | Kernel::Recurrent(_)
            | Kernel::Frame(_)
            | Kernel::LayerNorm(_)
            | Kernel::Table(_)
            | Kernel::Gate(_)
            | Kernel::Add(_)
            | Kernel::Multiply(_)
            | Kernel::Pick(_)
            | Kernel::Embedding(_)
            | Kernel::Concat(_)
            | Kernel::Line(_)
            | Kernel::Softmax(_)
            | Kernel::Custom(_)
            | Kernel::Float(_) => None,
        })
        .collect();
    let expected: Vec<&Requant> = network
        .ops
        .iter()
        .filter_map(|op| match &op.kind {
            OpKind::Dense(dense) => Some(&dense.requant),
            OpKind::Conv(_)
            | OpKind::MaxPool(_)
            | OpKind::AveragePool(_)
            | OpKind::LayerNorm(_)
            | OpKind::Recurrent(_)
            | OpKind::Table(_)
            | OpKind::Gate(_)
            | OpKind::Add(_)
            | OpKind::Multiply(_)
            | OpKind::Pick(_)
            | OpKind::Embedding(_)
            | OpKind::Concat(_)
            | OpKind::Line(_)
            | OpKind::Reshape
            | OpKind::Frame(_)
            | OpKind::Softmax(_)
            | OpKind::Custom(_)
            | OpKind::Float(_) => None,
        })
        .collect();
    assert_eq!(requants, expected);
    assert_ne!(
        expected[0].channels[0],
        Channel {
            bias: 0,
            multiplier: 0
        }
    );
}

/// The tables of the runtime are flash as others are, and a program has each once.
#[test]
fn tables_of_the_runtime_count_once() {
    let layers = json!([
        {"id": "first", "type": "softmax", "inputs": ["x"]},
        {"id": "relu", "type": "relu", "inputs": ["x"], "range": [0, 3], "samples": 40},
        {"id": "second", "type": "softmax", "inputs": ["relu"]},
    ]);
    let mut model = bare("keras", &[3], layers);
    model.metadata["outputs"] = json!(["first", "second"]);
    let plan = model.plan(Optimize::Balanced);
    let bytes: Vec<usize> = plan
        .cost
        .steps
        .iter()
        .map(|step| step.flash_bytes)
        .collect();
    assert_eq!(bytes, [8 + 512, 256 + 4, 8]);
    let report = crate::report::report(&plan, None, None);
    let program = crate::emit::program::program(&plan, None, &report).unwrap();
    assert_eq!(program.tables, [RuntimeTable::Powers]);
    let header = crate::emit::c::print(&program, &crate::emit::c::Style::new("model"));
    assert_eq!(header.matches("sizeof bn_softmax_powers").count(), 1);
    assert_eq!(header.matches("sizeof bn_gate_tangents").count(), 0);
}

#[test]
fn identical_tables_are_stored_once() {
    let tanh = |id: &str| json!({"id": id, "type": "tanh"});
    let pool = json!({"id": "pool", "type": "max_pool2d", "pool": 1});
    // Both read what a tangent wrote: the first, over the input, has another table.
    let layers = json!([tanh("a"), pool, tanh("b"), {"id": "pool2", "type": "max_pool2d", "pool": 1}, tanh("c")]);
    let model = bare("keras", &[1, 1, 3], layers);
    let plan = model.plan(Optimize::Balanced);
    let tables: Vec<usize> = plan
        .steps
        .iter()
        .zip(&plan.cost.steps)
        .filter(|(step, _)| matches!(step.kernel, Kernel::Table(_)))
        .map(|(_, cost)| cost.flash_bytes)
        .collect();
    // The third has the record of the second too.
    assert_eq!(tables, [260, 260, 0]);
    let report = crate::report::report(&plan, None, None);
    let program = crate::emit::program::program(&plan, None, &report).unwrap();
    let entries = program
        .constants
        .iter()
        .filter(|constant| matches!(constant.value, crate::emit::program::Value::Table(_)))
        .map(|constant| constant.name.as_str());
    assert_eq!(entries.collect::<Vec<_>>(), ["a_entries", "b_entries"]);
}
