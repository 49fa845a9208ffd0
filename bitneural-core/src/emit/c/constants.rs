//! The constants.

use super::{Style, comment};
use crate::emit::names::snake;
use crate::emit::program::{Constant, Field, Program, Record, Value};
use crate::ids::ConstantId;

/// One static for each constant, in an order in which each refers to earlier ones.
pub(super) fn print(program: &Program, style: &Style) -> String {
    program
        .constants
        .iter()
        .map(|constant| one(program, style, constant))
        .collect()
}

/// Items, so many a line.
fn rows(items: impl Iterator<Item = String>, a_line: usize) -> String {
    let items: Vec<String> = items.collect();
    let lines: Vec<String> = items
        .chunks(a_line)
        .map(|line| format!("    {}", line.join(", ")))
        .collect();
    lines.join(",\n")
}

fn list(kind: &str, name: &str, length: usize, rows: &str) -> String {
    format!("static const {kind} {name}[{length}] = {{\n{rows}\n}};\n\n")
}

fn codes(name: &str, entries: &[u8]) -> String {
    let items = rows(entries.iter().map(u8::to_string), 16);
    list("uint8_t", name, entries.len(), &items)
}

fn one(program: &Program, style: &Style, constant: &Constant) -> String {
    let name = style.name(&constant.name);
    let doc = format!("/* {} */\n", comment(&constant.doc));
    let value = match &constant.value {
        Value::Blob(bytes) => {
            let words = bytes.chunks_exact(4).map(|word| {
                let word = word
                    .iter()
                    .rev()
                    .fold(0_u32, |word, &byte| word << 8 | u32::from(byte));
                format!("0x{word:08x}u")
            });
            list("bn_u32", &name, bytes.len() / 4, &rows(words, 8))
        }
        Value::Table(entries) => codes(&name, entries.as_slice()),
        Value::Codes(entries) => codes(&name, entries),
        Value::Channels(channels) => {
            let items = channels.iter().map(|channel| {
                format!(
                    "{{{}, {}}}",
                    signed(channel.bias),
                    signed(channel.multiplier)
                )
            });
            list("bn_channel", &name, channels.len(), &rows(items, 4))
        }
        Value::Signs(signs) => {
            let items = signs.iter().map(i8::to_string);
            list("int8_t", &name, signs.len(), &rows(items, 24))
        }
        Value::Counts(counts) => {
            let items = counts.iter().map(usize::to_string);
            list("uint16_t", &name, counts.len(), &rows(items, 16))
        }
        Value::InputChannels(channels) => {
            let items = channels.iter().map(|channel| {
                format!("{{{}, {}}}", float(channel.factor), signed(channel.offset))
            });
            list("bn_input_channel", &name, channels.len(), &rows(items, 2))
        }
        Value::Records(records) => {
            let kind = format!("bn_{}", snake(records[0].name, "record"));
            let items = records
                .iter()
                .map(|record| format!("{{{}}}", fields(program, style, record).join(", ")));
            list(&kind, &name, records.len(), &rows(items, 2))
        }
        Value::FloatChannels(channels) => {
            let items = channels
                .iter()
                .map(|channel| format!("{{{}, {}}}", float(channel.scale), float(channel.bias)));
            list("bn_float_channel", &name, channels.len(), &rows(items, 4))
        }
        Value::NormalChannels(channels) => {
            let items = channels
                .iter()
                .map(|channel| format!("{{{}, {}}}", float(channel.mean), float(channel.factor)));
            list("bn_normal_channel", &name, channels.len(), &rows(items, 4))
        }
        Value::Floats(values) => {
            let items = values.iter().map(|&value| float(value));
            list("float", &name, values.len(), &rows(items, 8))
        }
        Value::Record(record) => {
            let fields = fields(program, style, record).join(", ");
            format!(
                "static const bn_{} {name} = {{{fields}}};\n\n",
                snake(record.name, "record")
            )
        }
    };
    doc + &value
}

fn fields(program: &Program, style: &Style, record: &Record) -> Vec<String> {
    let reference = |id: &ConstantId| style.name(&program.constant(*id).name);
    record
        .fields
        .iter()
        .map(|(_, field)| match field {
            Field::Integer(value) => integer(*value),
            Field::Float(value) => float(*value),
            Field::Words(id) | Field::Table(id) | Field::List(id) | Field::SomeList(id) => {
                reference(id)
            }
            Field::CountedList(id) => {
                let list = reference(id);
                format!("{list}, sizeof {list} / sizeof {list}[0]")
            }
            // A null pointer, in C and C++, without a header.
            Field::Boolean(value) => u8::from(*value).to_string(),
            Field::Record(record) => {
                format!("{{{}}}", fields(program, style, record).join(", "))
            }
            Field::Some(id) => format!("&{}", reference(id)),
            Field::EmptyList => "0, 0".to_owned(),
            Field::None => "0".to_owned(),
            Field::Requant(requant) => {
                format!(
                    "{{{}, {}, {}, {}}}",
                    requant.pre_shift, requant.shift, requant.low, requant.high
                )
            }
        })
        .collect()
}

/// The smallest `int32_t` has no literal in C.
fn signed(value: i32) -> String {
    integer(value.into())
}

fn integer(value: i64) -> String {
    if value == i64::from(i32::MIN) {
        "-2147483647 - 1".to_owned()
    } else {
        value.to_string()
    }
}

/// A float with as many digits as it takes to read the same bits again.
pub(super) fn float(value: f32) -> String {
    format!("{value:e}f")
}
