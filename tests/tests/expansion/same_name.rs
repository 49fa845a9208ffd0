//! Two models of one name.

bitneural_rt::include_ternary_model!(pub struct Kws = "models/tilt.safetensors");
bitneural_rt::include_ternary_model!(pub struct Kws = "models/tilt.safetensors");
