//! What Keras and PyTorch have and the format has not: fields, words and layer types that a user may bring
//! along, and what to write instead. Nothing here is accepted; it only makes the messages better.

mod fields;
mod recurrent;
mod tensors;
mod types;
mod words;

/// What to say of a name of another framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    /// The format has it under this name.
    Called(&'static str),
    /// The format has it not; what to do instead.
    Instead(&'static str),
}

use Advice::{Called, Instead};

/// Advice on a field that the format does not have, of an object `within` a layer (`tensors`) or of the layer
/// itself; `layer_type` is the type of the layer, or nothing outside of layers.
///
/// Also gives the name as this table has it.
pub(super) fn field(
    layer_type: &str,
    within: Option<&str>,
    name: &str,
) -> Option<(&'static str, Advice)> {
    if layer_type.is_empty() {
        return None;
    }
    let rows = match within {
        None => [recurrent::FIELDS, fields::OF_LAYERS],
        Some("tensors") => [recurrent::TENSORS, tensors::OF_TENSORS],
        Some(_) => return None,
    };
    let is_for = |types: &[&str]| types.is_empty() || types.contains(&layer_type);
    rows.into_iter()
        .flatten()
        .filter(|(types, _, _)| is_for(types))
        .find_map(|(_, names, advice)| {
            let known = names.iter().find(|known| **known == name)?;
            Some((*known, *advice))
        })
}

/// What to write instead of a word that a field of such a layer does not take.
pub(super) fn word(layer_type: &str, field: &str, word: &str) -> Option<&'static str> {
    if let Some(instead) = recurrent::function(layer_type, field, word) {
        return Some(instead);
    }
    let word = plain(word);
    let row = words::ROWS
        .iter()
        .find(|(of, words, _)| *of == field && words.contains(&word.as_str()));
    row.map(|(_, _, instead)| *instead)
}

/// Advice on a layer type that the format does not have.
pub(super) fn layer_type(name: &str) -> Option<Advice> {
    let name = plain(name);
    let row = types::ROWS
        .iter()
        .find(|(names, _)| names.contains(&name.as_str()));
    row.map(|(_, advice)| *advice)
}

/// A name without what frameworks write differently: `BatchNorm2d` and `batch_norm_2d` are the same.
fn plain(name: &str) -> String {
    // Longer than any name in the tables; what a hostile file holds is not copied.
    const LONGEST: usize = 64;
    name.chars()
        .take(LONGEST)
        .filter(|character| !matches!(character, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests;
