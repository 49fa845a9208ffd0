//! Networks that others trained keep their accuracy in integers, and their bits everywhere.
//!
//! Needs: gcc
//! Uses: riscv32imc-unknown-none-elf, qemu-system-riscv32

use bitneural_core::reference::{float, integer};
use bitneural_data::Place;
use bitneural_targets::{RV32IMC, root};
use bitneural_tests::runners::emulated::{OptLevel, is_skipped};
use bitneural_tests::runners::plan::Host;
use bitneural_tests::runners::{header, model, network, scratch};
use bitneural_tests::trained::{self, Fidelity, Trained};

const LENET: &str = "lenet_mnist";
const KWS: &str = "kws_ds_cnn";
const VWW: &str = "vww_mobilenet";
const SWW: &str = "sww_ds_tcn";
const FSDD: &str = "fsdd_cnn";
const LSTM: &str = "motions_lstm";
const LSTM_INT8: &str = "motions_lstm_int8";
const GRU: &str = "motions_gru";
const GRU_INT8: &str = "motions_gru_int8";

/// Of the cases of keyword spotting, the first ones calibrated.
const KWS_CALIBRATION: usize = 64;

/// A model with its inputs: LeNet's are the 5,000 test images of MNIST, those of motions the same for all.
fn open(name: &str) -> Trained {
    if [LSTM_INT8, GRU, GRU_INT8].contains(&name) {
        return Trained::with_inputs(name, &Place::new(trained::cases(LSTM)), None);
    }
    if name != LENET {
        return Trained::open(name);
    }
    let mnist = |file: &str| Place::new(root().join("tests/data/mnist").join(file));
    let images = mnist("test-images-5k.idx3-ubyte.gz");
    let labels = mnist("test-labels-5k.idx1-ubyte.gz");
    Trained::with_inputs(name, &images, Some(&labels))
}

/// The index of the largest value, the first one of equal ones.
fn class(values: &[f32]) -> usize {
    let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let at = values.iter().position(|&value| value == largest);
    at.expect("numbers")
}

