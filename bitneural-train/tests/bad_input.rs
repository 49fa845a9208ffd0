//! What is wrong with data, architecture or settings is said in words that name the place.

use std::fs;
use std::path::PathBuf;

use bitneural_train::{
    Architecture, Augment, AugmentSequence, Conv1d, Conv2d, Dataset, Dense, Error, Fit, Input,
    Network, Weights,
};

fn message<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    }
}

fn csv(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the folder for temporary files exists");
    path
}

fn architecture() -> Architecture {
    Architecture::new("tiny", Input::new("x", [2])).dense(Dense::new("scores", 2).learned_scale())
}

fn data() -> Dataset {
    Dataset::new(2, 2, vec![0.0, 1.0, 1.0, 0.0], vec![0, 1]).expect("two samples of two values")
}

#[test]
fn data_sets() {
    let new = Dataset::new;
    assert_eq!(message(new(2, 2, vec![], vec![])), "the data set is empty");
    assert_eq!(
        message(new(2, 2, vec![1.0; 3], vec![0, 1])),
        "inputs of all samples: expected 4 values, found 3"
    );
    assert_eq!(
        message(new(2, 2, vec![1.0; 4], vec![0, 2])),
        "sample 1: label 2 is out of range, the classes are 0..2"
    );
    assert_eq!(
        message(new(2, 2, vec![1.0, 1.0, 1.0, f32::NAN], vec![0, 1])),
        "sample 1: value 1 is NaN, expected a finite number"
    );
    assert_eq!(message(data().split_at(2)), "the data set is empty");
    assert_eq!(
        message(data().accuracy(&[0])),
        "classes to compare: expected 2 values, found 1"
    );
}

#[test]
fn files() {
    let read = |name, text| message(Dataset::read_csv(csv(name, text), 2, 2));
    let short = read("short.csv", "1,2,0\n1,2\n");
    assert!(
        short.ends_with("short.csv, row 2: expected 2 values and a class, found 2 columns"),
        "{short}"
    );
    let word = read("word.csv", "1,two,0\n");
    assert!(
        word.ends_with("word.csv, row 1: column 2: `two` is not a number"),
        "{word}"
    );
    let class = read("class.csv", "1,2,-1\n");
    assert!(
        class.ends_with("class.csv, row 1: class `-1` is not a whole number"),
        "{class}"
    );
    assert_eq!(read("empty.csv", ""), "the data set is empty");
    let missing = message(Dataset::read_csv("missing.csv", 2, 2));
    assert!(missing.starts_with("missing.csv: "), "{missing}");
    let packed = message(Dataset::read_csv(csv("packed.csv.gz", "1,2,0\n"), 2, 2));
    assert!(packed.contains("packed.csv.gz, row 1: "), "{packed}");
}

#[test]
fn files_of_images() {
    let file = |name: &str, bytes: &[u8]| {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&path, bytes).expect("the folder for temporary files exists");
        path
    };
    let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8, 7, 255];
    let labels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0];
    let read = |name: &str, images: &[u8], labels: &[u8]| {
        let images = file(&format!("{name}-images.idx"), images);
        Dataset::read(images, file(&format!("{name}-labels.idx"), labels), 2, 2)
    };
    let data = read("good", &images, &labels).expect("two images of two pixels");
    assert_eq!((data.sample_len(), data.labels()), (2, &[1, 0][..]));
    assert_eq!(data.inputs(), [9.0, 8.0, 7.0, 255.0]);

    let short = message(read("short", &images[..19], &labels));
    assert!(short.contains("short-images.idx"), "{short}");
    let class = message(read("class", &images, &[0, 0, 8, 1, 0, 0, 0, 2, 1, 2]));
    assert!(class.contains("class-labels.idx"), "{class}");
    let missing = message(Dataset::read("missing.idx", "missing.idx", 2, 2));
    assert!(missing.contains("missing.idx"), "{missing}");
}

