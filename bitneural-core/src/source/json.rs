//! Reads a JSON object field by field: every problem is noted, and a field that nobody asked for
//! is an error at the end.

use serde_json::{Map, Value};

use super::elsewhere::{self, Advice};
use crate::error::{ErrorKind, Errors, Location, near};

/// A JSON object under inspection. Call the getters for the fields that the format has, then
/// [`Object::finish`].
pub struct Object<'a> {
    map: &'a Map<String, Value>,
    path: String,
    layer: Option<String>,
    /// The type of the layer, and the field of it that holds this object: what advice depends on.
    layer_type: &'static str,
    within: Option<&'static str>,
    asked: Vec<&'static str>,
    problems: &'a mut Errors,
}

/// A value in the words of JSON, shortened.
pub(super) fn describe(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    let shortened: String = text.chars().take(LONGEST).collect();
    if shortened.len() < text.len() {
        format!("{shortened}…")
    } else {
        text
    }
}

/// The problem of an option of another framework.
fn unsupported(option: &'static str, value: &Value, instead: &str) -> ErrorKind {
    ErrorKind::Unsupported {
        option,
        value: describe(value).trim_matches('"').to_owned(),
        instead: instead.to_owned(),
    }
}

impl<'a> Object<'a> {
    /// Looks into `map`, which stands at `path`.
    pub(super) fn new(map: &'a Map<String, Value>, path: String, problems: &'a mut Errors) -> Self {
        Self {
            map,
            path,
            layer: None,
            layer_type: "",
            within: None,
            asked: Vec::new(),
            problems,
        }
    }

    /// Problems from here on name this layer.
    pub(super) fn in_layer(&mut self, id: &str) {
        self.layer = Some(id.to_owned());
    }

    /// The object is a layer of this type.
    pub(super) fn of_type(&mut self, layer_type: &'static str) {
        self.layer_type = layer_type;
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn location(&self, key: &str) -> Location {
        Location {
            layer: self.layer.clone(),
            ..Location::default()
        }
        .field(&self.path_of(key))
    }

    /// Notes a problem at a field.
    pub fn problem(&mut self, key: &str, kind: ErrorKind) {
        let location = self.location(key);
        self.problems.push(kind, location);
    }

    /// Notes that a field does not hold what it should.
    pub fn invalid(&mut self, key: &str, expected: impl Into<String>) {
        let found = self
            .map
            .get(key)
            .map_or_else(|| "nothing".to_owned(), describe);
        self.problem(
            key,
            ErrorKind::InvalidField {
                field: key.to_owned(),
                expected: expected.into(),
                found,
            },
        );
    }

    /// A field as it stands; `null` counts as absent.
    pub fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.map.get(key).filter(|value| !value.is_null())
    }

    fn get<T>(
        &mut self,
        key: &'static str,
        expected: impl Into<String>,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Option<T> {
        let found = read(self.value(key)?);
        if found.is_none() {
            self.invalid(key, expected);
        }
        found
    }

    /// `found`, or a problem if the field is absent. (A field with a wrong value has its problem already.)
    pub fn required<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        found: Option<T>,
    ) -> Option<T> {
        if found.is_none() && self.value(key).is_none() {
            self.problem(
                key,
                ErrorKind::MissingField {
                    field: key,
                    expected: expected.to_owned(),
                },
            );
        }
        found
    }

    /// A string.
    pub fn string(&mut self, key: &'static str) -> Option<String> {
        self.get(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// A whole number, zero or more.
    pub fn count(&mut self, key: &'static str) -> Option<usize> {
        self.get(key, "a whole number", |value| {
            value.as_u64().and_then(|n| usize::try_from(n).ok())
        })
    }

    /// A whole number of either sign.
    pub fn integer(&mut self, key: &'static str) -> Option<i64> {
        self.get(key, "a whole number", Value::as_i64)
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &'static str) -> Option<bool> {
        self.get(key, "`true` or `false`", Value::as_bool)
    }

    /// A finite number.
    pub fn number(&mut self, key: &'static str) -> Option<f64> {
        self.get(key, "a number", Value::as_f64)
    }

    /// A list of strings.
    pub fn strings(&mut self, key: &'static str) -> Option<Vec<String>> {
        self.get(key, "a list of strings", |value| {
            value
                .as_array()?
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        })
    }

    /// A list of numbers; a single number counts as a list of one.
    pub fn numbers(&mut self, key: &'static str) -> Option<Vec<f64>> {
        self.get(key, "a number or a list of numbers", |value| match value {
            Value::Array(items) => items.iter().map(Value::as_f64).collect(),
            other => other.as_f64().map(|number| vec![number]),
        })
    }

    /// A list of whole numbers.
    pub fn counts(&mut self, key: &'static str) -> Option<Vec<usize>> {
        self.get(key, "a list of whole numbers", |value| {
            value
                .as_array()?
                .iter()
                .map(|item| item.as_u64().and_then(|n| usize::try_from(n).ok()))
                .collect()
        })
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        if self.is_from_elsewhere(key) {
            return None;
        }
        let expected = words
            .iter()
            .map(|(word, _)| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(" or ");
        self.get(key, expected, |value| {
            let found = value.as_str()?;
            words
                .iter()
                .find(|(word, _)| *word == found)
                .map(|(_, meaning)| *meaning)
        })
    }

    /// Whether a field holds a word of another framework; that is noted, with what to write instead.
    pub(super) fn is_from_elsewhere(&mut self, key: &'static str) -> bool {
        let Some(Value::String(word)) = self.value(key) else {
            return false;
        };
        let Some(instead) = elsewhere::word(self.layer_type, key, word) else {
            return false;
        };
        let kind = unsupported(key, &Value::from(word.as_str()), instead);
        self.problem(key, kind);
        true
    }

    /// An object within; `read` gets it and must not call its `finish`.
    pub fn object<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Object<'_>) -> T,
    ) -> Option<T> {
        let path = self.path_of(key);
        let map = self.get(key, "an object", Value::as_object)?;
        let mut inner = Object {
            map,
            path,
            layer: self.layer.clone(),
            layer_type: self.layer_type,
            within: Some(key),
            asked: Vec::new(),
            problems: self.problems,
        };
        let found = read(&mut inner);
        inner.finish();
        Some(found)
    }

    /// Reports the fields that nobody asked for.
    pub fn finish(self) {
        for (field, value) in self
            .map
            .iter()
            .filter(|(key, _)| !self.asked.contains(&key.as_str()))
        {
            let advice = elsewhere::field(self.layer_type, self.within, field);
            let unknown = |near| ErrorKind::UnknownField {
                field: field.clone(),
                near,
                allowed: self.asked.iter().map(|&name| name.to_owned()).collect(),
            };
            let kind = match advice {
                Some((name, Advice::Instead(instead))) => unsupported(name, value, instead),
                Some((_, Advice::Called(name))) => unknown(vec![name.to_owned()]),
                None => unknown(near(field, self.asked.iter().copied())),
            };
            self.problems.push(kind, self.location(field));
        }
    }
}
