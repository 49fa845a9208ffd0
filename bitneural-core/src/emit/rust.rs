//! Prints a [`Program`] as the tokens of a typed struct.
//!
//! The struct and the class enum stand beside the user's code; everything else is in one anonymous
//! constant, so that no name of ours can meet one of the user's.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::names::Class;
use super::program::Program;

mod api;
mod calls;
mod constants;
#[cfg(feature = "pretty")]
mod pretty;

#[cfg(feature = "pretty")]
pub use pretty::{is_name, pretty};

/// How the struct is to look.
#[derive(Debug, Clone)]
pub struct Style {
    /// The name of the struct.
    pub name: Ident,
    /// Its visibility, `pub` and the like; may be empty.
    pub visibility: TokenStream,
    /// Attributes and documentation of the user, in front of the model card.
    pub attributes: TokenStream,
    /// The path of bitneural-rt.
    pub runtime: TokenStream,
    /// The model file, relative to the folder of Cargo.toml; mentioned so that cargo rebuilds when
    /// it changes. `None` where something else does that.
    pub tracked_file: Option<String>,
    /// The section of the blobs, `None` for the linker's choice.
    pub weights_section: Option<String>,
}

impl Style {
    /// A public struct, the runtime under its own name, nothing tracked.
    pub fn new(name: &str) -> Self {
        Self {
            name: Ident::new(name, Span::call_site()),
            visibility: quote!(pub),
            attributes: TokenStream::new(),
            runtime: quote!(::bitneural_rt),
            tracked_file: None,
            weights_section: None,
        }
    }

    /// The name of its class enum.
    pub fn class(&self) -> Ident {
        Ident::new(&format!("{}Class", self.name), self.name.span())
    }
}

/// The struct, the class enum, and everything behind them.
pub fn print(program: &Program, style: &Style) -> TokenStream {
    let structure = api::structure(program, style);
    let enumeration = api::enumeration(&program.classes, style);
    let runtime = &style.runtime;
    let constants = constants::statics(program, style);
    let slots = constants::slots(program);
    let implementation = api::implementation(program, style);
    let tracked = style.tracked_file.as_ref().map(|path| {
        let path = format!("/{path}");
        quote! {
            const _: &[u8] = ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path));
        }
    });
    quote! {
        #structure
        #enumeration
        #[allow(dead_code, reason = "a user may need only a part of the interface")]
        const _: () = {
            use #runtime::private as rt;
            #tracked
            #constants
            #slots
            #implementation
        };
    }
}

/// The class enum alone, with all that belongs to it; nothing if there are no classes.
pub fn print_classes(classes: &[Class], style: &Style) -> TokenStream {
    let enumeration = api::enumeration(classes, style);
    let implementation = api::class_implementation(classes, style);
    quote! {
        #enumeration
        #[allow(dead_code, reason = "a user may need only a part of the interface")]
        const _: () = { #implementation };
    }
}

/// `snake_case` → the identifier of a static.
fn screaming(name: &str) -> Ident {
    Ident::new(&name.to_uppercase(), Span::call_site())
}

/// A number without a type suffix.
fn number(value: impl Into<i128>) -> TokenStream {
    let value: i128 = value.into();
    let literal = Literal::i128_unsuffixed(value.abs());
    if value < 0 {
        quote!(-#literal)
    } else {
        quote!(#literal)
    }
}

/// A count without a type suffix.
fn count(value: usize) -> Literal {
    Literal::usize_unsuffixed(value)
}

/// A finite float, with as many digits as it takes to read the same bits again.
fn float(value: f32) -> TokenStream {
    let literal = Literal::f32_unsuffixed(value.abs());
    if value.is_sign_negative() {
        quote!(-#literal)
    } else {
        quote!(#literal)
    }
}
