//! Writes models/centered_digits.safetensors: `cargo run -p custom_layer --bin make_model`.

use std::error::Error;
use std::path::Path;

use bitneural_core::writer::write_atomically;
use custom_layer::{images, make};

fn main() -> Result<(), Box<dyn Error>> {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/models/centered_digits.safetensors"
    );
    let bytes = make::model(&images::training()?)?;
    write_atomically(Path::new(file), &bytes)?;
    println!("{file}: {} bytes", bytes.len());
    Ok(())
}
