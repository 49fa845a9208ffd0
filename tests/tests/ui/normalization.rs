use bitneural_rt::include_ternary_model;

// Only the values of an input are normalized in this way, for all that read them.
include_ternary_model!(pub struct Elsewhere = "models/normalization_elsewhere.safetensors");
include_ternary_model!(pub struct Beside = "models/normalization_beside.safetensors");
include_ternary_model!(pub struct Channels = "models/normalization_of_channels.safetensors");

fn main() {}
