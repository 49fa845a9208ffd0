//! Generated Rust for people to read: in `bitneural expand` and in build scripts. The macro has no
//! use for it.

use proc_macro2::TokenStream;

/// `tokens` as rustfmt would lay them out, roughly.
///
/// # Errors
/// Tokens that are no Rust file, which is a bug of the printer.
pub fn pretty(tokens: TokenStream) -> Result<String, String> {
    let file: syn::File = syn::parse2(tokens).map_err(|error| error.to_string())?;
    Ok(prettyplease::unparse(&file))
}
