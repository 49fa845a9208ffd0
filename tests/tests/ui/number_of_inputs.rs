bitneural_rt::include_ternary_model!(pub struct Joins = "models/number_of_inputs.safetensors");

fn main() {
    Joins::new().predict(&[[[0.0; 2]; 4]; 4]);
}
