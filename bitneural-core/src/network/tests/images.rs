//! Convolutions and pools.

use super::*;
use crate::tests::images;

fn conv(network: &mut Network, op: usize) -> &mut Conv {
    match &mut network.ops[op].kind {
        OpKind::Conv(conv) => conv,
        other => panic!("{other:?}"),
    }
}

fn max(network: &mut Network) -> &mut MaxPool {
    match &mut network.ops[1].kind {
        OpKind::MaxPool(pool) => pool,
        other => panic!("{other:?}"),
    }
}

fn average(network: &mut Network) -> &mut AveragePool {
    match &mut network.ops[3].kind {
        OpKind::AveragePool(pool) => pool,
        other => panic!("{other:?}"),
    }
}

/// The second requantization of the first op.
fn leaky(network: &mut Network) -> &mut Leaky {
    conv(network, 0).requant.leaky.as_mut().unwrap()
}

/// The tensor that an op yields.
fn output(network: &mut Network, op: usize) -> &mut Tensor {
    let id = network.ops[op].output;
    &mut network.tensors[id.index()]
}

#[test]
fn layers_of_images_become_ops() {
    let mut network = images().network().unwrap();
    // The norm and its activation are in the first convolution.
    assert_eq!(network.ops.len(), 6);
    let first = conv(&mut network, 0).clone();
    assert_eq!((first.groups, first.taps(), first.outputs), (2, 18, 4));
    assert_eq!(first.macs(), 3 * 3 * 4 * 18);
    assert_eq!(conv(&mut network, 2).groups, 4);
    // A window of 2×2 on an image of 2×2 with a row and a column of padding behind it.
    assert_eq!(average(&mut network).counts, [1, 2, 4]);
    assert!(matches!(network.ops[4].kind, OpKind::MaxPool(_)));
}

#[test]
fn verify_finds_each_broken_invariant_of_an_image() {
    type Break = fn(&mut Network);
    let cases: &[(Break, &str)] = &[
        // 3, convolutions
        (|n| conv(n, 0).groups = 0, "op 0: a convolution with groups"),
        (|n| conv(n, 0).groups = 3, "op 0: a convolution with groups"),
        (
            |n| conv(n, 0).outputs = 5,
            "op 0: a convolution with groups",
        ),
        (
            |n| conv(n, 0).window.input = [6, 6],
            "op 0: a window between tensors",
        ),
        (
            |n| conv(n, 0).window.output = [3, 4],
            "op 0: a window between tensors",
        ),
        (
            |n| output(n, 0).element = Element::I16,
            "op 0: a second requantization out of R11",
        ),
        (
            |n| {
                conv(n, 0).requant.channels.pop();
            },
            "op 0: a convolution with constants for other channels",
        ),
        (
            |n| {
                conv(n, 0).weights.pop();
            },
            "op 0: an op with weights or channels",
        ),
        (
            |n| conv(n, 0).window.kernel = [3, 2],
            "op 0: an op with weights or channels",
        ),
        (
            |n| conv(n, 0).weights[18] = 2,
            "op 0: channel 1 has weights out of their range",
        ),
        (
            |n| conv(n, 2).weights[5] = -128,
            "op 2: channel 1 has weights out of their range",
        ),
        (
            |n| {
                let id = n.inputs[0];
                n.tensors[id.index()].element = Element::I16
            },
            "op 0: an op with weights reads codes",
        ),
        // 3, slopes
        (
            |n| {
                leaky(n).channels.pop();
            },
            "op 0: an op with weights or channels",
        ),
        (|n| leaky(n).shift = 32, "op 0: a second requantization out"),
        (|n| leaky(n).zero += 1, "op 0: a second requantization out"),
        (
            |n| leaky(n).channels[1].multiplier = 0,
            "op 0: channel 1 breaks the obligation",
        ),
        (
            |n| leaky(n).channels[3].bias = i32::MAX,
            "op 0: channel 3 breaks the obligation",
        ),
        // 3, pools
        (|n| max(n).channels = 3, "op 1: a window between tensors"),
        (
            |n| output(n, 1).scale *= 2.0,
            "op 1: a max pool changes the format",
        ),
        (
            |n| max(n).window.before = [2, 0],
            "op 1: a max pool with a window that sees only padding",
        ),
        (
            |n| max(n).window.stride = [1, 3],
            "op 1: a max pool with a window that sees only padding",
        ),
        (
            |n| average(n).window.input = [2, 3],
            "op 3: a window between tensors",
        ),
        (
            |n| {
                average(n).counts.pop();
            },
            "op 3: an average pool with constants for other counts",
        ),
        (
            |n| average(n).counts[0] = 0,
            "op 3: an average pool with slopes, or over nothing",
        ),
        (
            |n| {
                average(n).requant.leaky = Some(Leaky {
                    shift: 0,
                    zero: 0,
                    channels: Vec::new(),
                })
            },
            "op 3: an average pool with slopes, or over nothing",
        ),
        (
            |n| average(n).requant.high = 256,
            "op 3: a requantization out of R7",
        ),
        (
            |n| average(n).requant.channels[2].bias = i32::MAX,
            "op 3: channel 2 breaks the obligation",
        ),
    ];
    let valid = images().network().unwrap();
    assert_eq!(verify(&valid), Ok(()));
    for (index, (break_it, expected)) in cases.iter().enumerate() {
        let mut network = valid.clone();
        break_it(&mut network);
        let found = verify(&network).expect_err("a broken invariant");
        assert!(found.contains(expected), "case {index}: {found}");
    }
}
