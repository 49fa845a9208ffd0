bitneural_rt::include_ternary_model!(struct Around = "models/cannot_stream.safetensors"; streaming = true);

fn main() {}
