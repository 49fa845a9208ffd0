//! Words that others use for floats.

bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/valid.safetensors";
    activations = float32;
}

bitneural_rt::include_ternary_model! {
    pub struct Text = "models/valid.safetensors";
    activations = "f32";
}

bitneural_rt::include_ternary_model! {
    pub struct Both = "models/valid.safetensors";
    activations = f32;
    activations = u8;
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
