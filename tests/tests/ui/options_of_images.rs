use bitneural_rt::include_ternary_model;

// What the format has no room for: words and fields of Keras and PyTorch.
include_ternary_model!(pub struct Brought = "models/options_brought.safetensors");
// What only the network shows.
include_ternary_model!(pub struct Same = "models/option_same.safetensors");
include_ternary_model!(pub struct Groups = "models/option_groups.safetensors");
include_ternary_model!(pub struct Window = "models/option_window.safetensors");
include_ternary_model!(pub struct Padding = "models/option_padding.safetensors");
include_ternary_model!(pub struct Slopes = "models/option_slopes.safetensors");
include_ternary_model!(pub struct Codes = "models/option_codes.safetensors");
include_ternary_model!(pub struct Rank = "models/option_rank.safetensors");
include_ternary_model!(pub struct End = "models/option_end.safetensors");

fn main() {}
