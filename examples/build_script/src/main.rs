//! One model file, two languages: `build.rs` compiles it to Rust and to a C header, and this program
//! runs both on the 500 test images.

use std::process::ExitCode;

use bitneural_data::{Place, Request, read};

include!(concat!(env!("OUT_DIR"), "/digits.rs"));

/// The images: the first 1,297 rows trained the network, the others test it.
const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/data/digits/digits.csv.gz"
);
const FIRST_TEST_IMAGE: usize = 1297;

mod in_c {
    unsafe extern "C" {
        /// src/digits.c: reads 64 bytes, writes 10 numbers, returns a class.
        fn digits_run(image: *const u8, probabilities: *mut i16) -> u32;
    }

    /// The class of a quantized image and its quantized probabilities, by the model in C. The model is
    /// a static of the C file, so only one thread may call it: `&mut` of a token sees to that.
    pub(crate) struct Model(());

    impl Model {
        /// # Safety
        /// There must be no other `Model`.
        pub(crate) unsafe fn new() -> Self {
            Self(())
        }

        pub(crate) fn run(&mut self, image: &[[u8; 8]; 8]) -> (usize, [i16; 10]) {
            let mut probabilities = [0; 10];
            // SAFETY: the function reads 64 bytes and writes 10 numbers (DIGITS_INPUT_LEN and
            // DIGITS_OUTPUT_LEN of the header), which is what the arrays hold; it keeps neither
            // pointer; and `&mut self` of the only `Model` excludes a second call at the same time.
            let class =
                unsafe { digits_run(image.as_flattened().as_ptr(), probabilities.as_mut_ptr()) };
            (class as usize, probabilities)
        }
    }
}

fn main() -> ExitCode {
    let data = read(&Request {
        inputs: &Place::new(DATA),
        labels: None,
        elements: 64,
        classes: Some(10),
    });
    let data = match data {
        Ok(data) => data,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let labels = data.labels.as_deref().unwrap_or_default();

    let mut in_rust = Digits::new();
    // SAFETY: `main` runs once, and nothing else makes a `Model`.
    let mut in_c = unsafe { in_c::Model::new() };
    let (mut images, mut right, mut same) = (0, 0, 0);
    for (pixels, &label) in data.iter().zip(labels).skip(FIRST_TEST_IMAGE) {
        let mut image = [[0.0; 8]; 8];
        image.as_flattened_mut().copy_from_slice(pixels);
        let codes = Digits::quantize_input(&image);
        let class = in_rust.classify_quantized(&codes).index();
        let output = in_rust.predict_quantized(&codes);
        images += 1;
        right += usize::from(class == label);
        same += usize::from((class, output) == in_c.run(&codes));
    }

    println!("{images} images");
    println!("{same} with the same class and the same bits in Rust and in C");
    println!("{:.1} % right", 100.0 * right as f64 / images as f64);
    if same == images {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
