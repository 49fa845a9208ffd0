//! Nested arrays of the shapes that the user sees.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::count;
use crate::emit::program::Port;

/// `[[element; 8]; 8]` for the shape `[8, 8]`.
pub(super) fn array(shape: &[usize], element: &TokenStream) -> TokenStream {
    shape.iter().rev().fold(element.clone(), |inner, &axis| {
        let axis = count(axis);
        quote!([#inner; #axis])
    })
}

/// `value` of a nested array type as one slice.
pub(super) fn flat(port: &Port, value: &TokenStream, mutable: bool) -> TokenStream {
    let (whole, flattened) = if mutable {
        (quote!(as_mut_slice), quote!(as_flattened_mut))
    } else {
        (quote!(as_slice), quote!(as_flattened))
    };
    match port.shape.len() {
        0 | 1 => quote!(#value.#whole()),
        rank => (1..rank).fold(value.clone(), |inner, _| quote!(#inner.#flattened())),
    }
}

/// Behind a slice of elements: a reference to a nested array of them, if there are enough. An array that
/// were filled element by element would lie on the stack, and be copied out of it, at opt-level "z".
pub(super) fn whole(port: &Port) -> TokenStream {
    let Some((&first, rest)) = port.shape.split_first() else {
        return quote!(.first());
    };
    let first = count(first);
    let chunks = rest.iter().rev().map(|&axis| {
        let axis = count(axis);
        quote!(.as_chunks::<#axis>().0)
    });
    quote!(#(#chunks)*.first_chunk::<#first>())
}

/// A nested array of one value: `[[0.0; 8]; 8]`.
pub(super) fn filled(port: &Port, value: &TokenStream) -> TokenStream {
    array(&port.shape, value)
}

/// The type of a quantized value.
pub(super) fn element(port: &Port) -> TokenStream {
    let name = Ident::new(port.element.rust(), Span::call_site());
    quote!(#name)
}

/// The array of a port as the user's floats.
pub(super) fn floats(port: &Port) -> TokenStream {
    array(&port.shape, &quote!(f32))
}

/// The array of a port as quantized values.
pub(super) fn codes(port: &Port) -> TokenStream {
    array(&port.shape, &element(port))
}
