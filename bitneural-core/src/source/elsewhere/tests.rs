use super::*;
use crate::source::layers::type_names;

#[test]
fn types_are_those_of_others() {
    let ours: Vec<String> = type_names().into_iter().map(plain).collect();
    for (names, advice) in types::ROWS {
        for name in *names {
            assert_eq!(plain(name), *name, "it would never be found");
            assert!(!ours.contains(&(*name).to_owned()), "`{name}` is ours");
        }
        if let Called(name) = advice {
            assert!(type_names().contains(name), "`{name}` is no type");
        }
    }
}

#[test]
fn rows_name_types_that_there_are() {
    let tables = [
        fields::OF_LAYERS,
        recurrent::FIELDS,
        tensors::OF_TENSORS,
        recurrent::TENSORS,
    ];
    for (types, names, _) in tables.into_iter().flatten() {
        assert!(!names.is_empty());
        for name in *types {
            assert!(type_names().contains(name), "`{name}` is no type");
        }
    }
}

#[test]
fn no_name_is_listed_twice() {
    let mut words: Vec<(&str, &str)> = words::ROWS
        .iter()
        .flat_map(|(field, words, _)| words.iter().map(|word| (*field, *word)))
        .collect();
    assert!(words.iter().all(|(_, word)| plain(word) == *word));
    let mut types: Vec<&str> = types::ROWS
        .iter()
        .flat_map(|(names, _)| *names)
        .copied()
        .collect();
    let (all_words, all_types) = (words.len(), types.len());
    words.sort_unstable();
    words.dedup();
    types.sort_unstable();
    types.dedup();
    assert_eq!((words.len(), types.len()), (all_words, all_types));
}

#[test]
fn capitals_and_underscores_do_not_matter() {
    assert_eq!(layer_type("BatchNorm2d"), Some(Called("batch_norm")));
    assert_eq!(layer_type("batch_norm_2d"), Some(Called("batch_norm")));
    assert!(word("dense", "activation", "LogSigmoid").is_some());
    assert_eq!(word("conv2d", "padding", "gelu"), None);
    assert_eq!(field("", None, "momentum"), None);
    assert_eq!(field("conv2d", Some("tensors"), "momentum"), None);
}
