bitneural_rt::include_ternary_model!(pub struct Kws = "models/sum_too_wide.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
