use super::verify::verify;
use super::*;
use crate::tests::mlp;

mod images;

fn dense(network: &mut Network) -> &mut Dense {
    match &mut network.ops[1].kind {
        OpKind::Dense(dense) => dense,
        other => panic!("{other:?}"),
    }
}

fn softmax(network: &mut Network) -> &mut Softmax {
    match &mut network.ops[3].kind {
        OpKind::Softmax(softmax) => softmax,
        other => panic!("{other:?}"),
    }
}

/// The last op becomes a table, and the op before it writes codes.
fn with_table(network: &mut Network) -> &mut [Tensor] {
    network.ops[3].kind = OpKind::Table(Table {
        entries: Box::new([0; 256]),
    });
    let (input, output) = (network.ops[3].input(), network.ops[3].output);
    for id in [input, output] {
        network.tensors[id.index()].element = Element::U8;
    }
    if let OpKind::Dense(dense) = &mut network.ops[2].kind {
        (dense.requant.low, dense.requant.high) = (0, 255);
    }
    &mut network.tensors
}

/// The last op becomes a gate; gives what it reads, or what it yields.
fn with_gate(network: &mut Network, yields: bool) -> &mut Tensor {
    network.ops[3].kind = OpKind::Gate(Gate::Sigmoid);
    let (input, output) = (network.ops[3].input(), network.ops[3].output);
    network.tensors[input.index()].scale = 1.0 / 4096.0;
    network.tensors[output.index()].scale = 1.0 / 32768.0;
    let id = if yields { output } else { input };
    &mut network.tensors[id.index()]
}

#[test]
fn verify_finds_what_is_wrong_with_gates_and_thresholds() {
    let broken = |change: fn(&mut Network)| {
        let mut network = mlp().network().unwrap();
        change(&mut network);
        verify(&network).unwrap_err()
    };
    let mut network = mlp().network().unwrap();
    with_gate(&mut network, true);
    verify(&network).unwrap();
    for change in [
        (|n| with_gate(n, false).scale *= 2.0) as fn(&mut Network),
        |n| with_gate(n, true).scale *= 2.0,
        |n| with_gate(n, true).element = Element::U8,
    ] {
        assert_eq!(
            broken(change),
            "op 3: a gate between tensors of other units"
        );
    }
    let resized = broken(|n| with_gate(n, true).elements = 1);
    assert_eq!(resized, "op 3: a gate changes the size");
    // Two scores, of which none decides alone.
    let undecided = broken(|n| n.threshold = Some(0));
    assert_eq!(undecided, "a threshold that is not the zero of one score");
}

#[test]
fn verify_finds_each_broken_invariant() {
    type Break = fn(&mut Network);
    let cases: &[(Break, &str)] = &[
        // 1
        (
            |n| n.ops.swap(0, 1),
            "op 0: reads a tensor that nothing yields",
        ),
        (|n| n.inputs[0] = TensorId(99), "an input is no tensor"),
        (
            |n| n.ops[2].output = n.ops[1].output,
            "op 2: yields no tensor, or one that exists",
        ),
        (
            |n| n.ops[3].output = TensorId(99),
            "op 3: yields no tensor, or one that exists",
        ),
        (
            |n| n.outputs[0] = TensorId(99),
            "nothing yields an output or the scores",
        ),
        (
            |n| n.scores = Some(TensorId(99)),
            "nothing yields an output or the scores",
        ),
        // 2
        (|n| n.tensors[3].scale = 0.0, "tensor 3: no valid scale"),
        (
            |n| n.tensors[3].scale = f64::INFINITY,
            "tensor 3: no valid scale",
        ),
        (
            |n| n.tensors[3].zero_point = 256,
            "tensor 3: no valid scale",
        ),
        (|n| n.tensors[4].zero_point = 1, "tensor 4: no valid scale"),
        // 3
        (|n| dense(n).inputs = 5, "op 1: a dense op between tensors"),
        (
            |n| {
                dense(n).weights.pop();
            },
            "op 1: an op with weights or channels",
        ),
        (
            |n| {
                dense(n).requant.channels.pop();
            },
            "op 1: an op with weights or channels",
        ),
        (
            |n| dense(n).weights[0] = 2,
            "op 1: channel 0 has weights out of their range",
        ),
        (
            |n| {
                n.tensors[0].element = Element::I16;
                n.tensors[1].element = Element::I16;
            },
            "op 1: an op with weights reads codes",
        ),
        (
            |n| dense(n).requant.pre_shift = 17,
            "op 1: a requantization out of R7",
        ),
        (
            |n| dense(n).requant.shift = 32,
            "op 1: a requantization out of R7",
        ),
        (
            |n| dense(n).requant.low = -1,
            "op 1: a requantization out of R7",
        ),
        (
            |n| dense(n).requant.high = 256,
            "op 1: a requantization out of R7",
        ),
        (
            |n| (dense(n).requant.low, dense(n).requant.high) = (9, 8),
            "op 1: a requantization out of R7",
        ),
        (
            |n| dense(n).requant.channels[2].multiplier = 0,
            "op 1: channel 2 breaks the obligation",
        ),
        (
            |n| dense(n).requant.channels[2].bias = i32::MAX,
            "op 1: channel 2 breaks the obligation",
        ),
        (
            |n| dense(n).requant.channels[2].bias = i32::MIN,
            "op 1: channel 2 breaks the obligation",
        ),
        // 4
        (
            |n| n.tensors[1].elements = 5,
            "op 0: a reshape changes more",
        ),
        (
            |n| n.tensors[1].scale *= 2.0,
            "op 0: a reshape changes more",
        ),
        (
            |n| n.tensors[1].zero_point += 1,
            "op 0: a reshape changes more",
        ),
        (
            |n| with_table(n)[5].element = Element::I16,
            "op 3: a table between tensors that are no codes",
        ),
        (
            |n| with_table(n)[5].elements = 3,
            "op 3: a table changes the size",
        ),
        // 5
        (
            |n| n.tensors[5].elements = 3,
            "op 3: a softmax changes the size",
        ),
        (
            |n| softmax(n).shift = 25,
            "op 3: the constants of a softmax break R20",
        ),
        (
            |n| softmax(n).guard = 9,
            "op 3: the constants of a softmax break R20",
        ),
        (
            |n| softmax(n).multiplier *= 2,
            "op 3: the constants of a softmax break R20",
        ),
        // 6
        (
            |n| n.quantize_inputs[0][0].offset = 1 << 30,
            "constants of an input break R4",
        ),
        (
            |n| n.quantize_inputs[0][0].factor = f32::INFINITY,
            "constants of an input break R4",
        ),
        (
            |n| n.quantize_inputs[0] = vec![n.quantize_inputs[0][0]; 2],
            "another number of input channels",
        ),
    ];
    let valid = mlp().network().unwrap();
    assert_eq!(verify(&valid), Ok(()));
    for (index, (break_it, expected)) in cases.iter().enumerate() {
        let mut network = valid.clone();
        break_it(&mut network);
        let found = verify(&network).expect_err("a broken invariant");
        assert!(found.contains(expected), "case {index}: {found}");
    }
    let mut table = valid;
    with_table(&mut table);
    assert_eq!(verify(&table), Ok(()));
}
