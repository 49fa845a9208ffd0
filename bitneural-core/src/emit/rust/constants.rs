//! The statics and the places in the arena.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::{Style, count, float, number, screaming};
use crate::emit::program::{Constant, Field, Program, Record, Value};
use crate::ids::ConstantId;
use crate::plan::memory::Content;

/// One static for each constant, in an order in which each refers to earlier ones.
pub(super) fn statics(program: &Program, style: &Style) -> TokenStream {
    let section = style
        .weights_section
        .as_ref()
        .map(|section| quote!(#[unsafe(link_section = #section)]));
    program
        .constants
        .iter()
        .map(|constant| one(program, constant, section.as_ref()))
        .collect()
}

fn one(program: &Program, constant: &Constant, section: Option<&TokenStream>) -> TokenStream {
    let Constant { name, doc, value } = constant;
    let name = screaming(name);
    let doc = format!(" {doc}");
    match value {
        Value::Blob(bytes) => {
            let length = count(bytes.len());
            let literal = Literal::byte_string(bytes);
            quote!(#[doc = #doc] #section static #name: rt::Blob<#length> = rt::Blob(*#literal);)
        }
        Value::Table(entries) => {
            let literal = Literal::byte_string(entries.as_slice());
            quote!(#[doc = #doc] #section static #name: [u8; 256] = *#literal;)
        }
        Value::Codes(codes) => {
            let length = count(codes.len());
            let literal = Literal::byte_string(codes);
            quote!(#[doc = #doc] #section static #name: [u8; #length] = *#literal;)
        }
        Value::Channels(channels) => {
            let length = count(channels.len());
            let rows = channels.iter().map(|channel| {
                let (bias, multiplier) = (number(channel.bias), number(channel.multiplier));
                quote!(rt::channel(#bias, #multiplier))
            });
            quote!(#[doc = #doc] static #name: [rt::Channel; #length] = [#(#rows),*];)
        }
        Value::Signs(signs) => {
            let length = count(signs.len());
            let signs = signs.iter().map(|&sign| number(sign));
            quote!(#[doc = #doc] static #name: [i8; #length] = [#(#signs),*];)
        }
        Value::Counts(counts) => {
            let length = count(counts.len());
            let counts = counts.iter().map(|&value| count(value));
            quote!(#[doc = #doc] static #name: [u16; #length] = [#(#counts),*];)
        }
        Value::InputChannels(channels) => {
            let length = count(channels.len());
            let rows = channels.iter().map(|channel| {
                let (factor, offset) = (float(channel.factor), number(channel.offset));
                quote!(rt::InputChannel { factor: #factor, offset: #offset })
            });
            quote!(#[doc = #doc] static #name: [rt::InputChannel; #length] = [#(#rows),*];)
        }
        Value::Records(records) => {
            let length = count(records.len());
            let kind = Ident::new(records[0].name, Span::call_site());
            let rows = records.iter().map(|record| {
                let fields = fields(program, record);
                quote!(rt::#kind { #fields })
            });
            quote!(#[doc = #doc] static #name: [rt::#kind; #length] = [#(#rows),*];)
        }
        Value::FloatChannels(channels) => {
            let length = count(channels.len());
            let rows = channels.iter().map(|channel| {
                let (scale, bias) = (float(channel.scale), float(channel.bias));
                quote!(rt::float_channel(#scale, #bias))
            });
            quote!(#[doc = #doc] static #name: [rt::FloatChannel; #length] = [#(#rows),*];)
        }
        Value::NormalChannels(channels) => {
            let length = count(channels.len());
            let rows = channels.iter().map(|channel| {
                let (mean, factor) = (float(channel.mean), float(channel.factor));
                quote!(rt::NormalChannel { mean: #mean, factor: #factor })
            });
            quote!(#[doc = #doc] static #name: [rt::NormalChannel; #length] = [#(#rows),*];)
        }
        Value::Floats(values) => {
            let length = count(values.len());
            let values = values.iter().map(|&value| float(value));
            quote!(#[doc = #doc] static #name: [f32; #length] = [#(#values),*];)
        }
        Value::Record(record) => {
            let kind = Ident::new(record.name, Span::call_site());
            let fields = fields(program, record);
            quote!(#[doc = #doc] static #name: rt::#kind = rt::#kind { #fields };)
        }
    }
}

fn fields(program: &Program, record: &Record) -> TokenStream {
    let reference = |id: &ConstantId| screaming(&program.constant(*id).name);
    record
        .fields
        .iter()
        .map(|(name, field)| {
            let name = Ident::new(name, Span::call_site());
            let value = match field {
                Field::Integer(value) => number(*value),
                Field::Float(value) => float(*value),
                Field::Words(id) => {
                    let blob = reference(id);
                    quote!(#blob.words())
                }
                Field::Table(id) | Field::List(id) | Field::CountedList(id) => {
                    let list = reference(id);
                    quote!(&#list)
                }
                Field::EmptyList => quote!(&[]),
                Field::Boolean(value) => quote!(#value),
                Field::Record(record) => {
                    let kind = Ident::new(record.name, Span::call_site());
                    let fields = fields(program, record);
                    quote!(rt::#kind { #fields })
                }
                Field::Some(id) | Field::SomeList(id) => {
                    let record = reference(id);
                    quote!(::core::option::Option::Some(&#record))
                }
                Field::None => quote!(::core::option::Option::None),
                Field::Requant(requant) => {
                    let (pre_shift, shift) = (number(requant.pre_shift), number(requant.shift));
                    let (low, high) = (number(requant.low), number(requant.high));
                    quote!(rt::Requant { pre_shift: #pre_shift, shift: #shift, low: #low, high: #high })
                }
            };
            quote!(#name: #value,)
        })
        .collect()
}

/// One constant for each place in the arena.
pub(super) fn slots(program: &Program) -> TokenStream {
    program
        .slots
        .iter()
        .map(|slot| {
            let name = screaming(&slot.name);
            let doc = format!(" {}", slot.doc);
            let element = Ident::new(
                match slot.content {
                    Content::Tensor(element) => element.rust(),
                    Content::Scratch => "u32",
                },
                Span::call_site(),
            );
            let (word, elements) = (count(slot.word), count(slot.elements));
            quote!(#[doc = #doc] const #name: rt::Slot<#element> = rt::slot(#word, #elements);)
        })
        .collect()
}
