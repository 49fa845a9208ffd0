mod not_told {
    bitneural_rt::include_ternary_model!(pub struct Kws = "models/custom.safetensors");
}

mod told_of_another {
    bitneural_rt::include_ternary_model! {
        pub struct Kws = "models/custom.safetensors";
        custom(my_gat = crate::MyGate);
    }
}

fn main() {
    not_told::Kws::new().classify(&[0.0; 4]);
    told_of_another::Kws::new().classify(&[0.0; 4]);
}
