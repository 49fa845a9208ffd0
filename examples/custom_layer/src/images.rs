//! UCI optdigits, in two parts, and images out of place.

use bitneural_data::{Dataset, Error, Place, Request, read};

/// An image: rows of pixels 0 to 16.
pub type Image = [[f32; 8]; 8];

const PATH: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/data/digits/digits.csv.gz"
);

/// The images that the network was trained on; those behind them are by other writers.
const TRAINED: usize = 1297;

fn all() -> Result<Dataset, Error> {
    read(&Request {
        inputs: &Place::new(PATH),
        labels: None,
        elements: 64,
        classes: Some(10),
    })
}

/// The 1,297 images of training.
///
/// # Errors
/// A file that is not there or is another one.
pub fn training() -> Result<Dataset, Error> {
    let all = all()?;
    Ok(all.clone().slice(0..TRAINED).unwrap_or(all))
}

/// The 500 images of the test, with their classes.
///
/// # Errors
/// A file that is not there or is another one.
pub fn test() -> Result<Vec<(Image, usize)>, Error> {
    let all = all()?;
    let labels = all.labels.clone().unwrap_or_default();
    let images = all.iter().zip(labels).skip(TRAINED);
    Ok(images
        .map(|(pixels, label)| (image(pixels), label))
        .collect())
}

fn image(pixels: &[f32]) -> Image {
    let mut image = [[0.0; 8]; 8];
    for (to, &from) in image.as_flattened_mut().iter_mut().zip(pixels) {
        *to = from;
    }
    image
}

/// The image moved to the right by so many columns; what leaves it is lost.
pub fn moved(image: &Image, columns: isize) -> Image {
    image.map(|row| {
        core::array::from_fn(|x| {
            let source = x.checked_add_signed(-columns);
            source
                .and_then(|source| row.get(source))
                .copied()
                .unwrap_or(0.0)
        })
    })
}
