bitneural_rt::include_ternary_model!(pub struct Kws<T> = "models/valid.safetensors");

fn main() {}
