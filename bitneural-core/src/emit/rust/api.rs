//! The struct, its methods and the class enum: what the user reads.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Style, calls, count, float, number, screaming};
use crate::emit::names::Class;
use crate::emit::program::{Port, Program};

/// `[[element; 8]; 8]` for the shape `[8, 8]`.
fn array(shape: &[usize], element: &TokenStream) -> TokenStream {
    shape.iter().rev().fold(element.clone(), |inner, &axis| {
        let axis = count(axis);
        quote!([#inner; #axis])
    })
}

/// `value` of a nested array type as one slice.
fn flat(port: &Port, value: &TokenStream, mutable: bool) -> TokenStream {
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
fn whole(port: &Port) -> TokenStream {
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
fn filled(port: &Port, value: &TokenStream) -> TokenStream {
    array(&port.shape, value)
}

fn element(port: &Port) -> TokenStream {
    let name = Ident::new(port.element.rust(), Span::call_site());
    quote!(#name)
}

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

pub(super) fn enumeration(classes: &[Class], style: &Style) -> TokenStream {
    if classes.is_empty() {
        return TokenStream::new();
    }
    let visibility = &style.visibility;
    let class = style.class();
    let doc = format!(" The classes of [`{}`].", style.name);
    let variants = classes.iter().map(|class| {
        let variant = Ident::new(&class.variant, Span::call_site());
        let doc = format!(" `{}`", class.label);
        quote!(#[doc = #doc] #variant,)
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #visibility enum #class { #(#variants)* }
    }
}

/// The constants of the struct.
fn constants(program: &Program) -> TokenStream {
    let axes = |port: &Port| {
        let rank = count(port.shape.len());
        let shape = port.shape.iter().map(|&axis| count(axis));
        (quote!([usize; #rank]), quote!([#(#shape),*]))
    };
    let (input_type, input_shape) = axes(&program.input);
    let (output_type, output_shape) = axes(&program.output);
    let (input_scale, input_zero) = (float(program.input.scale), number(program.input.zero_point));
    let (output_scale, output_zero) = (
        float(program.output.scale),
        number(program.output.zero_point),
    );
    let figures = &program.figures;
    let macs = number(figures.macs);
    let (flash, stack) = (count(figures.flash_bytes), count(figures.stack_bytes));
    let id = number(figures.model_id);
    let version = &program.model_version;
    quote! {
        /// The axes of the input.
        pub const INPUT_SHAPE: #input_type = #input_shape;
        /// The real value of one step of the quantized input (after normalization).
        pub const INPUT_SCALE: f32 = #input_scale;
        /// The quantized input that stands for 0.
        pub const INPUT_ZERO_POINT: i32 = #input_zero;
        /// The axes of the output.
        pub const OUTPUT_SHAPE: #output_type = #output_shape;
        /// The real value of one step of the quantized output.
        pub const OUTPUT_SCALE: f32 = #output_scale;
        /// The quantized output that stands for 0.
        pub const OUTPUT_ZERO_POINT: i32 = #output_zero;
        /// Multiply-accumulates of one inference.
        pub const MACS: u64 = #macs;
        /// Bytes of read-only data on a 32-bit chip, kernel code apart.
        pub const FLASH_BYTES: usize = #flash;
        /// Bytes of RAM: the size of this struct.
        pub const RAM_BYTES: usize = ::core::mem::size_of::<Self>();
        /// A bound of the stack below `predict_quantized`, bytes: optimized code on a 32-bit chip.
        pub const STACK_BYTES: usize = #stack;
        /// A hash of all that decides what the model computes.
        pub const MODEL_ID: u64 = #id;
        /// The version that the model file gives.
        pub const MODEL_VERSION: &'static str = #version;
    }
}

pub(super) fn implementation(program: &Program, style: &Style) -> TokenStream {
    let name = &style.name;
    let constants = constants(program);
    let methods = methods(program, style);
    let class = class_implementation(&program.classes, style);
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

fn methods(program: &Program, style: &Style) -> TokenStream {
    let (input, output) = (&program.input, &program.output);
    let float = quote!(f32);
    let (input_float, output_float) = (array(&input.shape, &float), array(&output.shape, &float));
    let (input_codes, output_codes) = (
        array(&input.shape, &element(input)),
        array(&output.shape, &element(output)),
    );
    let place = |id| screaming(&program.slot(id).name);
    let (input_place, output_place, scores_place) =
        (place(input.slot), place(output.slot), place(program.scores));
    let quantize = screaming(&program.constant(input.conversion).name);
    let dequantize = screaming(&program.constant(output.conversion).name);
    let input_flat = flat(input, &quote!(input), false);
    let quantized_flat = flat(input, &quote!(quantized), true);
    let output_flat = flat(output, &quote!(output), true);
    let (zeros, ones) = (filled(output, &quote!(0.0)), filled(output, &quote!(0)));
    let input_zeros = filled(input, &quote!(0));
    let whole = whole(output);
    let to_scores = calls::calls(program, 0, program.calls_to_scores);
    let behind = calls::calls(program, program.calls_to_scores, program.calls.len());
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
    let read = match program.threshold {
        None => quote!(rt::argmax(self.arena.read(#scores_place))),
        Some(threshold) => {
            let threshold = number(threshold);
            quote!(rt::above(self.arena.read(#scores_place), #threshold))
        }
    };
    let (class, index) = if program.classes.is_empty() {
        (quote!(usize), read)
    } else {
        let class = style.class();
        let value = quote!(match #class::ALL.get(#read) {
            ::core::option::Option::Some(class) => *class,
            ::core::option::Option::None => #class::ALL[0],
        });
        (quote!(#class), value)
    };
    quote! {
        /// A model that has seen nothing yet: all zero bytes.
        pub const fn new() -> Self {
            Self { arena: rt::Arena::new() }
        }
        /// The real outputs for real inputs.
        pub fn predict(&mut self, input: &#input_float) -> #output_float {
            rt::quantize(&#quantize, #input_flat, self.arena.write(#input_place));
            self.run();
            let mut output = #zeros;
            rt::dequantize(&#dequantize, self.arena.read(#output_place), #output_flat);
            output
        }
        /// The most likely class for real inputs, the first one on ties.
        pub fn classify(&mut self, input: &#input_float) -> #class {
            rt::quantize(&#quantize, #input_flat, self.arena.write(#input_place));
            self.run_to_scores();
            self.class()
        }
        /// The quantized outputs for quantized inputs: no floating point at all.
        pub fn predict_quantized(&mut self, input: &#input_codes) -> #output_codes {
            rt::copy(#input_flat, self.arena.write(#input_place));
            self.run();
            match self.arena.read(#output_place)#whole {
                ::core::option::Option::Some(output) => *output,
                ::core::option::Option::None => #ones,
            }
        }
        /// The most likely class for quantized inputs: no floating point at all.
        pub fn classify_quantized(&mut self, input: &#input_codes) -> #class {
            rt::copy(#input_flat, self.arena.write(#input_place));
            self.run_to_scores();
            self.class()
        }
        /// Real inputs as `predict_quantized` takes them.
        pub fn quantize_input(input: &#input_float) -> #input_codes {
            let mut quantized = #input_zeros;
            rt::quantize(&#quantize, #input_flat, #quantized_flat);
            quantized
        }
        fn run(&mut self) {
            self.run_to_scores();
            #run_behind
        }
        #[inline(never)]
        fn run_to_scores(&mut self) {
            #to_scores
        }
        #behind
        fn class(&self) -> #class {
            #index
        }
    }
}

/// The trait by which generic code takes any model.
fn model_implementation(program: &Program, style: &Style) -> TokenStream {
    let name = &style.name;
    let runtime = &style.runtime;
    let float = quote!(f32);
    let (input, output) = (
        array(&program.input.shape, &float),
        array(&program.output.shape, &float),
    );
    quote! {
        impl #runtime::Model for #name {
            type Input = #input;
            type Output = #output;
            const INPUT_SHAPE: &'static [usize] = &Self::INPUT_SHAPE;
            const OUTPUT_SHAPE: &'static [usize] = &Self::OUTPUT_SHAPE;
            const MACS: u64 = Self::MACS;
            const FLASH_BYTES: usize = Self::FLASH_BYTES;
            const RAM_BYTES: usize = Self::RAM_BYTES;
            fn predict(&mut self, input: &Self::Input) -> Self::Output {
                Self::predict(self, input)
            }
        }
    }
}

pub(super) fn class_implementation(classes: &[Class], style: &Style) -> TokenStream {
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