#[test]
fn architectures_of_images() {
    let new = |architecture| message(Network::new(architecture, 1));
    let image = |shape: &[usize]| Architecture::new("image", Input::new("x", shape));
    let conv = || Conv2d::new("conv", 2, 3);
    let ended = |architecture: Architecture| architecture.flatten().dense(Dense::new("a", 2));
    assert_eq!(
        new(ended(image(&[6, 6]).conv2d(conv()))),
        "architecture of `image`: layer `conv` needs height, width and channels, but sees the shape [6, 6]"
    );
    let small = new(ended(image(&[6, 2, 1]).conv2d(conv())));
    assert!(
        small.ends_with("a kernel of 3×3 with stride 1×1 does not fit on 6×2 values"),
        "{small}"
    );
    assert!(new(ended(image(&[6, 6, 1]).conv2d(conv().stride(0)))).contains("stride 0×0"));
    let pool = new(ended(image(&[6, 6, 1]).max_pool2d([2, 7])));
    assert!(pool.contains("layer `max_pool2d`: a pool of 2×7"), "{pool}");
    let none = Conv2d::new("conv", 0, 3);
    assert!(new(ended(image(&[6, 6, 1]).conv2d(none))).contains("`conv` has no filters"));
    let both = conv().batch_norm().learned_scale();
    assert!(new(ended(image(&[6, 6, 1]).conv2d(both))).contains("drop `learned_scale`"));
    let last = ended(image(&[6, 6, 1])).flatten();
    assert!(new(last).contains("`flatten` occurs twice"));
    let pools = image(&[8, 8, 1]).max_pool2d(2).max_pool2d(2);
    assert!(Network::new(ended(pools), 1).is_ok());
}

#[test]
fn architectures_of_sequences() {
    let new = |architecture| message(Network::new(architecture, 1));
    let sequence = |shape: &[usize]| Architecture::new("steps", Input::new("x", shape));
    let conv = || Conv1d::new("conv", 2, 3);
    let ended = |architecture: Architecture| architecture.flatten().dense(Dense::new("a", 2));
    assert_eq!(
        new(ended(sequence(&[6, 6, 1]).conv1d(conv()))),
        "architecture of `steps`: layer `conv` needs time and channels, but sees the shape [6, 6, 1]"
    );
    assert_eq!(
        new(ended(sequence(&[4, 1]).conv1d(conv().dilation(2)))),
        "architecture of `steps`: layer `conv`: a kernel of 3 with stride 1 and dilation 2 does not fit on 4 values"
    );
    assert!(new(ended(sequence(&[6, 1]).conv1d(conv().stride(0)))).contains("stride 0"));
    assert!(new(ended(sequence(&[6, 1]).conv1d(conv().same().dilation(0)))).contains("dilation 0"));
    let none = Conv1d::new("conv", 0, 3);
    assert!(new(ended(sequence(&[6, 1]).conv1d(none))).contains("`conv` has no filters"));
    let both = conv().batch_norm().learned_scale();
    assert!(new(ended(sequence(&[6, 1]).conv1d(both))).contains("drop `learned_scale`"));
    let pool = new(ended(sequence(&[6, 1]).max_pool1d(7)));
    assert!(
        pool.contains("layer `max_pool1d`: a pool of 7 with stride 7 does not fit on 6 values"),
        "{pool}"
    );
    assert!(
        new(ended(sequence(&[6, 1]).average_pool1d(0))).contains("layer `average_pool1d`: a pool")
    );
    let mean = sequence(&[6]).global_average_pool1d();
    assert!(new(ended(mean)).contains("`global_average_pool1d` needs time and channels"));
    let pools = sequence(&[8, 1]).max_pool1d(2).max_pool1d(2);
    assert!(Network::new(ended(pools), 1).is_ok());
}

#[test]
fn augmentations_of_sequences() {
    let mut network = Network::new(architecture(), 1).expect("it fits together");
    let mut run = |augment| {
        message(
            Fit::new()
                .augment_sequence(augment)
                .run(&mut network, &data()),
        )
    };
    assert_eq!(
        run(AugmentSequence::new()),
        "fit: augmentation: an input of the shape [2] is no sequence, [time, channels]"
    );
    let sizes = "sizes must be finite and not below 0";
    assert!(run(AugmentSequence::new().gain(-0.1)).contains(sizes));
    assert!(run(AugmentSequence::new().noise(f32::INFINITY)).contains(sizes));
}

