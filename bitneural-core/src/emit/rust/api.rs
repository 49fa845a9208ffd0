//! The struct, those of its outputs, and the constants: what the user reads.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::arrays::{codes, floats};
use super::{Style, classes, count, float, methods, number, screaming};
use crate::emit::program::{Port, Program};
use crate::network::Element;

pub(super) fn structure(program: &Program, style: &Style) -> TokenStream {
    let Style {
        name,
        visibility,
        attributes,
        runtime,
        ..
    } = style;
    let card = program.card.iter().map(|line| {
        let line = format!(" {line}");
        quote!(#[doc = #line])
    });
    // An empty line between the user's words and the card.
    let gap = (!attributes.is_empty()).then(|| quote!(#[doc = ""]));
    let words = count(program.arena_words);
    quote! {
        #attributes
        #gap
        #(#card)*
        #visibility struct #name {
            arena: #runtime::private::Arena<#words>,
        }
    }
}

/// The structs of several outputs, for floats and for quantized values; nothing for a single output.
pub(super) fn outputs(program: &Program, style: &Style) -> TokenStream {
    if program.outputs.len() == 1 {
        return TokenStream::new();
    }
    let Style {
        name, visibility, ..
    } = style;
    let structure = |structure: Ident, doc: String, array: fn(&Port) -> TokenStream| {
        let fields = program.outputs.iter().map(|port| {
            let (name, array) = (Ident::new(&port.name, Span::call_site()), array(port));
            let doc = format!(" {}", program.slot(port.slot).doc);
            quote!(#[doc = #doc] pub #name: #array,)
        });
        let fields: Vec<TokenStream> = fields.collect();
        quote! {
            #[doc = #doc]
            #[derive(Clone, Debug, PartialEq)]
            #visibility struct #structure { #(#fields)* }
        }
    };
    let real = structure(
        style.outputs(),
        format!(" The outputs of [`{name}`]."),
        floats,
    );
    let quantized = structure(
        style.quantized_outputs(),
        format!(" The quantized outputs of [`{name}`]."),
        codes,
    );
    let quantized = (!program.is_float()).then_some(quantized);
    quote!(#real #quantized)
}

/// What quantized values of a port stand for.
fn port_constants(port: &Port) -> TokenStream {
    let constant = |what: &str| screaming(&format!("{}_{what}", port.name));
    let (shape, scale, zero) = (constant("shape"), constant("scale"), constant("zero_point"));
    let rank = count(port.shape.len());
    let axes = port.shape.iter().map(|&axis| count(axis));
    let (scale_value, zero_value) = (float(port.scale), number(port.zero_point));
    let last = if port.shape.len() > 1 {
        ", channels last"
    } else {
        ""
    };
    let (shape_doc, scale_doc, zero_doc) = (
        format!(" The axes of `{}`{last}.", port.name),
        format!(
            " The real value of one step of the quantized `{}` (after normalization, where there is one).",
            port.name
        ),
        format!(" The quantized `{}` that stands for 0.", port.name),
    );
    let codes = match port.element {
        Element::U8 | Element::U16 | Element::I16 => quote! {
            #[doc = #scale_doc]
            pub const #scale: f32 = #scale_value;
            #[doc = #zero_doc]
            pub const #zero: i32 = #zero_value;
        },
        Element::F32 => TokenStream::new(),
    };
    quote! {
        #[doc = #shape_doc]
        pub const #shape: [usize; #rank] = [#(#axes),*];
        #codes
    }
}

/// The constants of the struct.
pub(super) fn constants(program: &Program, macs_doc: &str, caller: &str) -> TokenStream {
    let ports = program
        .inputs
        .iter()
        .chain(&program.outputs)
        .map(port_constants);
    let figures = &program.figures;
    let macs = number(figures.macs);
    let (flash, stack) = (count(figures.flash_bytes), count(figures.stack_bytes));
    let stack_doc =
        format!(" A bound of the stack below `{caller}`, bytes: optimized code on a 32-bit chip.");
    let id = number(figures.model_id);
    let version = &program.model_version;
    quote! {
        #(#ports)*
        #[doc = #macs_doc]
        pub const MACS: u64 = #macs;
        /// Bytes of read-only data on a 32-bit chip, with the tables that kernels share, kernel code apart.
        pub const FLASH_BYTES: usize = #flash;
        /// Bytes of RAM: the size of this struct.
        pub const RAM_BYTES: usize = ::core::mem::size_of::<Self>();
        #[doc = #stack_doc]
        pub const STACK_BYTES: usize = #stack;
        /// A hash of all that decides what the model computes.
        pub const MODEL_ID: u64 = #id;
        /// The version that the model file gives.
        pub const MODEL_VERSION: &'static str = #version;
    }
}

pub(super) fn implementation(program: &Program, style: &Style) -> TokenStream {
    let name = &style.name;
    let caller = match program.is_float() {
        true => "predict",
        false => "predict_quantized",
    };
    let constants = constants(program, " Multiply-accumulates of one inference.", caller);
    let methods = methods::methods(program, style);
    let class = classes::implementation(&program.classes, style);
    let model = model_implementation(program, style);
    quote! {
        impl #name {
            #constants
            #methods
        }
        impl ::core::default::Default for #name {
            fn default() -> Self {
                Self::new()
            }
        }
        #model
        #class
    }
}

/// What generic code gives, how that becomes arguments, and what it gets.
pub(super) fn types(program: &Program, style: &Style) -> (TokenStream, TokenStream, TokenStream) {
    let (input, arguments) = match program.inputs.as_slice() {
        [only] => (floats(only), quote!(input)),
        several => {
            let types = several.iter().map(floats);
            let places = (0..several.len()).map(count);
            (quote!((#(#types),*)), quote!(#(&input.#places),*))
        }
    };
    let output = match program.outputs.as_slice() {
        [only] => floats(only),
        _ => {
            let name = style.outputs();
            quote!(#name)
        }
    };
    (input, arguments, output)
}

/// The axes of ports, for the traits.
pub(super) fn shapes(ports: &[Port]) -> TokenStream {
    let names = ports
        .iter()
        .map(|port| screaming(&format!("{}_shape", port.name)));
    quote!(&[#(&Self::#names),*])
}

/// The trait by which generic code takes any model.
fn model_implementation(program: &Program, style: &Style) -> TokenStream {
    let name = &style.name;
    let runtime = &style.runtime;
    let (input_shapes, output_shapes) = (shapes(&program.inputs), shapes(&program.outputs));
    let (input, arguments, output) = types(program, style);
    quote! {
        impl #runtime::Model for #name {
            type Input = #input;
            type Output = #output;
            const INPUT_SHAPES: &'static [&'static [usize]] = #input_shapes;
            const OUTPUT_SHAPES: &'static [&'static [usize]] = #output_shapes;
            const MACS: u64 = Self::MACS;
            const FLASH_BYTES: usize = Self::FLASH_BYTES;
            const RAM_BYTES: usize = Self::RAM_BYTES;
            fn predict(&mut self, input: &Self::Input) -> Self::Output {
                Self::predict(self, #arguments)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::emit::{c, rust};
    use crate::tests::bare;
    use crate::{Options, compile};

    #[test]
    fn where_channels_lie_is_said_where_it_matters() {
        let pool = |id: &str| json!([{"id": id, "type": "max_pool2d", "pool": 2}]);
        let flatten = json!([{"id": "flat", "type": "flatten"}]);
        let printed = |shape: &[usize], layers| {
            let model = bare("torch", shape, layers);
            let compiled = compile(&model.bytes(), &Options::default()).unwrap();
            let rust = rust::print(&compiled.program, &rust::Style::new("Net")).to_string();
            (rust, c::print(&compiled.program, &c::Style::new("net")))
        };
        let (rust, c) = printed(&[2, 4, 6], pool("pool"));
        assert!(rust.contains("[4 , 6 , 2]"), "{rust}");
        for doc in [
            "The axes of `input`, channels last.",
            "real inputs. Arrays lie channels last, whatever the layout of the file.",
        ] {
            assert!(rust.contains(doc), "{rust}");
        }
        assert!(c.contains("Arrays lie channels last"), "{c}");
        let (rust, c) = printed(&[3], flatten);
        assert!(!rust.contains("channels last"), "{rust}");
        assert!(!c.contains("Arrays lie"), "{c}");
    }
}
