//! `MODEL_ID`.

use super::{Field, Places, Program, Record, Value};
use crate::hash::Hash;

fn floats(hash: &mut Hash, first: f32, second: f32) {
    hash.word(u64::from(first.to_bits()) << 32 | u64::from(second.to_bits()));
}

fn add(hash: &mut Hash, record: &Record) {
    hash.bytes(record.name.as_bytes());
    for (_, field) in &record.fields {
        match field {
            Field::Integer(value) => hash.word(*value as u64),
            Field::Float(value) => hash.word(u64::from(value.to_bits())),
            Field::Boolean(value) => hash.word(u64::from(*value)),
            Field::Words(id)
            | Field::Table(id)
            | Field::List(id)
            | Field::CountedList(id)
            | Field::Some(id)
            | Field::SomeList(id) => hash.word(u64::from(id.0)),
            Field::Requant(requant) => {
                hash.word(u64::from(requant.pre_shift) << 32 | u64::from(requant.shift));
                hash.word(u64::from(requant.low as u32) << 32 | u64::from(requant.high as u32));
            }
            Field::Record(record) => add(hash, record),
            Field::EmptyList | Field::None => hash.word(0),
        }
    }
}

/// A hash of all that decides what the program computes.
pub(super) fn of(program: &Program) -> u64 {
    let mut hash = Hash::new();
    for constant in &program.constants {
        match &constant.value {
            Value::Blob(bytes) | Value::Codes(bytes) => hash.bytes(bytes),
            Value::Table(entries) => hash.bytes(entries.as_slice()),
            Value::Channels(channels) => channels.iter().for_each(|channel| {
                hash.word(
                    u64::from(channel.bias as u32) << 32 | u64::from(channel.multiplier as u32),
                );
            }),
            Value::InputChannels(channels) => channels.iter().for_each(|channel| {
                hash.word(
                    u64::from(channel.factor.to_bits()) << 32 | u64::from(channel.offset as u32),
                );
            }),
            Value::FloatChannels(channels) => channels
                .iter()
                .for_each(|channel| floats(&mut hash, channel.scale, channel.bias)),
            Value::NormalChannels(channels) => channels
                .iter()
                .for_each(|channel| floats(&mut hash, channel.mean, channel.factor)),
            Value::Floats(values) => values
                .iter()
                .for_each(|&value| floats(&mut hash, value, 0.0)),
            Value::Signs(signs) => signs.iter().for_each(|&sign| hash.word(sign as u64)),
            Value::Counts(counts) => counts.iter().for_each(|&count| hash.word(count as u64)),
            Value::Records(records) => records.iter().for_each(|record| add(&mut hash, record)),
            Value::Record(record) => add(&mut hash, record),
        }
    }
    if let Some(threshold) = program.threshold {
        hash.word(u64::from(threshold as u32));
    }
    for call in &program.calls {
        hash.bytes(call.family.as_bytes());
        hash.word(call.record.map_or(u64::MAX, |record| record.0.into()));
        if let Places::Custom { name, .. } = &call.places {
            hash.bytes(name.as_bytes());
        }
    }
    hash.finish()
}
