bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/valid.safetensors";
    target = esp32c3;
    input = [28, 28, 1];
    layers = [dense("0"), softmax];
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
