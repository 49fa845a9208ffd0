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

/// Whether a struct can be called `name`: an identifier, and no word of the language.
pub fn is_name(name: &str) -> bool {
    syn::parse_str::<proc_macro2::Ident>(name).is_ok()
}

/// The tokens of a path of a type, if `text` is one.
pub fn path(text: &str) -> Option<TokenStream> {
    syn::parse_str::<syn::Path>(text).ok()?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers() {
        assert!(["Kws", "KWS", "digits_v2"].into_iter().all(is_name));
        assert!(
            !["", "3", "a b", "fn", "Self", "_", "a-b"]
                .into_iter()
                .any(is_name)
        );
    }

    #[test]
    fn paths_are_those_of_types() {
        assert!(
            ["Gate", "crate::Gate", "a::Gate<3>"]
                .map(path)
                .iter()
                .all(Option::is_some)
        );
        assert!(
            ["", "3", "a b", "fn", "crate::"]
                .map(path)
                .iter()
                .all(Option::is_none)
        );
    }

    #[test]
    fn what_is_no_rust_is_refused() {
        assert!(pretty(quote::quote!(struct)).is_err());
        let text = pretty(quote::quote!(
            #[doc = " One."]
            pub struct One;
        ));
        assert_eq!(text.unwrap(), "/// One.\npub struct One;\n");
    }
}
