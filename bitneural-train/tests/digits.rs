//! Training on real data, and the model file that ships.

use bitneural_core::{Options, calibrate, compile};
use bitneural_train::{Architecture, Dataset, Dense, Deployed, Fit, Input, Network};

const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/data/digits/digits.csv.gz"
);
const SHIPPED: &[u8] = include_bytes!("../../examples/digits/models/digits_mlp.safetensors");

/// 1,297 samples to train, 500 by other writers to test.
fn digits() -> (Dataset, Dataset) {
    let data = Dataset::read_csv(DATA, 64, 10).expect("the file is part of the repository");
    data.split_at(1297).expect("1,797 samples")
}

fn small(epochs: usize, seed: u64, training: &Dataset) -> Network {
    let architecture = Architecture::new("small", Input::new("image", [8, 8]).declared(0.0, 16.0))
        .flatten()
        .dense(Dense::new("hidden", 32).batch_norm().relu())
        .dense(Dense::new("scores", 10).learned_scale())
        .softmax();
    let mut network = Network::new(architecture, seed).expect("it fits together");
    let history = Fit::new()
        .epochs(epochs)
        .seed(seed)
        .run(&mut network, training)
        .expect("a fit");
    assert_eq!(history.len(), epochs);
    assert!(history[epochs - 1].loss < history[0].loss, "{history:?}");
    network
}

#[test]
fn the_shipped_network_is_as_good_as_promised() {
    let (_, test) = digits();
    let deployed = Deployed::new(SHIPPED).expect("the shipped file compiles");
    let accuracy = test
        .accuracy(&deployed.classify(&test).expect("64 pixels"))
        .expect("500 classes");
    assert!(accuracy >= 0.94, "{accuracy}");
}

#[test]
fn the_forward_pass_with_the_shipped_constants_is_the_integer_network() {
    let (training, test) = digits();
    let deployed = Deployed::new(SHIPPED).expect("the shipped file compiles");
    for data in [training, test] {
        let comparison = deployed.compare(&data).expect("64 pixels");
        assert_eq!(comparison.samples, data.len());
        assert_eq!(comparison.activations, data.len() * (64 + 64 + 32 + 10));
        assert_eq!(
            (comparison.other_classes, comparison.other_activations),
            (0, 0)
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let (training, _) = digits();
    let bytes = |seed| {
        small(2, seed, &training)
            .model_file()
            .expect("it was fitted")
    };
    assert_eq!(bytes(7), bytes(7));
    assert_ne!(bytes(7), bytes(8));
}

#[test]
fn a_small_network_learns_and_keeps_its_accuracy_in_integers() {
    let (training, test) = digits();
    let network = small(20, 1, &training);
    let deployed = network.deploy().expect("it compiles");
    let accuracy = |classes: Vec<usize>| test.accuracy(&classes).expect("500 classes");
    let trained = accuracy(network.classify(&test).expect("64 pixels"));
    let integers = accuracy(deployed.classify(&test).expect("64 pixels"));
    assert!(integers > 0.9, "{integers}");
    assert!(
        (trained - integers).abs() < 0.005,
        "{trained} in training, {integers} in integers"
    );
}

#[test]
fn recorded_ranges_are_those_of_a_calibration() {
    let (training, _) = digits();
    let bytes = small(2, 1, &training).model_file().expect("it was fitted");
    let graph = compile(&bytes, &Options::default())
        .expect("it compiles")
        .graph;
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
            close(recorded.low, observed.low),
            "{recorded:?}, {observed:?}"
        );
        assert!(
            close(recorded.high, observed.high),
            "{recorded:?}, {observed:?}"
        );
        compared += 1;
    }
    assert_eq!(compared, 2);
}