/// The probabilities of logits.
fn softmax(logits: &[f32]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = logits
        .iter()
        .map(|&x| f64::from(x - largest).exp())
        .collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// The logits of all inputs by the kernels on this machine; C must yield the same outputs.
fn logits(name: &str, model: &Trained) -> Vec<Vec<f32>> {
    let compiled = &model.compiled;
    let network = &compiled.network;
    let inputs: Vec<Vec<u16>> = model
        .inputs
        .iter()
        .map(|input| model.codes(input))
        .collect();
    let jobs: Vec<(usize, &[u16])> = inputs.iter().map(|input| (0, input.as_slice())).collect();
    let c = header::compile(&[&compiled.program], &scratch(name), header::C99);
    let host = Host::new(&compiled.plan);
    let each = inputs.iter().zip(c.run(&jobs)).enumerate();
    each.map(|(index, (input, outcome))| {
        let steps = host.run(input);
        let [.., before, output] = &steps[..] else {
            panic!("{name} has more than one op")
        };
        let ends_in_softmax = network.judged() != network.outputs[0];
        let scores = if ends_in_softmax { before } else { output };
        assert_eq!(&outcome.output, output, "{name}, input {index}");
        assert_eq!(
            outcome.class,
            Some(integer::class(scores)),
            "{name}, input {index}"
        );
        integer::dequantize(network, network.judged(), scores)
    })
    .collect()
}

#[test]
fn float_networks_are_those_of_the_frameworks() {
    let names = [FSDD, KWS, LENET, GRU, GRU_INT8, LSTM, LSTM_INT8, SWW, VWW];
    assert_eq!(trained::names(), names);
    for name in names {
        let model = open(name);
        // The logits are those of the float reference on the weights as they were trained.
        for (logits, expected) in model.logits.iter().zip(&model.outputs) {
            let found = match name {
                FSDD | GRU | GRU_INT8 => logits.iter().map(|&logit| logit.into()).collect(),
                _ => softmax(logits),
            };
            for (found, &expected) in found.iter().zip(expected) {
                let expected = f64::from(expected);
                assert!(
                    (found - expected).abs() < 1e-5 * expected.abs().max(1.0),
                    "{name}: {logits:?}"
                );
            }
        }
        // Trits are exact; codes of 8 bits and their ranges cost what they cost, and little.
        let mut fidelity = Fidelity::default();
        for (input, expected) in model.inputs.iter().zip(&model.logits).take(2) {
            let values = float::run(&model.compiled.graph, input);
            fidelity.add(expected, &values[model.compiled.network.judged().index()]);
        }
        println!(
            "{name}: float network with quantized weights {:.1} dB",
            fidelity.sqnr_db()
        );
        assert!(fidelity.sqnr_db() > 30.0, "{name}: {fidelity:?}");
    }
}

#[test]
fn keyword_spotting_keeps_its_accuracy() {
    let model = open(KWS);
    let found = logits(KWS, &model);
    let mut fidelity = Fidelity::default();
    let (mut float_right, mut integer_right, mut judged) = (0, 0, 0);
    for (index, found) in found.iter().enumerate().skip(KWS_CALIBRATION) {
        fidelity.add(&model.logits[index], found);
        let label = model.label(index);
        float_right += u32::from(class(&model.logits[index]) == label);
        integer_right += u32::from(class(found) == label);
        judged += 1;
    }
    let percent = |right: u32| 100.0 * f64::from(right) / f64::from(judged);
    let (float, integer) = (percent(float_right), percent(integer_right));
    println!(
        "{KWS}: {judged} judged, float {float:.2} %, integer {integer:.2} %, {:.1} dB",
        fidelity.sqnr_db()
    );
    assert_eq!(judged, 434);
    assert!(float > 90.0 && integer >= float - 0.5);
    assert!(fidelity.sqnr_db() >= 24.0);
}

/// How many of all inputs the float and the integer network judge as the label says, and how near the logits are.
fn judged(name: &str) -> (u32, u32, Fidelity) {
    judged_as(name, &open(name))
}

/// The same of a model that may have been changed.
fn judged_as(name: &str, model: &Trained) -> (u32, u32, Fidelity) {
    let (mut float_right, mut integer_right) = (0, 0);
    let mut fidelity = Fidelity::default();
    for (index, found) in logits(name, model).iter().enumerate() {
        let (float, label) = (&model.logits[index], model.label(index));
        fidelity.add(float, found);
        float_right += u32::from(class(float) == label);
        integer_right += u32::from(class(found) == label);
    }
    println!(
        "{name}: {} inputs, float {float_right} right, integer {integer_right} right, {:.1} dB",
        model.inputs.samples(),
        fidelity.sqnr_db()
    );
    (float_right, integer_right, fidelity)
}

#[test]
fn a_wake_word_along_time_keeps_its_accuracy() {
    let (float, integer, fidelity) = judged(SWW);
    // Of 45: one fewer would be two percent.
    assert_eq!(float, 41);
    assert!(integer >= float);
    assert!(fidelity.sqnr_db() >= 36.0);
}

#[test]
fn spoken_digits_keep_their_accuracy() {
    let (float, integer, fidelity) = judged(FSDD);
    // Of 180: one fewer would be 0.56 percent.
    assert_eq!(float, 180);
    assert!(integer >= float);
    assert!(fidelity.sqnr_db() >= 33.0);
}

/// What the integers alone cost, for the float network has the same quantized weights: of all inputs, and of all but
/// the one that loses most.
fn of_arithmetic(model: &Trained) -> [Fidelity; 2] {
    let network = &model.compiled.network;
    let judged = network.judged();
    let pairs = model.inputs.iter().map(|input| {
        let expected = float::run(&model.compiled.graph, input).swap_remove(judged.index());
        let codes = integer::quantize_input(network, input);
        let found = integer::run(network, &codes).swap_remove(judged.index());
        (expected, integer::dequantize(network, judged, &found))
    });
    let pairs: Vec<(Vec<f32>, Vec<f32>)> = pairs.collect();
    let without = |left_out: Option<usize>| {
        let mut fidelity = Fidelity::default();
        let kept = pairs.iter().enumerate();
        for (_, (expected, found)) in kept.filter(|(index, _)| Some(*index) != left_out) {
            fidelity.add(expected, found);
        }
        fidelity
    };
    let others = (0..pairs.len()).map(|index| without(Some(index)));
    let others = others.max_by(|a, b| a.sqnr_db().total_cmp(&b.sqnr_db()));
    [without(None), others.expect("inputs")]
}

#[test]
fn motions_keep_their_accuracy() {
    // Right in float; with inputs of 8 and of 16 bits the decibels of the network as it was trained, of its quantized
    // weights alone, and of these without one window. It lies between two classes: a gate that closes a step later
    // decides, and the 8 bits in which matrices see a state move it.
    let expected = [
        (LSTM, 40, [[41.0, 41.0, 43.0], [54.0, 55.0, 55.0]]),
        (LSTM_INT8, 39, [[26.5, 28.5, 43.0], [35.5, 44.0, 54.0]]),
        (GRU, 39, [[35.5, 35.5, 42.0], [54.0, 57.0, 57.0]]),
        (GRU_INT8, 37, [[36.0, 36.0, 37.5], [44.0, 47.0, 50.0]]),
    ];
    let mut problems = Vec::new();
    for (name, right, decibels) in expected {
        for (bits, least) in [8, 16].into_iter().zip(decibels) {
            let model = open(name).with_bits(name, bits);
            let name = format!("{name}_{bits}");
            let (float, integer, fidelity) = judged_as(&name, &model);
            let [arithmetic, others] = of_arithmetic(&model);
            let found = [fidelity, arithmetic, others].map(Fidelity::sqnr_db);
            println!("{name}: {found:.1?} dB");
            assert_eq!((model.inputs.samples(), float), (40, right), "{name}");
            // One of 40 may be judged otherwise.
            let is_near = found
                .iter()
                .zip(least)
                .all(|(&found, least)| found >= least);
            if integer + 1 < float || !is_near {
                problems.push(format!("{name}: {integer} right, {found:.1?} dB"));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn visual_wake_words_keep_their_logits() {
    let model = open(VWW);
    assert_eq!(model.inputs.samples(), 4);
    for (index, found) in logits(VWW, &model).iter().enumerate() {
        let mut fidelity = Fidelity::default();
        fidelity.add(&model.logits[index], found);
        println!(
            "{VWW}: image {index} {:.1} dB, {found:?} for {:?}",
            fidelity.sqnr_db(),
            model.logits[index]
        );
        assert!(fidelity.sqnr_db() >= 22.0, "image {index}");
        assert_eq!(class(found), model.label(index), "image {index}");
    }
}

#[test]
fn lenet_keeps_its_accuracy() {
    let model = open(LENET);
    let mut fidelity = Fidelity::default();
    let mut right = 0;
    for (index, found) in logits(LENET, &model).iter().enumerate() {
        right += u32::from(class(found) == model.label(index));
        if let Some(logits) = model.logits.get(index) {
            fidelity.add(logits, found);
        }
    }
    let percent = 100.0 * f64::from(right) / 5000.0;
    println!(
        "{LENET}: {percent:.2} % of 5000, {:.1} dB",
        fidelity.sqnr_db()
    );
    assert_eq!(model.inputs.samples(), 5000);
    // 98.16 % as it was trained.
    assert!((percent - 98.16).abs() <= 0.5);
    assert!(fidelity.sqnr_db() >= 40.0);
}

#[test]
fn kernels_and_c_agree_with_the_reference() {
    // How many inputs of each: the reference takes its time.
    let models =
        [(LENET, 6), (KWS, 3), (VWW, 4), (SWW, 4), (FSDD, 4)].map(|(name, count)| (name, 8, count));
    let motions = [LSTM, LSTM_INT8, GRU, GRU_INT8];
    let motions = motions
        .into_iter()
        .flat_map(|name| [(name, 8, 4), (name, 16, 4)]);
    for (name, bits, count) in models.into_iter().chain(motions) {
        let model = open(name).with_bits(name, bits);
        let compiled = &model.compiled;
        let inputs: Vec<Vec<u16>> = model
            .inputs
            .iter()
            .take(count)
            .map(|input| model.codes(input))
            .collect();
        let host = Host::new(&compiled.plan);
        let jobs: Vec<(usize, &[u16])> = inputs.iter().map(|input| (0, input.as_slice())).collect();
        let folder = scratch(&format!("{name}-{bits}-sanitized"));
        let sanitized = header::compile(&[&compiled.program], &folder, header::SANITIZED);
        let outcomes = sanitized.run(&jobs);
        for (index, input) in inputs.iter().enumerate() {
            let expected = network::run(compiled, input);
            let difference = network::first_difference(&expected, &host.run(input));
            assert_eq!(difference, None, "{name}, input {index}");
            let outcome = network::outcome(compiled, input);
            assert_eq!(outcomes[index], outcome, "{name}, input {index}");
        }
    }
}

#[test]
fn keyword_spotting_agrees_on_an_emulated_chip() {
    if is_skipped() {
        return;
    }
    let model = open(KWS);
    let compiled = &model.compiled;
    let inputs: Vec<Vec<i32>> = model
        .inputs
        .iter()
        .take(3)
        .map(|input| integer::quantize_input(&compiled.network, input))
        .collect();
    let program = model::emulate(RV32IMC, compiled, OptLevel::Three)
        .unwrap_or_else(|error| panic!("{error}"));
    let found = program
        .run(&inputs)
        .unwrap_or_else(|error| panic!("{error}"));
    for (input, answer) in inputs.iter().zip(&found.answers) {
        let tensors = integer::run(&compiled.network, input);
        assert_eq!(answer.output, tensors[compiled.network.outputs[0].index()]);
        let class = integer::classify(&compiled.network, &tensors);
        assert_eq!(usize::try_from(answer.class), Ok(class));
        assert!(answer.stack_bytes <= found.stack_bound_bytes);
        println!(
            "{KWS}: {} instructions, {} bytes of stack",
            answer.instructions, answer.stack_bytes
        );
    }
}
