bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/valid.safetensors";
    optimize = sped;
    ternarize = 3;
    activations = i8;
    weights_section = "";
    crate = 7;
    budget(flash = 4kB, ram = "8", stack = 3);
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
