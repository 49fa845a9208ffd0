bitneural_rt::include_ternary_model!(pub struct Kws = "models/output_too_coarse.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
