bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/valid.safetensors";
    optimize = size;
    budget(flash = 1_000, ram = 1_000, flash = 2_000);
    optimize = speed;
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
