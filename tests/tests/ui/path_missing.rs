bitneural_rt::include_ternary_model!();

fn main() {}
