bitneural_rt::include_ternary_model!(pub struct Sequence = "models/epsilon_too_large.safetensors");

fn main() {
    Sequence::new().predict(&[[0.0; 16]; 3]);
}
