bitneural_rt::include_ternary_model!(pub struct Kws = "models/missing_range_input.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
