//! Convolutions on real images, and the model file that ships.

use bitneural_train::{
    Architecture, Augment, Comparison, Conv2d, Dataset, Dense, Deployed, Fit, Input, Network,
    Weights,
};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/mnist");
const SHIPPED: &[u8] = include_bytes!("../../examples/digits/models/mnist_cnn.safetensors");

fn read(part: &str) -> Dataset {
    let images = format!("{DATA}/{part}.idx3-ubyte.gz");
    let labels = images.replace("images", "labels").replace("idx3", "idx1");
    let data =
        Dataset::read(images, labels, 28 * 28, 10).expect("the files are part of the repository");
    assert_eq!(data.sample_len(), 28 * 28);
    data
}

/// The first `count` images.
fn first(count: usize, part: &str) -> Dataset {
    let (first, _) = read(part).split_at(count).expect("there are more");
    first
}

fn small(weights: Weights) -> Architecture {
    Architecture::new(
        "small",
        Input::new("image", [28, 28, 1]).declared(0.0, 255.0),
    )
    .weights(weights)
    .conv2d(
        Conv2d::new("conv1", 8, 5)
            .stride(2)
            .same()
            .int8()
            .batch_norm()
            .relu(),
    )
    .max_pool2d(2)
    .conv2d(Conv2d::new("conv2", 16, 3).batch_norm().relu())
    .flatten()
    .dense(Dense::new("scores", 10).learned_scale())
}

fn fitted(weights: Weights, epochs: usize, seed: u64, training: &Dataset) -> Network {
    let mut network = Network::new(small(weights), seed).expect("it fits together");
    let augment = Augment::new()
        .shift(1.0)
        .rotation(5.0)
        .scale(0.05)
        .shear(0.05)
        .elastic(6, 0.5);
    let history = Fit::new()
        .epochs(epochs)
        .seed(seed)
        .augment(augment)
        .run(&mut network, training)
        .expect("a fit");
    assert!(
        epochs == 1 || history[epochs - 1].loss < history[0].loss,
        "{history:?}"
    );
    network
}

#[test]
fn the_files_hold_what_they_are_said_to() {
    let (training, test) = (read("train-images-10k"), read("test-images-5k"));
    assert_eq!((training.len(), test.len()), (10_000, 5_000));
    let counts = |data: &Dataset| {
        let mut counts = [0; 10];
        data.labels().iter().for_each(|label| counts[*label] += 1);
        counts
    };
    assert_eq!(
        counts(&training),
        [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
    );
    assert!(training.inputs().contains(&255.0));
}

#[test]
fn small_networks_learn_with_float_and_with_ternary_weights() {
    let (training, test) = (
        first(3000, "train-images-10k"),
        first(1000, "test-images-5k"),
    );
    for weights in [Weights::Float, Weights::Ternary] {
        let network = fitted(weights, 6, 1, &training);
        let accuracy = test
            .accuracy(&network.classify(&test).expect("784 pixels"))
            .expect("1,000 classes");
        assert!(accuracy > 0.93, "{weights:?}: {accuracy}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let training = first(320, "train-images-10k");
    let bytes = |seed| {
        fitted(Weights::Ternary, 1, seed, &training)
            .model_file()
            .expect("it was fitted")
    };
    assert_eq!(bytes(7), bytes(7));
    assert_ne!(bytes(7), bytes(8));
}

#[test]
fn the_shipped_network_is_as_good_as_promised() {
    let deployed = Deployed::new(SHIPPED).expect("the shipped file compiles");
    let test = read("test-images-5k");
    let accuracy = test
        .accuracy(&deployed.classify(&test).expect("784 pixels"))
        .expect("5,000 classes");
    assert!(accuracy >= 0.986, "{accuracy}");
}

#[test]
fn the_forward_pass_with_the_shipped_constants_is_the_integer_network() {
    let deployed = Deployed::new(SHIPPED).expect("the shipped file compiles");
    let comparison = deployed
        .compare(&first(500, "test-images-5k"))
        .expect("784 pixels");
    let activations = 14 * 14 * 16 + 7 * 7 * 32 + 5 * 5 * 32 + 2 * 2 * 32 + 2 * 2 * 32 + 10;
    assert_eq!(
        comparison,
        Comparison {
            samples: 500,
            other_classes: 0,
            activations: 500 * activations,
            other_activations: 0,
        }
    );
}

#[test]
fn a_small_network_keeps_its_classes_in_integers() {
    let (training, test) = (first(640, "train-images-10k"), first(300, "test-images-5k"));
    let network = fitted(Weights::Ternary, 3, 2, &training);
    let deployed = network.deploy().expect("it compiles");
    let integers = deployed.classify(&test).expect("784 pixels");
    let trained = network.classify(&test).expect("784 pixels");
    let other = integers
        .iter()
        .zip(&trained)
        .filter(|(a, b)| a != b)
        .count();
    assert!(other <= 3, "{other} of 300 classes differ");
    let comparison = deployed.compare(&test).expect("784 pixels");
    assert_eq!(
        (comparison.other_classes, comparison.other_activations),
        (0, 0)
    );
}
