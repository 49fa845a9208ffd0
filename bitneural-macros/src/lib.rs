//! The macro of [BitNeural](https://docs.rs/bitneural-rt): a shell around the compiler.
//!
//! **An implementation detail.** Use and read about the macro as `bitneural_rt::include_ternary_model!`.

// Documented where it is re-exported: a user never names this crate.
#![allow(missing_docs)]

mod args;
mod diagnose;
mod expand;

#[proc_macro]
pub fn include_ternary_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand::expand(input.into(), &expand::Caller::of_this_macro()).into()
}
