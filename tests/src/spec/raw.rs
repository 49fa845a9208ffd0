//! The files of `spec`, and the blocks of `docs/arithmetic.md`, as tables of fields.

use std::fs;

use bitneural_targets::root;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// A case before its fields are looked at.
#[derive(Debug, Clone)]
pub struct Raw {
    /// Where it stands, for messages: `requantize: largest m`.
    pub name: String,
    /// The file's name without `.toml`; that of the page for a block of it.
    pub file: String,
    /// The rule: `R7`.
    pub rule: String,
    /// All other fields, without `name` and `why`.
    pub fields: Table,
}

impl Raw {
    /// The fields, none of which may be missing or unknown.
    ///
    /// # Panics
    /// If they are not those of `T`, which has to deny unknown ones.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self) -> T {
        let fields = self.fields.clone().try_into();
        fields.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Takes some fields out, together; those that are not there may be optional.
    ///
    /// # Panics
    /// If they are not those of `T`.
    #[must_use]
    pub fn part<T: DeserializeOwned>(&mut self, names: &[&str]) -> T {
        let taken = names
            .iter()
            .filter_map(|&name| self.fields.remove_entry(name));
        let part = taken.collect::<Table>().try_into();
        part.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Takes a field out.
    ///
    /// # Panics
    /// If it is missing, or of another type.
    #[must_use]
    pub fn take<T: DeserializeOwned>(&mut self, field: &str) -> T {
        let value = self.fields.remove(field);
        let value = value.unwrap_or_else(|| panic!("{}: `{field}` is missing", self.name));
        let value = value.try_into();
        value.unwrap_or_else(|error| panic!("{}: `{field}`: {error}", self.name))
    }
}

/// The names, without `.toml`, of the files in a folder of `spec`.
///
/// # Panics
/// If there is none, or one that is no TOML file.
#[must_use]
pub fn files(folder: &str) -> Vec<String> {
    let folder = root().join("spec").join(folder);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> = entries
        .map(|entry| {
            let name = entry.expect("a folder can be read").file_name();
            let name = name.to_string_lossy();
            let stem = name.strip_suffix(".toml");
            stem.unwrap_or_else(|| panic!("{name} in {} is not read", folder.display()))
                .to_owned()
        })
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{} is empty", folder.display());
    names
}

/// All cases of a folder of `spec`.
///
/// # Panics
/// If a file has fields beside its cases that are not known, no cases, or two of one name.
#[must_use]
pub fn folder(folder: &str) -> Vec<Raw> {
    let files = files(folder);
    files.iter().flat_map(|file| cases(folder, file)).collect()
}

/// The cases of one file of `spec`.
///
/// # Panics
/// As [`folder`].
#[must_use]
pub fn cases(folder: &str, file: &str) -> Vec<Raw> {
    let (mut table, place) = table(folder, file);
    let Some(Value::Array(found)) = table.remove("case") else {
        panic!("{place} has no cases")
    };
    // Committed tables are read by `exponentials` and `tangents`.
    table.retain(|field, _| {
        ![("softmax", "exponentials"), ("gates", "tangents")].contains(&(file, field))
    });
    assert!(table.is_empty(), "{place}: unknown {table:?}");
    let mut cases: Vec<Raw> = Vec::new();
    for case in found {
        let mut raw = raw(&place, file, case);
        let _: String = raw.take("why");
        let name: String = raw.take("name");
        raw.name = format!("{file}: {name}");
        let is_new = cases.iter().all(|other| other.name != raw.name);
        assert!(is_new, "{place}: two cases {name:?}");
        cases.push(raw);
    }
    assert!(!cases.is_empty(), "{place} has no cases");
    cases
}

/// The table E of R20.
///
/// # Panics
/// If `spec/rules/softmax.toml` does not have it.
#[must_use]
pub fn exponentials() -> Vec<i32> {
    committed("softmax", "exponentials")
}

/// The table T of R23.
///
/// # Panics
/// If `spec/rules/gates.toml` does not have it.
#[must_use]
pub fn tangents() -> Vec<i32> {
    committed("gates", "tangents")
}

fn committed(file: &str, field: &str) -> Vec<i32> {
    let (mut table, place) = table("rules", file);
    let value = table.remove(field).and_then(|value| value.try_into().ok());
    value.unwrap_or_else(|| panic!("{place} has no {field}"))
}

/// The blocks `toml example` of `docs/arithmetic.md`.
///
/// # Panics
/// If there are none, or one is no TOML.
#[must_use]
pub fn examples() -> Vec<Raw> {
    let page = root().join("docs/arithmetic.md");
    let text =
        fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let blocks = text.split("\n```toml example\n").skip(1);
    let examples: Vec<Raw> = blocks
        .enumerate()
        .map(|(index, rest)| {
            let place = format!("arithmetic.md: example {}", index + 1);
            let (block, _) = rest.split_once("\n```").expect("a block ends");
            let table: Table = block
                .parse()
                .unwrap_or_else(|error| panic!("{place}: {error}"));
            let mut raw = raw(&place, "arithmetic.md", Value::Table(table));
            raw.name = format!("{place} ({})", raw.rule);
            raw
        })
        .collect();
    assert!(!examples.is_empty(), "the page has no examples");
    examples
}

fn table(folder: &str, file: &str) -> (Table, String) {
    let path = root()
        .join("spec")
        .join(folder)
        .join(file)
        .with_extension("toml");
    let place = path.display().to_string();
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{place}: {error}"));
    let table = text
        .parse()
        .unwrap_or_else(|error| panic!("{place}: {error}"));
    (table, place)
}

fn raw(place: &str, file: &str, case: Value) -> Raw {
    let Value::Table(fields) = case else {
        panic!("{place}: a case is a table")
    };
    let mut raw = Raw {
        name: place.to_owned(),
        file: file.to_owned(),
        rule: String::new(),
        fields,
    };
    raw.rule = raw.take("rule");
    raw
}