#[test]
fn augmentations() {
    let mut network = Network::new(architecture(), 1).expect("it fits together");
    let mut run = |augment| message(Fit::new().augment(augment).run(&mut network, &data()));
    assert_eq!(
        run(Augment::new()),
        "fit: augmentation: an input of the shape [2] is no image"
    );
    let sizes = "sizes must be finite and not below 0";
    assert!(run(Augment::new().shift(-1.0)).contains(sizes));
    assert!(run(Augment::new().elastic(3, f32::NAN)).contains(sizes));
    assert!(run(Augment::new().scale(1.0)).contains("`scale` must be below 1"));
    assert!(run(Augment::new().elastic(1, 1.0)).contains("at least 2 points"));
}

#[test]
fn architectures() {
    let new = |architecture| message(Network::new(architecture, 1));
    let input = || Input::new("x", [2, 2]);
    assert_eq!(
        new(Architecture::new("none", input())),
        "architecture of `none`: it has no dense layer with units, so there is nothing to train"
    );
    let dense = || Dense::new("a", 2);
    assert!(
        new(Architecture::new("flat", input()).dense(dense())).contains("put `flatten` in front")
    );
    let flat = || Architecture::new("flat", input()).flatten().dense(dense());
    assert!(new(flat().dense(dense())).contains("`a` occurs twice"));
    assert!(new(flat().labels(["one"])).contains("2 units, but there are 1 labels"));
    assert!(new(flat().softmax().dense(Dense::new("b", 2))).contains("`softmax` must be the last"));
    let both = Dense::new("b", 2).batch_norm().learned_scale();
    assert!(new(flat().dense(both)).contains("drop `learned_scale`"));
    let reversed = Architecture::new("r", Input::new("x", [2]).declared(1.0, 0.0)).dense(dense());
    assert!(new(reversed).contains("range 1..=0 is empty"));
}

#[test]
fn settings_and_other_data() {
    let mut network = Network::new(architecture(), 1).expect("it fits together");
    let mut run = |fit: Fit, data: &Dataset| message(fit.run(&mut network, data));
    assert!(run(Fit::new().epochs(0), &data()).contains("at least 1"));
    assert!(run(Fit::new().batch(0), &data()).contains("at least 1"));
    assert!(run(Fit::new().rate(f64::NAN), &data()).contains("NaN must be above 0"));
    let wide = Dataset::new(4, 2, vec![0.0; 8], vec![0, 1]).expect("two samples of four values");
    assert_eq!(
        run(Fit::new(), &wide),
        "values of a sample: expected 2 values, found 4"
    );
    let classes = Dataset::new(2, 3, vec![0.0; 4], vec![0, 1]).expect("two samples of two values");
    assert_eq!(
        run(Fit::new(), &classes),
        "classes: expected 2 values, found 3"
    );
}

#[test]
fn a_loss_that_is_no_number_ends_the_fit() {
    let mut network =
        Network::new(architecture().weights(Weights::Float), 1).expect("it fits together");
    let error = message(Fit::new().rate(1e38).epochs(20).run(&mut network, &data()));
    assert!(error.starts_with("the loss became "), "{error}");
    assert!(
        error.contains("try a lower learning rate than 1"),
        "{error}"
    );
}

#[test]
fn only_fitted_ternary_networks_are_exported() {
    let network = Network::new(architecture(), 1).expect("it fits together");
    assert_eq!(
        message(network.model_file()),
        "layer `scores` cannot be exported: its range is not known; fit the network first"
    );
    let mut network =
        Network::new(architecture().weights(Weights::Float), 1).expect("it fits together");
    Fit::new()
        .epochs(1)
        .run(&mut network, &data())
        .expect("one step");
    assert!(message(network.model_file()).contains("its weights are floats"));
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let mut network = Network::new(architecture(), 1).expect("it fits together");
    Fit::new()
        .epochs(1)
        .run(&mut network, &data())
        .expect("one step");
    let error = message(network.write("/nonexistent/model.safetensors"));
    assert!(
        error.starts_with("/nonexistent/model.safetensors: "),
        "{error}"
    );
}
