bitneural_rt::include_ternary_model!(pub struct Kws = "models/label_count_sigmoid.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
