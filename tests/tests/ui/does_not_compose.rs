bitneural_rt::include_ternary_model!(pub struct Kws = "models/does_not_compose.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
