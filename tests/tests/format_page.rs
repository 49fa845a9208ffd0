//! The pages on the model file and on encodings, the schema and the compiler say the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use bitneural_core::error::{ErrorKind, Errors};
use bitneural_core::source::{self, layers::type_names};
use bitneural_core::writer::{NamedTensor, model_bytes};
use bitneural_core::{Options, compile};
use bitneural_targets::root;
use bitneural_tests::pages::{Row, blocks, examples, field_tables, numbers, page, places};
use bitneural_tests::runners::{network as reference, plan::Host};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&page("format.schema.json")).unwrap());

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::validator_for(&SCHEMA).unwrap());

/// The problems of a file of these parts, none if it is read.
fn problems((metadata, tensors): &(Value, Vec<NamedTensor>)) -> Errors {
    let bytes = model_bytes(metadata, tensors).unwrap();
    source::read(&bytes).map_or_else(|errors| errors, |_| Errors::new())
}

/// A kind of object: the headings of its fields, its definition in the schema, a place where one stands.
struct Object {
    headings: Vec<String>,
    definition: Value,
    example: (Value, Vec<NamedTensor>),
    pointer: String,
}

/// Every kind of object that the format has.
fn objects() -> Vec<Object> {
    let examples = examples();
    let at = |headings: &[&str], definition: Value, pointer: &str| Object {
        headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
        definition,
        example: examples[0].clone(),
        pointer: pointer.to_owned(),
    };
    let definition = |name: &str| SCHEMA["$defs"][name].clone();
    let mut objects = vec![
        at(&["The metadata"], SCHEMA.clone(), ""),
        at(&["An input"], definition("input"), "/inputs/0"),
    ];
    for name in type_names() {
        let find = |example: &(Value, Vec<NamedTensor>)| {
            let layers = example.0["layers"].as_array()?;
            let index = layers.iter().position(|layer| layer["type"] == name)?;
            Some((example.clone(), format!("/layers/{index}")))
        };
        let (example, pointer) = examples
            .iter()
            .find_map(find)
            .unwrap_or_else(|| panic!("no example has a `{name}`"));
        let of_the_range = !["normalization", "rescaling"].contains(&name);
        let headings = ["Any layer", name].into_iter();
        let headings = headings.chain(of_the_range.then_some("The range of a layer"));
        objects.push(Object {
            headings: headings.map(str::to_owned).collect(),
            definition: definition(name),
            example: example.clone(),
            pointer: pointer.clone(),
        });
        let tensors = format!("{name}.tensors");
        if SCHEMA["$defs"].get(&tensors).is_some() {
            objects.push(Object {
                definition: definition(&tensors),
                headings: vec![tensors],
                example,
                pointer: format!("{pointer}/tensors"),
            });
        }
    }
    objects
}

impl Object {
    /// The problems if `change` is made to the fields of the example's object.
    fn problems(&self, change: impl FnOnce(&mut Map<String, Value>)) -> Errors {
        let mut example = self.example.clone();
        let object = example.0.pointer_mut(&self.pointer).expect("a place");
        change(object.as_object_mut().expect("an object"));
        problems(&example)
    }

    /// The fields that the parser asks for.
    fn asked(&self) -> BTreeSet<String> {
        let errors = self.problems(|fields| {
            fields.insert("no_such_field".to_owned(), json!(1));
        });
        let found = errors.iter().find_map(|error| match &error.kind {
            ErrorKind::UnknownField { field, allowed, .. } if field == "no_such_field" => {
                Some(allowed.iter().cloned().collect())
            }
            _ => None,
        });
        found.unwrap_or_else(|| panic!("{}: {errors}", self.pointer))
    }
}

/// Fields that are required beside others.
const DEPENDING: [&str; 6] = [
    "inputs",
    "samples",
    "scale",
    "zero_point",
    "backward_kernel",
    "backward_recurrent_kernel",
];

