bitneural_rt::include_ternary_model!(pub struct Kws = "models/unused_layer.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
