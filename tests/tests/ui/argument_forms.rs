//! A missing `;` joins two arguments; others lack their value.

bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/valid.safetensors";
    optimize
    ternarize size;
    crate;
    budget;
    weights_section = .rodata;
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
