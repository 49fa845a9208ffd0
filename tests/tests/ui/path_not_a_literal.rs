bitneural_rt::include_ternary_model!(pub struct Kws = concat!("models/", "valid.safetensors"));

fn main() {}
