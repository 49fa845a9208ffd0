//! Options whose words the compiler has.

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// One of the compiler's words for an option.
pub(crate) fn words<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.iter().map(|(word, _)| *word)).try_map(|found| {
        words
            .iter()
            .find(|(word, _)| *word == found)
            .map(|(_, value)| *value)
            .ok_or("not one of the words")
    })
}
