//! The networks of this example, each compiled into the program by the macro.

use std::path::Path;

use bitneural_data::{Dataset, Error, Place, Request, read};

bitneural_rt::include_ternary_model! {
    /// Dense 64-64-32-10 on 8×8 images of pixels 0..=16; `docs/training.md` tells how it was made.
    pub struct DigitsMlp = "models/digits_mlp.safetensors";
}

bitneural_rt::include_ternary_model! {
    /// Convolutions on 28×28 images of pixels 0..=255; `docs/training.md` tells how it was made.
    pub struct MnistCnn = "models/mnist_cnn.safetensors";
}

/// What the program needs to know of a network.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) classes: usize,
    /// The pixel that is drawn brightest.
    pub(crate) brightest: f32,
    pub(crate) flash_bytes: usize,
    pub(crate) ram_bytes: usize,
    pub(crate) macs: u64,
    /// The images that it is judged by if the user names none.
    pub(crate) test_set: fn() -> Result<Dataset, Error>,
    /// A model that has seen nothing yet, as a function from an image to its class.
    pub(crate) classifier: fn() -> Classifier,
}

/// From the pixels of an image, row by row, to its class.
pub(crate) type Classifier = Box<dyn FnMut(&[f32]) -> usize>;

/// All networks.
pub(crate) const MODELS: &[Entry] = &[
    Entry {
        name: "digits_mlp",
        about: "dense 64-64-32-10, UCI optdigits",
        height: DigitsMlp::INPUT_SHAPE[0],
        width: DigitsMlp::INPUT_SHAPE[1],
        classes: DigitsMlpClass::ALL.len(),
        brightest: 16.0,
        flash_bytes: DigitsMlp::FLASH_BYTES,
        ram_bytes: DigitsMlp::RAM_BYTES,
        macs: DigitsMlp::MACS,
        test_set: optdigits_test,
        classifier: || {
            let mut model = DigitsMlp::new();
            Box::new(move |pixels| model.classify(&image(pixels)).index())
        },
    },
    Entry {
        name: "mnist_cnn",
        about: "convolutions 5×5-3×3-3×3 and dense, MNIST",
        height: MnistCnn::INPUT_SHAPE[0],
        width: MnistCnn::INPUT_SHAPE[1],
        classes: MnistCnnClass::ALL.len(),
        brightest: 255.0,
        flash_bytes: MnistCnn::FLASH_BYTES,
        ram_bytes: MnistCnn::RAM_BYTES,
        macs: MnistCnn::MACS,
        test_set: mnist_test,
        classifier: || {
            let mut model = Box::new(MnistCnn::new());
            Box::new(move |pixels| {
                let image: [[f32; 28]; 28] = image(pixels);
                model
                    .classify(&image.map(|row| row.map(|pixel| [pixel])))
                    .index()
            })
        },
    },
];

/// The pixels as rows; missing ones are 0.
fn image<const HEIGHT: usize, const WIDTH: usize>(pixels: &[f32]) -> [[f32; WIDTH]; HEIGHT] {
    let mut image = [[0.0; WIDTH]; HEIGHT];
    for (to, &from) in image.as_flattened_mut().iter_mut().zip(pixels) {
        *to = from;
    }
    image
}

/// The last 500 images of optdigits: other writers than those of the first 1,297, which trained.
fn optdigits_test() -> Result<Dataset, Error> {
    const TRAINED: usize = 1297;
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/data/digits/digits.csv.gz"
    );
    let all = images(Path::new(path), None, &MODELS[0])?;
    let samples = all.samples();
    Ok(all.clone().slice(TRAINED..samples).unwrap_or(all))
}

/// The committed 5,000 images of MNIST's test set.
fn mnist_test() -> Result<Dataset, Error> {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/data/mnist"
    ));
    let images_file = folder.join("test-images-5k.idx3-ubyte.gz");
    let labels_file = folder.join("test-labels-5k.idx1-ubyte.gz");
    images(&images_file, Some(&labels_file), &MODELS[1])
}

/// The images of a file for a network, with their labels.
pub(crate) fn images(file: &Path, labels: Option<&Path>, model: &Entry) -> Result<Dataset, Error> {
    read(&Request {
        inputs: &Place::new(file),
        labels: labels.map(Place::new).as_ref(),
        elements: model.height * model.width,
        classes: Some(model.classes),
    })
}
