bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/valid.safetensors";
    custom(my_gate = crate::MyGate);
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
