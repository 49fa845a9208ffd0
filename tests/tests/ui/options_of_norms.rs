bitneural_rt::include_ternary_model!(struct One = "models/layer_norm_of_one.safetensors");
bitneural_rt::include_ternary_model!(struct Brought = "models/layer_norm_brought.safetensors");
bitneural_rt::include_ternary_model!(struct Shapes = "models/layer_norm_shapes.safetensors");

fn main() {}
