//! The entry of `__metadata__` that records a comparison of both networks, and whether it is still about
//! the file that it stands in.

use serde_json::{Value, json};

use super::ModelFile;
use crate::fidelity::{Fidelity, ValueFidelity};
use crate::hash::Hash;

impl ModelFile<'_> {
    /// A hash of all that decides what the network computes: the metadata and the tensors.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Hash::new();
        hash.bytes(self.metadata_text.as_bytes());
        for (name, tensor) in self.tensors() {
            hash.bytes(name.as_bytes());
            hash.bytes(tensor.bytes);
        }
        format!("{:016x}", hash.finish())
    }
}

/// The text of the entry for a file of this fingerprint.
pub(crate) fn write(fidelity: &Fidelity, fingerprint: &str) -> String {
    // As many digits as anybody reads.
    let share = |share: f64| (share * 1e4).round() / 1e4;
    let decibels = |decibels: f64| (decibels * 10.0).round() / 10.0;
    let values = fidelity.values.iter().map(|value| {
        json!({
            "id": value.id,
            "sqnr_db": value.sqnr_db.map(decibels),
            "saturated": share(value.saturated),
            "zeros": share(value.zeros),
            "zero_weights": value.zero_weights.map(share),
        })
    });
    let values: Vec<Value> = values.collect();
    let record = json!({
        "of": fingerprint,
        "samples": fidelity.samples,
        "agree": fidelity.agree.map(share),
        "sqnr_db": fidelity.sqnr_db.map(decibels),
        "values": values,
    });
    record.to_string()
}

/// The record of an entry, if it is one, and about `file`. It decides nothing, so one that cannot be read
/// is no problem.
pub(super) fn read(text: &str, file: &ModelFile<'_>) -> Option<Fidelity> {
    let record: Value = serde_json::from_str(text).ok()?;
    let share = |value: &Value| value.as_f64().filter(|share| (0.0..=1.0).contains(share));
    let values = record["values"].as_array()?.iter().map(|value| {
        Some(ValueFidelity {
            id: value["id"].as_str()?.to_owned(),
            sqnr_db: value["sqnr_db"].as_f64(),
            saturated: share(&value["saturated"])?,
            zeros: share(&value["zeros"])?,
            zero_weights: share(&value["zero_weights"]),
        })
    });
    let fidelity = Fidelity {
        samples: usize::try_from(record["samples"].as_u64()?).ok()?,
        agree: share(&record["agree"]),
        sqnr_db: record["sqnr_db"].as_f64(),
        values: values.collect::<Option<_>>()?,
    };
    // Last, for it reads every byte of the file.
    (record["of"].as_str()? == file.fingerprint()).then_some(fidelity)
}
