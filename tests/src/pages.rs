//! What pages of `docs` say, as data: fenced blocks, tables of fields.

use std::fs;

use bitneural_core::writer::{NamedTensor, TensorData};
use bitneural_targets::root;
use serde_json::Value;

/// A page of `docs`.
///
/// # Panics
/// If the page is not of that form.
#[must_use]
pub fn page(name: &str) -> String {
    let path = root().join("docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The fenced blocks of a page whose first line is `label`.
///
/// # Panics
/// If the page is not of that form.
#[must_use]
pub fn blocks(page: &str, label: &str) -> Vec<Value> {
    let opening = format!("```{label}\n");
    let blocks = page.split(&opening).skip(1);
    let text = |block: &str| block.split("\n```").next().unwrap_or_default().to_owned();
    let blocks: Vec<String> = blocks.map(text).collect();
    assert!(!blocks.is_empty(), "no block `{label}`");
    blocks
        .iter()
        .map(|block| serde_json::from_str(block).unwrap_or_else(|error| panic!("{block}\n{error}")))
        .collect()
}

/// The numbers of a list.
///
/// # Panics
/// If the page is not of that form.
#[must_use]
pub fn numbers(value: &Value) -> Vec<f64> {
    let items = value.as_array().expect("a list");
    items
        .iter()
        .map(|item| item.as_f64().expect("a number"))
        .collect()
}

/// The tensors of a block `json tensors`.
///
/// # Panics
/// If the page is not of that form.
#[must_use]
pub fn tensors(block: &Value) -> Vec<NamedTensor> {
    let tensors = block.as_object().expect("an object").iter();
    let tensor = |(name, tensor): (&String, &Value)| NamedTensor {
        name: name.clone(),
        shape: numbers(&tensor["shape"])
            .iter()
            .map(|&axis| axis as usize)
            .collect(),
        data: match tensor["dtype"].as_str() {
            Some("F32") => {
                TensorData::F32(numbers(&tensor["data"]).iter().map(|&x| x as f32).collect())
            }
            Some("I8") => {
                TensorData::I8(numbers(&tensor["data"]).iter().map(|&x| x as i8).collect())
            }
            other => panic!("{other:?}"),
        },
    };
    tensors.map(tensor).collect()
}

/// Metadata and tensors of the examples of docs/format.md.
///
/// # Panics
/// If the page is not of that form.
#[must_use]
pub fn examples() -> Vec<(Value, Vec<NamedTensor>)> {
    let page = page("format.md");
    let tensors = blocks(&page, "json tensors")
        .iter()
        .map(tensors)
        .collect::<Vec<_>>();
    let metadata = blocks(&page, "json metadata");
    assert_eq!(metadata.len(), tensors.len());
    metadata.into_iter().zip(tensors).collect()
}

/// A row of a table of fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The name of the field.
    pub field: String,
    /// Whether the default is *required*.
    pub is_required: bool,
    /// The version of the format that has it first.
    pub since: String,
    /// What a message says was expected where something else altogether stands.
    pub expected: String,
}

/// The tables of fields, each under its heading: cells in the order of the columns.
///
/// # Panics
/// If the page is not of that form.
#[must_use]
pub fn field_tables() -> Vec<(String, Vec<Row>)> {
    let page = page("format.md");
    let (_, fields) = page.split_once("\n## Fields\n").expect("a section");
    let fields = fields.split("\n## ").next().unwrap_or_default();
    let sections = fields.split("\n### ").skip(1);
    sections
        .map(|section| {
            let (heading, body) = section.split_once('\n').expect("a table");
            let table = body
                .lines()
                .skip_while(|line| !line.starts_with("| field |"))
                .skip(2)
                .take_while(|line| line.starts_with('|'));
            let rows = table.map(|line| {
                let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
                let [field, _, default, since, expected] = cells[..] else {
                    panic!("five cells: {line}");
                };
                Row {
                    field: field.trim_matches('`').to_owned(),
                    is_required: default == "required",
                    since: since.to_owned(),
                    expected: expected.to_owned(),
                }
            });
            (heading.to_owned(), rows.collect())
        })
        .collect()
}

/// Every place of a value, as JSON pointers.
pub fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                places(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}
