//! The class enum.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Style, count};
use crate::emit::names::{Class, one_line};

/// The enum; nothing if there are no classes.
pub(super) fn enumeration(classes: &[Class], style: &Style) -> TokenStream {
    if classes.is_empty() {
        return TokenStream::new();
    }
    let visibility = &style.visibility;
    let class = style.class();
    let doc = format!(" The classes of [`{}`].", style.name);
    let variants = classes.iter().map(|class| {
        let variant = Ident::new(&class.variant, Span::call_site());
        let doc = format!(" `{}`", one_line(&class.label));
        quote!(#[doc = #doc] #variant,)
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #visibility enum #class { #(#variants)* }
    }
}

/// Its methods and traits.
pub(super) fn implementation(classes: &[Class], style: &Style) -> TokenStream {
    if classes.is_empty() {
        return TokenStream::new();
    }
    let class = style.class();
    let length = count(classes.len());
    let variants: Vec<Ident> = classes
        .iter()
        .map(|class| Ident::new(&class.variant, Span::call_site()))
        .collect();
    let labels: Vec<&str> = classes.iter().map(|class| class.label.as_str()).collect();
    quote! {
        impl #class {
            /// All classes, in the order of the output.
            pub const ALL: [Self; #length] = [#(Self::#variants),*];
            /// The position in the output.
            pub const fn index(self) -> usize {
                self as usize
            }
            /// The label as the model file gives it.
            pub const fn label(self) -> &'static str {
                match self {
                    #(Self::#variants => #labels,)*
                }
            }
        }
        impl ::core::fmt::Display for #class {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.pad(self.label())
            }
        }
        impl ::core::convert::TryFrom<usize> for #class {
            /// The number that is no class.
            type Error = usize;
            fn try_from(index: usize) -> ::core::result::Result<Self, usize> {
                match Self::ALL.get(index) {
                    ::core::option::Option::Some(class) => ::core::result::Result::Ok(*class),
                    ::core::option::Option::None => ::core::result::Result::Err(index),
                }
            }
        }
    }
}
