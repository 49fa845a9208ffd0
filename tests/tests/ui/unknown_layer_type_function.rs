bitneural_rt::include_ternary_model!(pub struct Kws = "models/unknown_layer_type_function.safetensors");

fn main() {
    Kws::new().classify(&[0.0; 4]);
}
