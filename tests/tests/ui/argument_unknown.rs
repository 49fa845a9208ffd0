bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/valid.safetensors";
    ternarise = optimal;
    colour = blue;
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
