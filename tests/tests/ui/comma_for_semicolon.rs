bitneural_rt::include_ternary_model!(pub struct Kws = "models/valid.safetensors", optimize = size);

fn main() {}
