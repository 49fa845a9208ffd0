//! `MODEL_ID`.

use super::{Field, Places, Program, Record, Value};
use crate::hash::Hash;
use crate::ids::SlotId;
use crate::plan::memory::Content;

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
    let place = |hash: &mut Hash, id: SlotId| {
        let slot = program.slot(id);
        let content = match slot.content {
            Content::Tensor(element) => element.rust(),
            Content::Scratch => "scratch",
        };
        hash.bytes(content.as_bytes());
        hash.word(slot.word as u64);
        hash.word(slot.elements as u64);
    };
    for call in &program.calls {
        hash.bytes(call.family.as_bytes());
        hash.bytes(call.kernel.as_bytes());
        hash.word(call.record.map_or(u64::MAX, |record| record.0.into()));
        if let Places::Custom { name, .. } = &call.places {
            hash.bytes(name.as_bytes());
        }
        let read = call.places.read();
        hash.word(read.len() as u64);
        read.iter().for_each(|&slot| place(&mut hash, slot));
        place(&mut hash, call.places.written());
    }
    hash.word(program.calls_to_scores as u64);
    if let Some(scores) = program.scores {
        place(&mut hash, scores);
    }
    for port in program.inputs.iter().chain(&program.outputs) {
        place(&mut hash, port.slot);
        let record = port.conversion.map(|conversion| conversion.record);
        hash.word(record.map_or(u64::MAX, |record| record.0.into()));
    }
    hash.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use crate::tests::bare;
    use crate::{Options, compile};

    /// The id of a network that joins `a` and `b` by its only layer, and how many calls that takes.
    fn id(mut join: Value) -> (u64, usize) {
        let mut model = bare("keras", &[3], json!([]));
        let input = |id: &str| json!({"id": id, "shape": [3], "range": [-1.0, 1.0], "range_kind": "declared"});
        model.metadata["inputs"] = json!([input("a"), input("b")]);
        model.metadata["outputs"] = json!(["join"]);
        join["id"] = json!("join");
        join["range"] = json!([-1.0, 1.0]);
        join["samples"] = json!(40);
        model.metadata["layers"] = json!([join]);
        let compiled = compile(&model.bytes(), &Options::default());
        let program = compiled.unwrap_or_else(|errors| panic!("{errors}")).program;
        (program.figures.model_id, program.calls.len())
    }

    #[test]
    fn kernels_and_what_they_read_are_part_of_it() {
        let of = |kind: &str, inputs: [&str; 2]| id(json!({"type": kind, "inputs": inputs}));
        let different = [
            of("maximum", ["a", "b"]),
            of("minimum", ["a", "b"]),
            of("subtract", ["a", "b"]),
            of("subtract", ["b", "a"]),
        ];
        assert!(different.iter().all(|&(_, calls)| calls == 1));
        let ids: BTreeSet<u64> = different.iter().map(|&(id, _)| id).collect();
        assert_eq!(ids.len(), different.len(), "{different:?}");
        assert_eq!(of("subtract", ["a", "b"]), different[2]);
    }
}