#[test]
fn page_schema_and_parser_have_the_same_fields() {
    let tables = field_tables();
    for object in objects() {
        let asked = object.asked();
        let rows = tables
            .iter()
            .filter(|(heading, _)| object.headings.contains(heading));
        let rows: Vec<&Row> = rows.flat_map(|(_, rows)| rows).collect();
        let on_page: BTreeSet<String> = rows.iter().map(|row| row.field.clone()).collect();
        assert_eq!(
            on_page.len(),
            rows.len(),
            "{:?}: a field twice",
            object.headings
        );
        assert_eq!(on_page, asked, "{:?}: page, then parser", object.headings);
        let properties = object.definition["properties"].as_object().unwrap();
        let in_schema: BTreeSet<String> = properties.keys().cloned().collect();
        assert_eq!(
            in_schema, asked,
            "{:?}: schema, then parser",
            object.headings
        );
        assert_eq!(
            object.definition["additionalProperties"], false,
            "{:?}",
            object.headings
        );
        let required = object.definition["required"].as_array().unwrap();
        for row in rows {
            let name = format!("{:?}: `{}`", object.headings, row.field);
            assert_eq!(row.since, "1", "{name}");
            assert_eq!(
                required.contains(&json!(row.field)),
                row.is_required,
                "{name}: schema"
            );
            // What the parser says of the field if it is not there, and if it is something else.
            let missing = object.problems(|fields| {
                fields.remove(&row.field);
            });
            let is_missing = missing.iter().any(|error| {
                matches!(&error.kind, ErrorKind::MissingField { field, .. } if *field == row.field)
            });
            // A field may be required beside others; the page says so in words.
            let depends = DEPENDING.contains(&row.field.as_str());
            assert!(
                depends || is_missing == row.is_required,
                "{name}: {missing}"
            );
            let is_boolean = row.expected == "`true` or `false`";
            let wrong_value = if is_boolean { json!(-1) } else { json!(true) };
            let wrong_text = wrong_value.to_string();
            let wrong = object.problems(|fields| {
                fields.insert(row.field.clone(), wrong_value);
            });
            let expected: Vec<String> = wrong
                .iter()
                .filter_map(|error| error.kind.expected_and_found())
                .filter(|(_, found)| *found == wrong_text)
                .map(|(expected, _)| expected)
                .collect();
            assert_eq!(expected, [row.expected.as_str()], "{name}: {wrong}");
        }
    }
}

#[test]
fn page_schema_and_parser_have_the_same_layer_types() {
    let types: BTreeSet<String> = type_names().into_iter().map(str::to_owned).collect();
    let known = [
        "The metadata",
        "An input",
        "Any layer",
        "The range of a layer",
    ]
    .map(str::to_owned);
    let headings = field_tables().into_iter().map(|(heading, _)| heading);
    let on_page: BTreeSet<String> = headings
        .filter(|heading| !known.contains(heading) && !heading.ends_with(".tensors"))
        .collect();
    assert_eq!(on_page, types, "page, then parser");
    let names = SCHEMA["$defs"]["layer"]["properties"]["type"]["enum"]
        .as_array()
        .unwrap();
    let in_schema: BTreeSet<String> = names
        .iter()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    assert_eq!(in_schema, types, "schema, then parser");
    for name in &types {
        assert_eq!(
            SCHEMA["$defs"][name]["properties"]["type"]["const"],
            json!(name)
        );
        let reference = json!({"if": {"properties": {"type": {"const": name}}}, "then": {"$ref": format!("#/$defs/{name}")}});
        assert!(
            SCHEMA["$defs"]["layer"]["allOf"]
                .as_array()
                .unwrap()
                .contains(&reference)
        );
    }
}

#[test]
fn the_examples_compile() {
    for (metadata, tensors) in examples() {
        assert!(
            VALIDATOR.is_valid(&metadata),
            "{:?}",
            VALIDATOR.validate(&metadata).err()
        );
        let bytes = model_bytes(&metadata, &tensors).unwrap();
        compile(&bytes, &Options::default()).unwrap_or_else(|errors| panic!("{errors}"));
    }
}

#[test]
fn the_first_example_gives_the_codes_of_the_page() {
    let (metadata, tensors) = &examples()[0];
    let bytes = model_bytes(metadata, tensors).unwrap();
    let compiled = compile(&bytes, &Options::default()).unwrap();
    for codes in blocks(&page("format.md"), "json codes") {
        let input: Vec<u16> = numbers(&codes["input"])
            .iter()
            .map(|&code| code as u16)
            .collect();
        let expected: Vec<i32> = numbers(&codes["output"])
            .iter()
            .map(|&code| code as i32)
            .collect();
        let steps = reference::run(&compiled, &input);
        assert_eq!(steps.last().map(|step| &step.output), Some(&expected));
        assert_eq!(
            Host::new(&compiled.plan).run(&input).last(),
            Some(&expected)
        );
    }
}

/// Every committed model file.
fn model_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            model_files(&path, found);
        } else if name.ends_with(".safetensors") {
            found.push(path);
        }
    }
}

#[test]
fn the_schema_accepts_every_committed_model() {
    let mut files = Vec::new();
    model_files(root(), &mut files);
    let mut accepted = 0;
    for path in files {
        let bytes = fs::read(&path).unwrap();
        // Files that are broken on purpose are there too.
        let Ok(file) = source::read(&bytes) else {
            continue;
        };
        let metadata: Value = serde_json::from_str(&file.metadata_text).unwrap();
        if let Err(error) = VALIDATOR.validate(&metadata) {
            panic!("{}: {error}", path.display());
        }
        accepted += 1;
    }
    assert!(accepted >= 6, "only {accepted} files");
}

