use bitneural_rt::include_ternary_model;

// Indices come from an input, as they are, and for embeddings alone.
include_ternary_model!(pub struct Elsewhere = "models/embedding_elsewhere.safetensors");
include_ternary_model!(pub struct Beside = "models/embedding_beside.safetensors");
include_ternary_model!(pub struct Images = "models/embedding_of_images.safetensors");
include_ternary_model!(pub struct Rows = "models/embedding_of_many_rows.safetensors");
include_ternary_model!(pub struct Normalized = "models/embedding_normalized.safetensors");

fn main() {}
