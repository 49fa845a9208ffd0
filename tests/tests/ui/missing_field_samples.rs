bitneural_rt::include_ternary_model!(pub struct Kws = "models/missing_field_samples.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
