bitneural_rt::include_ternary_model!(pub struct Kws = "models/invalid_field_recorded.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
