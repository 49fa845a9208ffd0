bitneural_rt::include_ternary_model!(struct WithoutTime = "models/recurrent_without_time.safetensors");
bitneural_rt::include_ternary_model!(struct BehindLast = "models/recurrent_behind_last.safetensors");
bitneural_rt::include_ternary_model!(struct GatesMissing = "models/recurrent_gates_missing.safetensors");
bitneural_rt::include_ternary_model!(struct GatesUnknown = "models/recurrent_gates_unknown.safetensors");
bitneural_rt::include_ternary_model!(struct Kernel = "models/recurrent_kernel.safetensors");
bitneural_rt::include_ternary_model!(struct Bias = "models/recurrent_bias.safetensors");
bitneural_rt::include_ternary_model!(struct Brought = "models/recurrent_brought.safetensors");

fn main() {}
