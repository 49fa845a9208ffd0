//! Identifiers from what users call things.

use std::collections::{HashMap, HashSet};

use crate::error::{Error, ErrorKind, Errors, Location};

/// Words of a name: split at everything but letters and digits, and where a capital follows a
/// small letter.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut previous_small = false;
    for character in name.chars() {
        let boundary =
            !character.is_ascii_alphanumeric() || character.is_ascii_uppercase() && previous_small;
        if boundary {
            words.push(String::new());
        }
        if character.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(character);
        }
        previous_small = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `kws-v2 model` → `kws_v2_model`; a name without letters or digits → `fallback`, one that begins
/// with a digit gets `fallback_` in front.
pub fn snake(name: &str, fallback: &str) -> String {
    let joined = words(name).join("_").to_lowercase();
    match joined.chars().next() {
        None => fallback.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{fallback}_{joined}"),
        Some(_) => joined,
    }
}

/// `kws-v2 model` → `KwsV2Model`; empty if there is no letter or digit.
pub fn camel(name: &str) -> String {
    words(name)
        .iter()
        .map(|word| {
            let (first, rest) = word.split_at(1);
            let rest = if word.chars().all(|c| !c.is_ascii_lowercase()) {
                rest.to_lowercase()
            } else {
                rest.to_owned()
            };
            first.to_uppercase() + &rest
        })
        .collect()
}

/// The name of the struct for a model that the user gave none.
///
/// # Errors
/// A name without a letter.
pub fn struct_name(model: &str) -> Result<String, Errors> {
    let name = camel(model);
    if name
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && name != "Self"
    {
        return Ok(name);
    }
    let kind = ErrorKind::InvalidName {
        name: model.to_owned(),
    };
    Err(Error {
        kind,
        location: Location::default().field("name"),
    }
    .into())
}

/// A variant of the class enum: its name and the label it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// UpperCamelCase; `Class` in front of a label that begins with a digit.
    pub variant: String,
    /// The text of the file.
    pub label: String,
}

/// What no variant is called: a word of Rust, and what stands beside the variants in Rust and in C.
const NO_VARIANTS: [&str; 3] = ["Self", "ALL", "COUNT"];

/// The variants for `labels`.
///
/// What is neither a letter from a to z nor a digit makes no part of a variant. Labels with other characters get their
/// position behind, where another label has what is left; and so do all of which nothing is left.
///
/// # Errors
/// Two labels that would be the same variant, every such pair.
pub fn classes(labels: &[String]) -> Result<Vec<Class>, Errors> {
    let mut problems = Errors::new();
    let mut collide = |first: &String, second: &String, identifier: &String| {
        let kind = ErrorKind::LabelCollision {
            first: first.clone(),
            second: second.clone(),
            identifier: identifier.clone(),
        };
        problems.push(kind, Location::default().field("labels"));
    };
    let mut variants: Vec<String> = labels.iter().map(|label| variant(label)).collect();
    let mut label_of: HashMap<String, &String> = HashMap::with_capacity(labels.len());
    let (numbered, named): (Vec<usize>, Vec<usize>) =
        (0..labels.len()).partition(|&index| may_be_numbered(&labels[index]));
    for index in named {
        let (label, name) = (&labels[index], &variants[index]);
        match label_of.get(name) {
            Some(first) => collide(first, label, name),
            None => _ = label_of.insert(name.clone(), label),
        }
    }
    // Behind those that keep their names.
    let mut seen = HashSet::with_capacity(numbered.len());
    for index in numbered {
        let (label, name) = (&labels[index], &variants[index]);
        if !seen.insert(label) {
            collide(label, label, name);
            continue;
        }
        let alone = (!camel(label).is_empty()).then(|| name.clone());
        let numbers = (index..).step_by(labels.len());
        let mut candidates = alone
            .into_iter()
            .chain(numbers.map(|number| format!("{name}{number}")));
        if let Some(free) = candidates.find(|name| !label_of.contains_key(name)) {
            label_of.insert(free.clone(), label);
            variants[index] = free;
        }
    }
    let classes = variants.into_iter().zip(labels);
    let classes = classes.map(|(variant, label)| Class {
        variant,
        label: label.clone(),
    });
    problems.into_result(classes.collect())
}

/// Whether a label has characters that its variant cannot have, or none that it can.
fn may_be_numbered(label: &str) -> bool {
    !label.is_ascii() || camel(label).is_empty()
}