/// Whether a problem is one that a schema cannot see: it compares fields, or asks for other tensors.
fn is_beyond_a_schema(kind: &ErrorKind) -> bool {
    match kind {
        ErrorKind::UnknownId { .. }
        | ErrorKind::DuplicateId { .. }
        | ErrorKind::DuplicateOutput { .. }
        | ErrorKind::Cycle { .. }
        | ErrorKind::UnusedLayer
        | ErrorKind::UnusedInput { .. }
        | ErrorKind::UnusedTensor
        | ErrorKind::WideInput { .. } => true,
        // A name, but not that of a layer.
        ErrorKind::Unsupported { option, .. } => *option == "as an output, the input",
        ErrorKind::InvalidField {
            field,
            expected,
            found,
        } => match field.as_str() {
            "mean" | "std" => found != "[]" && expected.starts_with("one number, or one for each"),
            "range" | "depthwise_range" | "sum_range" | "cell_range" | "backward_cell_range" => {
                is_reversed(found)
            }
            // At least the threshold.
            "max_value" => found
                .parse::<f64>()
                .is_ok_and(|max| (0.0..=1e6).contains(&max)),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a text is two numbers of a range, the larger one first.
fn is_reversed(text: &str) -> bool {
    let range: Option<[f64; 2]> = serde_json::from_str(text).ok();
    range.is_some_and(|[low, high]| low > high && low < 1e30 && high > -1e30)
}

#[test]
fn schema_and_parser_agree_on_every_change_of_one_value() {
    let values = json!([
        "", "x", "relu", "tanh", "dense", "torch", "force", "declared", "observed", "softmax", "int8", true, -1, 0, 1,
        7, 8, 9, 16, 256, 1_099_511_627_777_u64, 0.5, -0.5, 1e30, 1e-40, 1e-300, [], [1], [0], [0.5], ["x"], [1, 2],
        [2, 1], [0.5, 0.25], [-0.5, 0.5], [0, 0], [1, 2, 3, 4], [-1e30, 1], {}, {"id": "x"}, {"kernel": "k"},
        {"id": "y", "type": "relu"}, {"id": "y", "type": "relu", "units": 3},
    ]);
    let (mut accepted, mut rejected) = (0, 0);
    let objects: Vec<(String, BTreeSet<String>)> = objects()
        .into_iter()
        .map(|object| (object.pointer.clone(), object.asked()))
        .collect();
    for (metadata, tensors) in examples() {
        let mut all = Vec::new();
        places(&metadata, "", &mut all);
        // Every field of every object, also those that the example leaves out.
        for (pointer, fields) in &objects {
            if metadata.pointer(pointer).is_some_and(Value::is_object) {
                all.extend(fields.iter().map(|field| format!("{pointer}/{field}")));
            }
        }
        for (index, place) in all.into_iter().enumerate() {
            // Each place has a third of the values, each value a third of the places: all pairs would take minutes.
            let values = values.as_array().unwrap().iter().enumerate();
            let drawn = values.filter(|(value, _)| (index + value).is_multiple_of(3));
            for value in drawn.map(|(_, value)| Some(value)).chain([None]) {
                let mut changed = metadata.clone();
                if place.is_empty() {
                    changed = value.cloned().unwrap_or_default();
                } else {
                    let (parent, key) = place.rsplit_once('/').unwrap();
                    match (changed.pointer_mut(parent).unwrap(), value) {
                        (Value::Array(items), Some(value)) => {
                            items[key.parse::<usize>().unwrap()] = value.clone()
                        }
                        (Value::Array(items), None) => drop(items.remove(key.parse().unwrap())),
                        (Value::Object(fields), Some(value)) => {
                            drop(fields.insert(key.to_owned(), value.clone()))
                        }
                        (Value::Object(fields), None) => drop(fields.remove(key)),
                        _ => continue,
                    }
                }
                let is_valid = VALIDATOR.is_valid(&changed);
                let errors = problems(&(changed, tensors.clone()));
                let should_be = errors.iter().all(|error| is_beyond_a_schema(&error.kind));
                // A schema can limit each axis of a shape, not their product.
                let is_large = |kind| matches!(kind, &ErrorKind::TooLarge { .. });
                if errors.iter().any(|error| is_large(&error.kind)) {
                    continue;
                }
                let value = value.map(Value::to_string);
                assert_eq!(
                    is_valid, should_be,
                    "{place} = {value:?}: schema, then parser\n{errors}"
                );
                if is_valid {
                    accepted += 1
                } else {
                    rejected += 1
                }
            }
        }
    }
    assert!(
        accepted > 300 && rejected > 1000,
        "{accepted} accepted, {rejected} rejected"
    );
}

#[test]
fn the_limits_are_those_of_the_code() {
    let code = fs::read_to_string(root().join("bitneural-core/src/source/limits.rs")).unwrap();
    let constants = code.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("pub const ")?.split_once(": ")?;
        let (_, value) = rest.trim_end_matches(';').split_once(" = ")?;
        let number = |text: &str| text.replace('_', "").parse::<u64>().unwrap();
        let value = match value.split_once(" << ") {
            Some((base, shift)) => number(base) << number(shift),
            None => number(value),
        };
        Some((name.to_owned(), value.to_string()))
    });
    let page = page("format.md");
    let (_, section) = page.split_once("\n## Limits\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let name = cells.next()?.trim_end_matches('`').to_owned();
        Some((name, cells.next()?.to_owned()))
    });
    assert_eq!(
        rows.collect::<BTreeSet<_>>(),
        constants.collect::<BTreeSet<_>>(),
        "page, then code"
    );
}
