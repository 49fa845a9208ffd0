bitneural_rt::include_ternary_model!(pub struct Kws = "models/wide_input.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
