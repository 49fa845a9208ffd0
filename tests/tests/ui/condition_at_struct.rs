bitneural_rt::include_ternary_model! {
    #[cfg(feature = "kws")]
    pub struct Kws = "models/valid.safetensors";
}

fn main() {}
