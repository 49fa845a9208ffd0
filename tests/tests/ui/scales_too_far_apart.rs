bitneural_rt::include_ternary_model!(pub struct Kws = "models/scales_too_far_apart.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
