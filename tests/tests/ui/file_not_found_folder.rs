//! Not even the folder exists.

bitneural_rt::include_ternary_model!(pub struct Kws = "data/kws.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
