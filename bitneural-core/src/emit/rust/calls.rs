//! The kernel calls, a line or two each.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Style, count, screaming};
use crate::emit::program::{Call, Places, Program};
use crate::ids::SlotId;

/// The calls `from..to`.
pub(super) fn calls(program: &Program, style: &Style, from: usize, to: usize) -> TokenStream {
    program.calls[from..to]
        .iter()
        .map(|call| one(program, style, call))
        .collect()
}

fn one(program: &Program, style: &Style, call: &Call) -> TokenStream {
    let place = |id: SlotId| screaming(&program.slot(id).name);
    let record = call.record.map(|id| screaming(&program.constant(id).name));
    let record = record.map(|record| quote!(&#record,));
    let family = Ident::new(call.family, Span::call_site());
    let kernel = Ident::new(call.kernel, Span::call_site());
    match &call.places {
        &Places::InPlace(data) => {
            let data = place(data);
            quote!(rt::#family::#kernel(#record self.arena.write(#data));)
        }
        &Places::Two(input, output) => {
            let (input, output) = (place(input), place(output));
            quote! {
                let (input, output) = self.arena.two(#input, #output);
                rt::#family::#kernel(#record input, output);
            }
        }
        &Places::Three(input, output, None) => {
            let (input, output) = (place(input), place(output));
            quote! {
                let (input, output) = self.arena.two(#input, #output);
                rt::#family::#kernel(#record input, output, &mut []);
            }
        }
        Places::Several(inputs, output) => {
            let inputs = inputs.iter().map(|&input| place(input));
            let output = place(*output);
            // In a block, so that the lists of all calls share one place on the stack.
            quote! {
                {
                    let (inputs, output) = self.arena.several([#(#inputs),*], #output);
                    rt::#family::#kernel(#record &inputs, output);
                }
            }
        }
        Places::Custom {
            name,
            inputs,
            output,
        } => {
            let layer = style.custom_type(name);
            // The number is said, so that a type for another one is told which trait it lacks.
            let arity = count(inputs.len());
            let inputs = inputs.iter().map(|&id| place(id));
            let output = place(*output);
            quote! {
                {
                    let (inputs, output) = self.arena.gather([#(#inputs),*], #output);
                    rt::#family::run::<#layer, #arity>(#record inputs, output);
                }
            }
        }
        &Places::Four(input, output, scratch, state) => {
            let places = [input, output, scratch, state].map(place);
            let [input, output, scratch, state] = places;
            quote! {
                let (input, output, [scratch, state]) = self.arena.four(#input, #output, [#scratch, #state]);
                rt::#family::#kernel(#record input, output, scratch, state);
            }
        }
        &Places::Three(input, output, Some(scratch)) => {
            let (input, output, scratch) = (place(input), place(output), place(scratch));
            quote! {
                let (input, output, scratch) = self.arena.three(#input, #output, #scratch);
                rt::#family::#kernel(#record input, output, scratch);
            }
        }
    }
}
