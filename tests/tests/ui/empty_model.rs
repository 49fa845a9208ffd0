bitneural_rt::include_ternary_model!(pub struct Kws = "models/empty_model.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
