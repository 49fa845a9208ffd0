//! The model's name makes no name for a struct, and the user gives none.

bitneural_rt::include_ternary_model!("models/invalid_name.safetensors");

fn main() {}
