//! A file of a similar name lies beside.

bitneural_rt::include_ternary_model!(pub struct Kws = "models/vaild.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
