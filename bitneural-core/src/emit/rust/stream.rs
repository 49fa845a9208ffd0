//! The struct that takes a frame at a time.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::arrays::{codes, floats};
use super::methods::Pieces;
use super::{Style, api, calls, constants, count, number};
use crate::emit::program::Stream;

/// What stands beside the user's code, and what stands behind it.
#[derive(Default)]
pub(super) struct Printed {
    pub(super) structure: TokenStream,
    pub(super) implementation: TokenStream,
}

pub(super) fn print(stream: &Stream, style: &Style) -> Printed {
    let whole = &style.name;
    let doc =
        format!(" [`{whole}`], a frame at a time: what it yields for a sequence, to the bit.");
    let style = &Style {
        attributes: quote!(#[doc = #doc]),
        ..style.of_stream()
    };
    let program = &stream.program;
    let structure = api::structure(program, style);
    let outputs = api::outputs(program, style);
    let slots = constants::slots(program);
    let implementation = implementation(stream, style);
    Printed {
        structure: quote!(#structure #outputs),
        implementation: quote!(#slots #implementation),
    }
}

fn implementation(stream: &Stream, style: &Style) -> TokenStream {
    let program = &stream.program;
    let pieces = Pieces { program, style };
    let name = &style.name;
    let caller = if program.is_float() {
        "step"
    } else {
        "step_quantized"
    };
    let macs_doc = " Multiply-accumulates of a frame, the mean of many.";
    let constants = api::constants(program, macs_doc, caller);
    let counters = pieces.place(stream.counters);
    let real = pieces.arguments(floats);
    let output = pieces.output_type(floats, style.outputs());
    let (quantize, real_outputs) = (pieces.quantize(), pieces.real_outputs());
    let quantized = (!program.is_float()).then(|| quantized(&pieces, &counters));
    let run = run(stream, style, &counters);
    let streaming = streaming(stream, style);
    quote! {
        impl #name {
            #constants
            /// A stream in front of its first frame: all zero bytes.
            pub const fn new() -> Self {
                Self { arena: rt::Arena::new() }
            }
            /// Forgets all frames: the next one is the first.
            pub fn reset(&mut self) {
                rt::stream::forget(self.arena.write(#counters));
            }
            /// The real outputs, if there are any, after one more frame.
            pub fn step(&mut self #real) -> ::core::option::Option<#output> {
                #quantize
                self.run();
                if rt::stream::gives(self.arena.read(#counters)) { self.output() } else { ::core::option::Option::None }
            }
            /// The latest real outputs; none in front of the first ones.
            pub fn output(&self) -> ::core::option::Option<#output> {
                if rt::stream::has_output(self.arena.read(#counters)) {
                    ::core::option::Option::Some({ #real_outputs })
                } else {
                    ::core::option::Option::None
                }
            }
            #quantized
            #run
        }
        impl ::core::default::Default for #name {
            fn default() -> Self {
                Self::new()
            }
        }
        #streaming
    }
}

/// What takes and gives codes.
fn quantized(pieces: &Pieces<'_>, counters: &Ident) -> TokenStream {
    let arguments = pieces.arguments(codes);
    let structure = || pieces.style.quantized_outputs();
    let output = pieces.output_type(codes, structure());
    let (copy, read) = (pieces.copy(), pieces.read(structure()));
    let functions = pieces.quantize_functions("step_quantized");
    quote! {
        /// The quantized outputs, if there are any, after one more quantized frame: no floating point at all.
        pub fn step_quantized(&mut self #arguments) -> ::core::option::Option<#output> {
            #copy
            self.run();
            if rt::stream::gives(self.arena.read(#counters)) { self.output_quantized() } else { ::core::option::Option::None }
        }
        /// The latest quantized outputs; none in front of the first ones.
        pub fn output_quantized(&self) -> ::core::option::Option<#output> {
            if rt::stream::has_output(self.arena.read(#counters)) {
                ::core::option::Option::Some({ #read })
            } else {
                ::core::option::Option::None
            }
        }
        #functions
    }
}

/// What runs for a frame, whose input lies in the arena.
fn run(stream: &Stream, style: &Style, counters: &Ident) -> TokenStream {
    let beginnings = stream.beginnings.iter().map(|beginning| {
        let (word, words) = (count(beginning.word), count(beginning.words));
        let value = number(beginning.value);
        quote!(self.arena.write(rt::slot::<u32>(#word, #words)).fill(#value);)
    });
    let now = |clock: usize| match clock {
        0 => quote!(true),
        _ => {
            let name = clock_name(clock);
            quote!(#name)
        }
    };
    let clocks = stream.clocks.iter().enumerate().skip(1);
    let clocks = clocks.map(|(index, clock)| {
        let name = clock_name(index);
        let (index, first, period) = (count(index), count(clock.first), count(clock.period));
        quote!(let #name = rt::stream::tick(self.arena.write(#counters), #index, #first, #period);)
    });
    let groups = stream.groups().into_iter().map(|(clock, range)| {
        let calls = calls::calls(&stream.program, style, range.start, range.end);
        match clock {
            0 => calls,
            clock => {
                let now = now(clock);
                quote!(if #now { #calls })
            }
        }
    });
    let groups: TokenStream = groups.collect();
    let given = now(stream.of_outputs);
    quote! {
        #[inline(never)]
        fn run(&mut self) {
            if rt::stream::is_new(self.arena.read(#counters)) {
                #(#beginnings)*
                rt::stream::begin(self.arena.write(#counters));
            }
            #(#clocks)*
            #groups
            rt::stream::give(self.arena.write(#counters), #given);
        }
    }
}

fn clock_name(index: usize) -> Ident {
    Ident::new(&format!("clock_{index}"), Span::call_site())
}

/// The trait by which generic code takes any stream.
fn streaming(stream: &Stream, style: &Style) -> TokenStream {
    let (name, runtime) = (&style.name, &style.runtime);
    let program = &stream.program;
    let (input, arguments, output) = api::types(program, style);
    let (frames, outputs) = (api::shapes(&program.inputs), api::shapes(&program.outputs));
    quote! {
        impl #runtime::StreamingModel for #name {
            type Frame = #input;
            type Output = #output;
            const FRAME_SHAPES: &'static [&'static [usize]] = #frames;
            const OUTPUT_SHAPES: &'static [&'static [usize]] = #outputs;
            const MACS: u64 = Self::MACS;
            const FLASH_BYTES: usize = Self::FLASH_BYTES;
            const RAM_BYTES: usize = Self::RAM_BYTES;
            fn step(&mut self, input: &Self::Frame) -> ::core::option::Option<Self::Output> {
                Self::step(self, #arguments)
            }
            fn output(&self) -> ::core::option::Option<Self::Output> {
                Self::output(self)
            }
            fn reset(&mut self) {
                Self::reset(self);
            }
        }
    }
}
