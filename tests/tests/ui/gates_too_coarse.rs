bitneural_rt::include_ternary_model!(pub struct Kws = "models/gates_too_coarse.safetensors");

fn main() {
    Kws::new().predict(&[[0.0; 3]; 5]);
}
