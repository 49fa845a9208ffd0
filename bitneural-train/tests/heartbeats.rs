//! Convolutions and pools along time on real heartbeats, and the model file that ships.

use bitneural_core::{Options, calibrate, compile};
use bitneural_train::{
    Architecture, AugmentSequence, Comparison, Conv1d, Dataset, Dense, Deployed, Fit, Input,
    Network, Weights,
};

const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/data/ecg5000/ECG5000_train500.safetensors"
);
const SHIPPED: &[u8] = include_bytes!("../../tests/data/models/heartbeats.safetensors");

/// `train` has 402 beats, `test` 98.
fn beats(part: &str) -> Dataset {
    let tensor = |name: &str| format!("{DATA}:{part}.{name}");
    Dataset::read(tensor("input"), tensor("label"), 140, 5)
        .expect("the file is part of the repository")
}

fn input() -> Input {
    Input::new("beat", [140, 1]).declared(-6.0, 4.5)
}

fn small(weights: Weights) -> Architecture {
    Architecture::new("small", input())
        .weights(weights)
        .conv1d(Conv1d::new("conv1", 4, 7).stride(2).same().int8())
        .max_pool1d(2)
        .conv1d(Conv1d::new("conv2", 8, 5).stride(2).batch_norm().relu())
        .flatten()
        .dense(Dense::new("scores", 5).learned_scale())
}

/// Everything that goes along time: padding in front, dilation, means before the first weights, of windows and of all.
fn varied() -> Architecture {
    Architecture::new("varied", input())
        .average_pool1d(3)
        .conv1d(
            Conv1d::new("past", 6, 3)
                .causal()
                .dilation(4)
                .int8()
                .batch_norm()
                .relu(),
        )
        .max_pool1d(2)
        .conv1d(
            Conv1d::new("wide", 8, 3)
                .same()
                .dilation(2)
                .stride(2)
                .batch_norm(),
        )
        .average_pool1d(2)
        .conv1d(Conv1d::new("last", 8, 2).batch_norm().relu())
        .global_average_pool1d()
        .dense(Dense::new("scores", 5).learned_scale())
        .softmax()
}

fn fitted(architecture: Architecture, epochs: usize, seed: u64) -> Network {
    let mut network = Network::new(architecture, seed).expect("it fits together");
    let history = Fit::new()
        .epochs(epochs)
        .seed(seed)
        .augment_sequence(AugmentSequence::new().roll(4).gain(0.1).noise(0.05))
        .run(&mut network, &beats("train"))
        .expect("a fit");
    assert!(
        epochs == 1 || history[epochs - 1].loss < history[0].loss,
        "{history:?}"
    );
    network
}

#[test]
fn the_file_holds_what_it_is_said_to() {
    for (part, expected) in [("train", [234, 142, 8, 16, 2]), ("test", [58, 35, 2, 3, 0])] {
        let data = beats(part);
        let mut counts = [0; 5];
        data.labels().iter().for_each(|label| counts[*label] += 1);
        assert_eq!(counts, expected, "{part}");
        let mut values = data.inputs().iter();
        assert!(values.all(|value| (-6.0..=4.5).contains(value)));
    }
}

#[test]
fn small_networks_learn_with_float_and_with_ternary_weights() {
    let test = beats("test");
    let architecture = small(Weights::Ternary);
    // 28 in eight bits; 160 and 17·8·5 trits.
    assert_eq!(architecture.weight_bytes(), 28 + (160 + 640) / 4);
    for weights in [Weights::Float, Weights::Ternary] {
        let network = fitted(small(weights), 20, 1);
        let accuracy = test
            .accuracy(&network.classify(&test).expect("140 values"))
            .expect("98 classes");
        println!("{weights:?}: {accuracy}");
        assert!(accuracy > 0.91, "{weights:?}: {accuracy}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let bytes = |seed| {
        fitted(small(Weights::Ternary), 1, seed)
            .model_file()
            .expect("it was fitted")
    };
    assert_eq!(bytes(7), bytes(7));
    assert_ne!(bytes(7), bytes(8));
}

#[test]
fn everything_along_time_is_the_same_in_integers() {
    let test = beats("test");
    let network = fitted(varied(), 20, 1);
    let deployed = network.deploy().expect("it compiles");
    let comparison = deployed.compare(&test).expect("140 values");
    let activations = 46 + 46 * 6 + 23 * 6 + 12 * 8 + 6 * 8 + 5 * 8 + 8 + 5;
    assert_eq!(
        comparison,
        Comparison {
            samples: 98,
            other_classes: 0,
            activations: 98 * activations,
            other_activations: 0,
        }
    );
    let accuracy = |classes: Vec<usize>| test.accuracy(&classes).expect("98 classes");
    let trained = accuracy(network.classify(&test).expect("140 values"));
    let integers = accuracy(deployed.classify(&test).expect("140 values"));
    println!("{trained} in training, {integers} in integers");
    assert!(integers > 0.85, "{integers}");
    // One beat is 0.0102.
    assert!(
        (trained - integers).abs() < 0.011,
        "{trained} in training, {integers} in integers"
    );
}

#[test]
fn recorded_ranges_of_means_are_those_of_a_calibration() {
    let bytes = fitted(varied(), 2, 1).model_file().expect("it was fitted");
    let graph = compile(&bytes, &Options::default())
        .expect("it compiles")
        .graph;
    let training = beats("train");
    let observed = calibrate::observe(&graph, training.samples());
    let mut compared = 0;
    for (value, observed) in graph.values.iter().zip(observed) {
        // The input's range is declared, not observed.
        if value.layer.is_none() {
            continue;
        }
        let (Some(recorded), Some(observed)) = (value.range, observed) else {
            continue;
        };
        let close = |a: f64, b: f32| (a - f64::from(b)).abs() < 1e-4 * (1.0 + a.abs());
        assert!(
            close(recorded.low, observed.low) && close(recorded.high, observed.high),
            "{:?}: {recorded:?}, {observed:?}",
            value.layer
        );
        compared += 1;
    }
    // Three convolutions, three means, the scores.
    assert_eq!(compared, 7);
}

#[test]
fn the_shipped_network_is_as_good_as_promised() {
    let deployed = Deployed::new(SHIPPED).expect("the shipped file compiles");
    let test = beats("test");
    let accuracy = test
        .accuracy(&deployed.classify(&test).expect("140 values"))
        .expect("98 classes");
    // 95 of 98.
    assert!(accuracy >= 0.969, "{accuracy}");
}

#[test]
fn the_forward_pass_with_the_shipped_constants_is_the_integer_network() {
    let deployed = Deployed::new(SHIPPED).expect("the shipped file compiles");
    let activations = 70 * 8 + 35 * 8 + 18 * 16 + 18 * 16 + 5;
    for part in ["train", "test"] {
        let beats = beats(part);
        assert_eq!(
            deployed.compare(&beats).expect("140 values"),
            Comparison {
                samples: beats.len(),
                other_classes: 0,
                activations: beats.len() * activations,
                other_activations: 0,
            }
        );
    }
}
