//! A type that is there, but for another number of inputs.

use bitneural_rt::{CustomInput, CustomLayer, CustomOutput};

pub struct MyGate;

impl CustomLayer<2> for MyGate {
    fn run(_: [CustomInput<'_>; 2], _: CustomOutput<'_>, _: &[f32]) {}
}

bitneural_rt::include_ternary_model! {
    pub struct Kws = "models/custom.safetensors";
    custom(my_gate = crate::MyGate);
}

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
