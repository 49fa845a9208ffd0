bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/valid.safetensors";
    optimize = size;
    budget(flash = 100, ram = 4);
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
