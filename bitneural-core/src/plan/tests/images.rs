//! Convolutions and pools.

use super::*;
use crate::tests::images;

fn conv(plan: &mut Plan) -> &mut Conv {
    match &mut plan.steps[0].kernel {
        Kernel::Conv(conv) => conv,
        other => panic!("{other:?}"),
    }
}

fn max(plan: &mut Plan) -> &mut crate::network::MaxPool {
    match &mut plan.steps[1].kernel {
        Kernel::MaxPool(pool) => pool,
        other => panic!("{other:?}"),
    }
}

fn depthwise(plan: &mut Plan) -> &mut Depthwise {
    match &mut plan.steps[2].kernel {
        Kernel::Depthwise(depthwise) => depthwise,
        other => panic!("{other:?}"),
    }
}

fn average(plan: &mut Plan) -> &mut AveragePool {
    match &mut plan.steps[3].kernel {
        Kernel::AveragePool(pool) => pool,
        other => panic!("{other:?}"),
    }
}

#[test]
fn verify_finds_each_broken_invariant_of_an_image() {
    type Break = fn(&mut Plan);
    let sizes = |step: usize| format!("step {step} has slots or channels of other sizes");
    let blob = |step: usize| format!("step {step} has a blob or scratch of the wrong length");
    let record = |step: usize| format!("step {step} has a record that does not hold 65536");
    let cases: &[(Break, String)] = &[
        // 3
        (|p| conv(p).window.input = [6, 6], sizes(0)),
        (|p| conv(p).window.output = [2, 3], sizes(0)),
        (|p| conv(p).groups = 1, sizes(0)),
        (
            |p| {
                conv(p).dense.requant.channels.pop();
            },
            sizes(0),
        ),
        (|p| max(p).channels = 3, sizes(1)),
        (|p| max(p).window.output = [2, 1], sizes(1)),
        (|p| depthwise(p).multiplier = 2, sizes(2)),
        (|p| depthwise(p).window.output = [2, 1], sizes(2)),
        (
            |p| {
                depthwise(p).requant.channels.pop();
            },
            sizes(2),
        ),
        (|p| average(p).window.output = [2, 1], sizes(3)),
        (
            |p| {
                average(p).counts.pop();
            },
            sizes(3),
        ),
        // 4
        (
            |p| {
                conv(p).dense.weights.pop();
            },
            blob(0),
        ),
        (|p| p.steps[0].scratch = None, blob(0)),
        (|p| conv(p).dense.kernel = DenseKernel::Tables, blob(0)),
        (
            |p| {
                depthwise(p).weights.pop();
            },
            blob(2),
        ),
        (|p| p.steps[2].scratch = None, blob(2)),
        (|p| depthwise(p).window.kernel = [3, 2], blob(2)),
        // 6
        (|p| conv(p).window.stride[1] = 65_536, record(0)),
        (|p| max(p).window.kernel[0] = 65_536, record(1)),
        (|p| depthwise(p).window.before[1] = 65_536, record(2)),
        (
            |p| *average(p).counts.last_mut().unwrap() = 65_536,
            record(3),
        ),
    ];
    let valid = images().plan(Optimize::Balanced);
    assert_eq!(verify(&valid), Ok(()));
    for (index, (break_it, expected)) in cases.iter().enumerate() {
        let mut plan = valid.clone();
        break_it(&mut plan);
        let found = verify(&plan).expect_err("a broken invariant");
        assert!(found.contains(expected), "case {index}: {found}");
    }
}

/// A convolution of one tap, of four channels to four.
fn point(groups: usize, padding: usize) -> Plan {
    let layer = json!({
        "id": "c", "type": "conv2d", "kernel": 1, "groups": groups, "padding": padding,
        "range": [-1, 1], "samples": 1, "tensors": {"kernel": "w"},
    });
    let mut model = bare("keras", &[2, 2, 4], json!([layer]));
    let seen = 4 / groups;
    model.tensors = vec![floats("w", &[1, 1, seen, 4], &vec![1.0; seen * 4])];
    model.plan(Optimize::Balanced)
}

#[test]
fn the_patch_of_a_convolution_is_its_working_memory() {
    let mut plan = images().plan(Optimize::Balanced);
    let words = |plan: &Plan, step: usize| plan.slot(plan.steps[step].scratch.unwrap()).words;
    // One group sees 9 taps of two channels; the depthwise one 4 taps of 4 channels.
    assert_eq!((words(&plan, 0), words(&plan, 2)), (5, 4));
    assert_eq!(conv(&mut plan).dense.weights.len(), 2 * 18 * 4);
    assert_eq!(depthwise(&mut plan).weights.len(), 4 * 4);
    let point = |groups: usize, padding: usize| {
        let plan = point(groups, padding);
        verify(&plan).unwrap();
        plan.steps[0].scratch.map_or(0, |id| plan.slot(id).words)
    };
    // One tap without padding reads the input in place, whatever the groups: four groups are depthwise.
    assert_eq!((point(1, 0), point(2, 0), point(4, 0)), (0, 0, 0));
    assert_eq!((point(1, 1), point(2, 1), point(4, 1)), (1, 1, 1));
}

