//! The test makes the file: it takes no room on the disk, but it would in the repository.

bitneural_rt::include_ternary_model!(pub struct Kws = "models/file_too_large.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