/// The variant of a label alone.
fn variant(label: &str) -> String {
    let name = camel(label);
    let begins = name.chars().next();
    if begins.is_some_and(|first| first.is_ascii_alphabetic())
        && !NO_VARIANTS.contains(&name.as_str())
    {
        name
    } else {
        format!("Class{name}")
    }
}

/// Text that can be part of a comment in Rust and in C: what would end the line, or turn its direction, is a space.
pub fn one_line(text: &str) -> String {
    let shown = |character: char| match character {
        // These make what is read differ from what is compiled, and rustc and gcc refuse them.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            ' '
        }
        '\u{2028}' | '\u{2029}' => ' ',
        other if other.is_control() => ' ',
        other => other,
    };
    text.chars().map(shown).collect()
}

/// Names that are handed out once, each with the number that comes next behind it.
#[derive(Debug, Default)]
pub(super) struct Unique(HashMap<String, usize>);

impl Unique {
    /// None of `taken` will be handed out.
    pub(super) fn without(taken: &[&str]) -> Self {
        Self(taken.iter().map(|&name| (name.to_owned(), 1)).collect())
    }

    /// `name`, or `name_2`, `name_3` … if it is taken.
    pub(super) fn take(&mut self, name: String) -> String {
        let mut number = self.0.get(&name).copied().unwrap_or(1);
        let mut candidate = name.clone();
        while self.0.contains_key(&candidate) {
            number += 1;
            candidate = format!("{name}_{number}");
        }
        self.0.insert(name, number);
        self.0.entry(candidate.clone()).or_insert(1);
        candidate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        assert_eq!(snake("kws-v2 model", "model"), "kws_v2_model");
        assert_eq!(snake("conv1/Kernel", "layer"), "conv1_kernel");
        assert_eq!(snake("0.weight", "layer"), "layer_0_weight");
        assert_eq!(snake("…", "layer"), "layer");
        assert_eq!(camel("digits_mlp"), "DigitsMlp");
        assert_eq!(camel("YES"), "Yes");
        assert_eq!(struct_name("kws").unwrap(), "Kws");
        assert!(struct_name("2").is_err());
    }

    fn variants(labels: &[&str]) -> Vec<String> {
        let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
        let classes = classes(&labels).unwrap_or_else(|errors| panic!("{errors}"));
        classes.into_iter().map(|class| class.variant).collect()
    }

    #[test]
    fn labels_in_other_letters_are_told_apart() {
        assert_eq!(variants(&["是", "否"]), ["Class0", "Class1"]);
        assert_eq!(variants(&["+", "-", "?"]), ["Class0", "Class1", "Class2"]);
        assert_eq!(variants(&["größe", "grüße"]), ["GrE", "GrE1"]);
        // Those that have names of their own keep them.
        assert_eq!(variants(&["größe", "gr e"]), ["GrE0", "GrE"]);
        assert_eq!(variants(&["零", "0", "cat"]), ["Class3", "Class0", "Cat"]);
        assert_eq!(variants(&["chat", "café"]), ["Chat", "Caf"]);
        for twice in ["是", "", "café"] {
            assert!(classes(&[twice.to_owned(), twice.to_owned()]).is_err());
        }
    }

    #[test]
    fn labels_become_variants() {
        assert_eq!(
            variants(&["7", "left", "turn left", "Self"]),
            ["Class7", "Left", "TurnLeft", "ClassSelf"]
        );
        assert_eq!(
            variants(&["C O U N T", "A L L", "count", "all"]),
            ["ClassCOUNT", "ClassALL", "Count", "All"]
        );
        let collision = classes(&["a b".to_owned(), "a-b".to_owned()]).unwrap_err();
        assert!(
            collision.to_string().contains("would both be `AB`"),
            "{collision}"
        );
    }

    #[test]
    fn comments_have_one_line() {
        assert_eq!(one_line("a\rb\nc\0d\u{85}e\u{2028}"), "a b c d e ");
        assert_eq!(one_line("\u{202e}a\u{2066}"), " a ");
        assert_eq!(one_line("größe 是 */ \\"), "größe 是 */ \\");
    }

    #[test]
    fn names_are_handed_out_once() {
        let mut unique = Unique::default();
        assert_eq!(unique.take("fc".to_owned()), "fc");
        assert_eq!(unique.take("fc".to_owned()), "fc_2");
        assert_eq!(unique.take("fc_2".to_owned()), "fc_2_2");
        assert_eq!(unique.take("fc".to_owned()), "fc_3");
    }
}
