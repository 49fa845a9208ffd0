//! `MODEL_ID`.

use super::{Field, Program, Record, Value};

/// FNV-1a over eight bytes at a time (Fowler, Noll, Vo; the original takes one byte, which a macro
/// without optimization would feel on a large model).
struct Hash(u64);

impl Hash {
    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 ^= self.0 >> 32;
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
    }
}

impl Hash {
    fn floats(&mut self, first: f32, second: f32) {
        self.word(u64::from(first.to_bits()) << 32 | u64::from(second.to_bits()));
    }

    fn record(&mut self, record: &Record) {
        self.bytes(record.name.as_bytes());
        for (_, field) in &record.fields {
            match field {
                Field::Integer(value) => self.word(*value as u64),
                Field::Float(value) => self.word(u64::from(value.to_bits())),
                Field::Boolean(value) => self.word(u64::from(*value)),
                Field::Words(id)
                | Field::Table(id)
                | Field::List(id)
                | Field::CountedList(id)
                | Field::Some(id)
                | Field::SomeList(id) => self.word(u64::from(id.0)),
                Field::Requant(requant) => {
                    self.word(u64::from(requant.pre_shift) << 32 | u64::from(requant.shift));
                    self.word(u64::from(requant.low as u32) << 32 | u64::from(requant.high as u32));
                }
                Field::Record(record) => self.record(record),
                Field::None => self.word(0),
            }
        }
    }
}

/// A hash of all that decides what the program computes.
pub(super) fn of(program: &Program) -> u64 {
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    for constant in &program.constants {
        match &constant.value {
            Value::Blob(bytes) => hash.bytes(bytes),
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
                .for_each(|channel| hash.floats(channel.scale, channel.bias)),
            Value::NormalChannels(channels) => channels
                .iter()
                .for_each(|channel| hash.floats(channel.mean, channel.factor)),
            Value::Floats(values) => values.iter().for_each(|&value| hash.floats(value, 0.0)),
            Value::Counts(counts) => counts.iter().for_each(|&count| hash.word(count as u64)),
            Value::Record(record) => hash.record(record),
        }
    }
    for call in &program.calls {
        hash.bytes(call.family.as_bytes());
        hash.word(call.record.map_or(u64::MAX, |record| record.0.into()));
    }
    hash.0
}
