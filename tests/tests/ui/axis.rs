bitneural_rt::include_ternary_model!(pub struct Joins = "models/axis.safetensors");

fn main() {
    Joins::new().predict(&[[[0.0; 2]; 4]; 4]);
}
