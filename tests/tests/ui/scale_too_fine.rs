bitneural_rt::include_ternary_model!(pub struct Kws = "models/scale_too_fine.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
