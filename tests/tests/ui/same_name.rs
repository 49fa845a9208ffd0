//! The message is rustc's; its place is that of the name, or of the path that the name comes from.

bitneural_rt::include_ternary_model!(pub struct Kws = "models/valid.safetensors");
bitneural_rt::include_ternary_model!("models/valid.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
