mod fields {
    bitneural_rt::include_ternary_model!(pub struct Kws = "models/invalid_field_custom.safetensors");
}

mod reserved {
    bitneural_rt::include_ternary_model! {
        pub struct Kws = "models/invalid_field_custom_name.safetensors";
        custom(predict = crate::MyGate);
    }
}

fn main() {
    fields::Kws::new().classify(&[0.0; 4]);
    reserved::Kws::new().classify(&[0.0; 4]);
}
