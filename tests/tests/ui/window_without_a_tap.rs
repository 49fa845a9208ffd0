bitneural_rt::include_ternary_model!(pub struct Kws = "models/window_without_a_tap.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