#[test]
fn verify_finds_scratch_that_a_kernel_does_not_read() {
    for groups in [1, 2, 4] {
        let mut plan = point(groups, 0);
        assert_eq!(verify(&plan), Ok(()));
        plan.steps[0].scratch = Some(SlotId::from(plan.slots.len()));
        plan.slots.push(Slot {
            content: Content::Scratch,
            elements: 1,
            word: plan.arena_words,
            words: 1,
            first: 0,
            last: 0,
        });
        plan.arena_words += 1;
        let found = verify(&plan).expect_err("scratch that nobody reads");
        assert!(found.contains("scratch of the wrong length"), "{found}");
    }
}

/// The kernel for a convolution of 5 × 5 taps.
fn kernel_of(weights: &str, channels: usize, outputs: usize, optimize: Optimize) -> &'static str {
    let layer = json!({
        "id": "c", "type": "conv2d", "kernel": 5, "groups": channels, "weights": weights,
        "range": [-1, 1], "samples": 1, "tensors": {"kernel": "w"},
    });
    let mut model = bare("keras", &[8, 8, channels], json!([layer]));
    model.tensors = vec![floats("w", &[5, 5, 1, outputs], &vec![1.0; 25 * outputs])];
    let plan = model.plan(optimize);
    verify(&plan).unwrap();
    plan.steps[0].kernel.name()
}

#[test]
fn many_outputs_of_one_channel_are_no_depthwise_convolution() {
    let both = |outputs| {
        let kernel = |weights| kernel_of(weights, 1, outputs, Optimize::Balanced);
        (kernel("int8"), kernel("ternary"))
    };
    assert_eq!(both(1), ("depthwise::int8", "depthwise::digits"));
    assert_eq!(both(2), ("conv::int8", "depthwise::digits"));
    assert_eq!(both(5), ("conv::int8", "depthwise::digits"));
    assert_eq!(both(6), ("conv::int8", "conv::digits"));
    let of_two_channels = kernel_of("int8", 2, 16, Optimize::Speed);
    assert_eq!(of_two_channels, "depthwise::int8");
    // Two words of 16 taps for each output, or 25 for each 16 outputs; bytes are never fewer in fours.
    let small = |weights, outputs| kernel_of(weights, 1, outputs, Optimize::Size);
    assert_eq!(small("ternary", 12), "depthwise::digits");
    assert_eq!(small("ternary", 13), "conv::digits");
    assert_eq!(small("int8", 16), "depthwise::int8");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn encodings_of_images_are_decoded(
        (taps, outputs, weights) in (1..40_usize, 1..12_usize).prop_flat_map(|(taps, outputs)| {
            (Just(taps), Just(outputs), prop::collection::vec(-127..=127_i8, taps * outputs))
        }),
    ) {
        let int8 = encode::int8(&weights, taps, outputs);
        prop_assert_eq!(int8.len(), outputs.div_ceil(4) * taps * 4);
        let bytes = encode::depthwise_int8(&weights);
        prop_assert_eq!(bytes.len(), weights.len().next_multiple_of(4));
        let trits: Vec<i8> = weights.iter().map(|weight| weight.signum()).collect();
        let digits = encode::depthwise_digits(&trits, taps);
        prop_assert_eq!(digits.len(), outputs * taps.div_ceil(16) * 4);
        let digit = |output: usize, tap: usize| {
            let at = 4 * (output * taps.div_ceil(16) + tap / 16);
            let word = u32::from_le_bytes(digits[at..at + 4].try_into().unwrap());
            ((word >> (2 * (tap % 16))) & 3) as i8
        };
        for output in 0..outputs {
            for tap in 0..taps {
                let weight = weights[output * taps + tap];
                let at = 4 * (output / 4 * taps + tap) + output % 4;
                prop_assert_eq!(int8[at] as i8, weight);
                prop_assert_eq!(bytes[output * taps + tap] as i8, weight);
                prop_assert_eq!(digit(output, tap), weight.signum() + 1);
            }
            for tap in taps..taps.next_multiple_of(16) {
                prop_assert_eq!(digit(output, tap), 1);
            }
        }
        for output in outputs..outputs.next_multiple_of(4) {
            prop_assert_eq!(int8[4 * (output / 4 * taps) + output % 4], 0);
        }
    }
}
