//! The methods of the struct.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::arrays::{codes, filled, flat, floats, whole};
use super::{Style, calls, number, screaming};
use crate::emit::program::{Conversion, Port, Program};
use crate::ids::SlotId;
use crate::network::Element;

/// The pieces that the methods have in common.
pub(super) struct Pieces<'a> {
    pub(super) program: &'a Program,
    pub(super) style: &'a Style,
}

impl Pieces<'_> {
    pub(super) fn place(&self, id: SlotId) -> Ident {
        screaming(&self.program.slot(id).name)
    }

    /// The call that brings the elements of a port from one place to the other.
    fn convert(
        &self,
        conversion: Option<Conversion>,
        from: &TokenStream,
        to: &TokenStream,
    ) -> TokenStream {
        let Some(Conversion { function, record }) = conversion else {
            return quote!(rt::copy(#from, #to););
        };
        let function = Ident::new(function, Span::call_site());
        let record = screaming(&self.program.constant(record).name);
        quote!(rt::#function(&#record, #from, #to);)
    }

    /// `, input: &[f32; 3]` for each input.
    pub(super) fn arguments(&self, array: fn(&Port) -> TokenStream) -> TokenStream {
        let arguments = self.program.inputs.iter().map(|port| {
            let (name, array) = (name(port), array(port));
            quote!(, #name: &#array)
        });
        arguments.collect()
    }

    /// Real inputs → the arena.
    pub(super) fn quantize(&self) -> TokenStream {
        let inputs = self.program.inputs.iter().map(|port| {
            let (name, place) = (name(port), self.place(port.slot));
            let flat = flat(port, &quote!(#name), false);
            self.convert(port.conversion, &flat, &quote!(self.arena.write(#place)))
        });
        inputs.collect()
    }

    /// Quantized inputs → the arena.
    pub(super) fn copy(&self) -> TokenStream {
        let inputs = self.program.inputs.iter().map(|port| {
            let place = self.place(port.slot);
            let name = name(port);
            let flat = flat(port, &quote!(#name), false);
            quote!(rt::copy(#flat, self.arena.write(#place));)
        });
        inputs.collect()
    }

    /// The type of what the user gets.
    pub(super) fn output_type(
        &self,
        array: fn(&Port) -> TokenStream,
        structure: Ident,
    ) -> TokenStream {
        match self.program.outputs.as_slice() {
            [only] => array(only),
            _ => quote!(#structure),
        }
    }

    /// The arena → real outputs.
    pub(super) fn real_outputs(&self) -> TokenStream {
        if self.program.is_float() {
            return self.read(self.style.outputs());
        }
        let one = |port: &Port| {
            let (name, place) = (name(port), self.place(port.slot));
            let zeros = filled(port, &quote!(0.0));
            let flat = flat(port, &quote!(#name), true);
            let convert = self.convert(port.conversion, &quote!(self.arena.read(#place)), &flat);
            quote! {
                let mut #name = #zeros;
                #convert
            }
        };
        let outputs = self.program.outputs.iter().map(one);
        let whole = match self.program.outputs.as_slice() {
            [only] => {
                let name = name(only);
                quote!(#name)
            }
            several => {
                let (structure, names) = (self.style.outputs(), several.iter().map(name));
                quote!(#structure { #(#names),* })
            }
        };
        quote!(#(#outputs)* #whole)
    }

    /// The arena → outputs as they lie there; several in a `structure`.
    pub(super) fn read(&self, structure: Ident) -> TokenStream {
        let one = |port: &Port| {
            let (place, whole) = (self.place(port.slot), whole(port));
            let zeros = filled(port, &zero(port));
            quote!(match self.arena.read(#place)#whole {
                ::core::option::Option::Some(output) => *output,
                ::core::option::Option::None => #zeros,
            })
        };
        match self.program.outputs.as_slice() {
            [only] => one(only),
            several => {
                let (names, values) = (several.iter().map(name), several.iter().map(one));
                quote!(#structure { #(#names: #values),* })
            }
        }
    }

    /// A function for each input: real values as `predict_quantized` takes them.
    pub(super) fn quantize_functions(&self, taker: &str) -> TokenStream {
        let functions = self.program.inputs.iter().map(|port| {
            let function = Ident::new(&format!("quantize_{}", port.name), Span::call_site());
            let (floats, codes) = (floats(port), codes(port));
            let zeros = filled(port, &quote!(0));
            let from = flat(port, &quote!(input), false);
            let to = flat(port, &quote!(quantized), true);
            let convert = self.convert(port.conversion, &from, &to);
            let doc = format!(" Real `{}` as `{taker}` takes it.", port.name);
            quote! {
                #[doc = #doc]
                pub fn #function(input: &#floats) -> #codes {
                    let mut quantized = #zeros;
                    #convert
                    quantized
                }
            }
        });
        functions.collect()
    }

    /// `classify`, `classify_quantized` and what they look at; nothing without scores.
    fn classify(&self) -> TokenStream {
        let Some(scores) = self.program.scores else {
            return TokenStream::new();
        };
        let scores = self.place(scores);
        let read = match self.program.threshold {
            None => quote!(rt::argmax(self.arena.read(#scores))),
            Some(_) if self.program.is_float() => quote!(rt::positive(self.arena.read(#scores))),
            Some(threshold) => {
                let threshold = number(threshold);
                quote!(rt::above(self.arena.read(#scores), #threshold))
            }
        };
        let (class, index) = if self.program.classes.is_empty() {
            (quote!(usize), read)
        } else {
            let class = self.style.class();
            let value = quote!(match #class::ALL.get(#read) {
                ::core::option::Option::Some(class) => *class,
                ::core::option::Option::None => #class::ALL[0],
            });
            (quote!(#class), value)
        };
        let (real, quantized) = (self.arguments(floats), self.arguments(codes));
        let (quantize, copy) = (self.quantize(), self.copy());
        let classify_quantized = (!self.program.is_float()).then(|| {
            quote! {
                /// The most likely class for quantized inputs: no floating point at all.
                pub fn classify_quantized(&mut self #quantized) -> #class {
                    #copy
                    self.run_to_scores();
                    self.class()
                }
            }
        });
        quote! {
            /// The most likely class for real inputs, the first one on ties.
            pub fn classify(&mut self #real) -> #class {
                #quantize
                self.run_to_scores();
                self.class()
            }
            #classify_quantized
            fn class(&self) -> #class {
                #index
            }
        }
    }
}

/// The literal that is 0 as the elements of a port lie in the arena.
fn zero(port: &Port) -> TokenStream {
    match port.element {
        Element::U8 | Element::U16 | Element::I16 => quote!(0),
        Element::F32 => quote!(0.0),
    }
}

fn name(port: &Port) -> Ident {
    Ident::new(&port.name, Span::call_site())
}

/// All of them.
pub(super) fn methods(program: &Program, style: &Style) -> TokenStream {
    let pieces = Pieces { program, style };
    let to_scores = calls::calls(program, style, 0, program.calls_to_scores);
    let behind = calls::calls(program, style, program.calls_to_scores, program.calls.len());
    // Functions of their own, below: one copy for all methods, and what they keep on the stack while a
    // kernel runs does not grow with the methods around them.
    let (run_behind, behind) = if behind.is_empty() {
        (TokenStream::new(), TokenStream::new())
    } else {
        let function = quote! {
            #[inline(never)]
            fn run_behind_scores(&mut self) {
                #behind
            }
        };
        (quote!(self.run_behind_scores();), function)
    };
    let real = pieces.arguments(floats);
    let real_output = pieces.output_type(floats, style.outputs());
    let (quantize, real_outputs) = (pieces.quantize(), pieces.real_outputs());
    let quantized = (!program.is_float()).then(|| quantized(&pieces));
    let classify = pieces.classify();
    let predict_doc = format!(" The real outputs for real inputs.{}", program.order());
    quote! {
        /// A model that has seen nothing yet: all zero bytes.
        pub const fn new() -> Self {
            Self { arena: rt::Arena::new() }
        }
        #[doc = #predict_doc]
        pub fn predict(&mut self #real) -> #real_output {
            #quantize
            self.run();
            #real_outputs
        }
        #quantized
        #classify
        fn run(&mut self) {
            self.run_to_scores();
            #run_behind
        }
        #[inline(never)]
        fn run_to_scores(&mut self) {
            #to_scores
        }
        #behind
    }
}

/// What takes and gives codes.
fn quantized(pieces: &Pieces<'_>) -> TokenStream {
    let arguments = pieces.arguments(codes);
    let output = pieces.output_type(codes, pieces.style.quantized_outputs());
    let read = pieces.read(pieces.style.quantized_outputs());
    let copy = pieces.copy();
    let functions = pieces.quantize_functions("predict_quantized");
    quote! {
        /// The quantized outputs for quantized inputs: no floating point at all.
        pub fn predict_quantized(&mut self #arguments) -> #output {
            #copy
            self.run();
            #read
        }
        #functions
    }
}
