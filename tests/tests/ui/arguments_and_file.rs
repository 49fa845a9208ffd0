//! What is wrong with the file is said too.

bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/missing_range.safetensors";
    optimise = size;
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
