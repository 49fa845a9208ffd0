mod entries {
    bitneural_rt::include_ternary_model! {
        pub struct Kws = "models/custom.safetensors";
        custom(my_gate = crate::MyGate, my_gate = crate::Other);
    }
}

mod no_path {
    bitneural_rt::include_ternary_model! {
        pub struct Kws = "models/custom.safetensors";
        custom(my_gate = "crate::MyGate");
    }
}

mod more_than_a_path {
    bitneural_rt::include_ternary_model! {
        pub struct Kws = "models/custom.safetensors";
        custom(my_gate = crate::MyGate {}, 7, other);
    }
}

mod nothing {
    bitneural_rt::include_ternary_model! {
        pub struct Kws = "models/custom.safetensors";
        custom();
    }
}

mod no_list {
    bitneural_rt::include_ternary_model! {
        pub struct Kws = "models/custom.safetensors";
        custom = crate::MyGate;
    }
}

fn main() {
    entries::Kws::new().classify(&[0.0; 4]);
}
