//! What is printed is Rust, C and C++, whatever a file calls its parts.
//!
//! Needs: gcc, g++

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use bitneural_core::emit::{c, names, rust};
use bitneural_core::options::{Activations, Options};
use bitneural_core::{Compiled, Errors, compile};
use bitneural_tests::fixtures::whole;
use bitneural_tests::runners::header::{C99, CPP, Compiler};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What the parts of a model are called.
#[derive(Debug, Clone)]
struct Names {
    model: String,
    /// Two, read by a layer each.
    inputs: Vec<String>,
    /// Those two, one behind the first, and a softmax behind that.
    layers: Vec<String>,
    /// Of the softmax, or none: then the second layer is another output.
    labels: Vec<String>,
}

impl Names {
    fn new(model: &str) -> Self {
        Self {
            model: model.to_owned(),
            inputs: owned(&["a", "b"]),
            layers: owned(&["first", "second", "third", "end"]),
            labels: Vec::new(),
        }
    }

    fn bytes(&self, activations: Activations) -> Vec<u8> {
        let [first, second, third, end] = [0, 1, 2, 3].map(|index| &self.layers[index]);
        let [a, b] = [0, 1].map(|index| &self.inputs[index]);
        // A single output of both inputs is a sum, which f32 mode does not have.
        let (inputs, outputs, mut layers) = match (self.labels.is_empty(), activations) {
            (true, _) => (
                vec![input(a), input(b)],
                vec![end, second],
                vec![dense(first, a), dense(second, b), dense(third, first)],
            ),
            (false, Activations::U8) => {
                let mut sum = dense(third, first);
                sum["type"] = json!("add");
                sum["inputs"] = json!([first, second]);
                for field in ["units", "tensors"] {
                    sum.as_object_mut().expect("a layer").remove(field);
                }
                (
                    vec![input(a), input(b)],
                    vec![end],
                    vec![dense(first, a), dense(second, b), sum],
                )
            }
            (false, Activations::F32) => (
                vec![input(a)],
                vec![end],
                vec![dense(first, a), dense(third, first)],
            ),
        };
        layers.push(json!({"id": end, "type": "softmax", "inputs": [third]}));
        file(&json!({
            "version": 1, "name": self.model, "model_version": self.model, "layout": "keras",
            "inputs": inputs, "outputs": outputs, "labels": self.labels,
            "layers": layers,
        }))
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn input(id: &str) -> Value {
    json!({"id": id, "shape": [2], "range": [-1.0, 1.0], "range_kind": "declared"})
}

fn dense(id: &str, input: &str) -> Value {
    json!({
        "id": id, "type": "dense", "inputs": [input], "units": 2, "range": [-2.0, 2.0], "samples": 1000,
        "tensors": {"kernel": "kernel"},
    })
}

fn file(metadata: &Value) -> Vec<u8> {
    let kernel = whole::floats("kernel", &[2, 2], &[0.5, -0.5, 0.25, 0.5]);
    whole::file(metadata, &[kernel])
}

/// A model of inputs and of at least as many outputs, each a layer.
fn with_ports(inputs: &[String], outputs: &[String]) -> Vec<u8> {
    let layers = inputs.iter().cycle().zip(outputs);
    file(&json!({
        "version": 1, "name": "t", "layout": "keras",
        "inputs": inputs.iter().map(|id| input(id)).collect::<Vec<_>>(),
        "outputs": outputs,
        "layers": layers.map(|(input, id)| dense(id, input)).collect::<Vec<_>>(),
    }))
}

const MODES: [Activations; 2] = [Activations::U8, Activations::F32];

fn compiled(bytes: &[u8], activations: Activations) -> Result<Compiled, Errors> {
    let options = Options {
        activations,
        ..Options::default()
    };
    compile(bytes, &options)
}

fn must(compiled: Result<Compiled, Errors>) -> Compiled {
    compiled.unwrap_or_else(|errors| panic!("{errors}"))
}

/// What a compiler says of a source text; nothing if it is content.
fn said(compiler: Compiler, options: &[&str], source: &str) -> Option<String> {
    let language = match compiler.extension {
        "cpp" => "c++",
        other => other,
    };
    let mut child = Command::new(compiler.command)
        .args(compiler.options)
        .args(options)
        .args(["-fsyntax-only", "-x", language, "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", compiler.command));
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(source.as_bytes()).expect("it reads");
    drop(stdin);
    let result = child.wait_with_output().expect("it ends");
    let words = String::from_utf8_lossy(&result.stderr).into_owned();
    (!result.status.success()).then_some(words)
}

/// Wants Rust that is Rust, and a header that is C and C++.
fn is_printed_well(compiled: &Compiled, name: &str) -> Result<(), String> {
    let structure = names::struct_name(name).unwrap_or_else(|_| "Model".to_owned());
    let tokens = rust::print(&compiled.program, &rust::Style::new(&structure));
    let text = rust::pretty(tokens)?;
    syn::parse_file(&text).map_err(|error| format!("{error}\n{text}"))?;
    let header = c::print(&compiled.program, &c::Style::new(name));
    for compiler in [C99, CPP] {
        if let Some(words) = said(compiler, &[], &header) {
            return Err(format!("{words}\n{header}"));
        }
    }
    Ok(())
}

/// Names that mean something in the languages, in comments, in strings, or in what is printed.
const AWKWARD: &[&str] = &[
    "*\\",
    "*/",
    "/*",
    "//",
    "/\\*",
    "??/",
    "\\",
    "\"",
    "'",
    "%s",
    "{",
    "}",
    "#",
    "_",
    " ",
    "-",
    "\r",
    "\n",
    "\0",
    "\t",
    "\u{1b}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{2066}",
    "是",
    "否",
    "größe",
    "é",
    "🦀",
    "Σ",
    "0",
    "7",
    "2nd",
    "A",
    "C O U N T",
    "A L L",
    "T",
    "t",
    "bn",
    "bn_dense",
    "bn i16",
    "BN_MAY_ALIAS",
    "switch",
    "int",
    "bool",
    "class",
    "template",
    "concept",
    "fn",
    "type",
    "self",
    "Self",
    "crate",
    "super",
    "gen",
    "dyn",
    "uint8_t",
    "uint32_t",
    "float",
    "f32",
    "u8",
    "core",
    "std",
    "rt",
    "codes",
    "i",
    "input",
    "output",
    "quantized",
    "model",
    "index",
    "label",
    "labels",
    "class_index",
    "main",
    "predict",
    "classify",
    "run_to_scores",
    "load_inputs",
    "quantize_",
    "t_class",
    "t_load_inputs",
    "error",
    "linux",
    "None",
    "Ok",
];

fn name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(AWKWARD).prop_map(str::to_owned),
        1 => "[a-z_0-9]{1,6}",
        1 => any::<String>().prop_map(|text| text.chars().take(6).collect()),
    ];
    let pieces = (
        prop::collection::vec(piece, 1..4),
        prop::sample::select(&["", " ", "_"][..]),
    );
    prop_oneof![
        1 => prop::sample::select(AWKWARD).prop_map(str::to_owned),
        1 => pieces.prop_map(|(pieces, between)| pieces.join(between)),
    ]
    .prop_filter("a name is not empty", |name| !name.is_empty())
}

fn all_names() -> impl Strategy<Value = Names> {
    let distinct =
        |count: usize| prop::collection::btree_set(name(), count).prop_map(Vec::from_iter);
    let labels = prop_oneof![Just(Vec::new()), distinct(2)];
    (name(), distinct(6).prop_shuffle(), labels.prop_shuffle()).prop_map(
        |(model, mut layers, labels)| Names {
            model,
            inputs: layers.split_off(4),
            layers,
            labels,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn awkward_names_are_printed(names in all_names(), activations in prop::sample::select(&MODES[..])) {
        match compiled(&names.bytes(activations), activations) {
            Ok(compiled) => is_printed_well(&compiled, &names.model).map_err(TestCaseError::fail)?,
            // Labels that differ in punctuation alone: the only names that are refused.
            Err(errors) => prop_assert!(errors.to_string().contains("would both be"), "{errors}"),
        }
    }
}

/// What a header calls anything, small letters only: nothing else becomes a name.
fn identifiers(header: &str) -> BTreeSet<String> {
    // Between the end of a comment and the begin of the next.
    let code = header
        .split("*/")
        .filter_map(|text| text.split("/*").next());
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let words = code.flat_map(|code| code.split(|character| !is_part(character)));
    let is_name = |word: &&str| !word.is_empty() && names::snake(word, "") == **word;
    words.filter(is_name).map(str::to_owned).collect()
}

/// Inputs, outputs (and so layers) and models called as each identifier of the header in turn.
#[test]
fn nothing_of_the_header_hides_another() {
    let mut tried = BTreeSet::new();
    for activations in MODES {
        let mut names = Names::new("t");
        let without_labels = must(compiled(&names.bytes(activations), activations));
        names.labels = owned(&["one", "two"]);
        let with_labels = must(compiled(&names.bytes(activations), activations));
        let found: BTreeSet<String> = [&without_labels, &with_labels]
            .into_iter()
            .flat_map(|model| identifiers(&c::print(&model.program, &c::Style::new("t"))))
            .collect();
        for some in ["t_load_inputs", "uint32_t", "sizeof"] {
            assert!(found.contains(some), "{some}");
        }
        let new: Vec<String> = found.difference(&tried).cloned().collect();
        let rounds: Vec<&[String]> = new.chunks(new.len().div_ceil(2).min(60)).collect();
        for (index, inputs) in rounds.iter().enumerate() {
            // Each name is that of an input here and that of an output in another round.
            let mut outputs = rounds[(index + 1) % rounds.len()].to_vec();
            let missing = outputs.len()..inputs.len();
            outputs.extend(missing.map(|index| format!("output {index}")));
            let model = must(compiled(&with_ports(inputs, &outputs), activations));
            is_printed_well(&model, "t").unwrap_or_else(|reason| panic!("{reason}"));
        }
        let awkward = AWKWARD.iter().map(|&name| name.to_owned());
        let styles = new.iter().cloned().chain(awkward);
        let styles = styles.map(|name| c::Style::new(&name));
        let mut styles: Vec<c::Style> = styles.collect();
        styles.sort_by(|a, b| a.prefix.cmp(&b.prefix));
        styles.dedup_by(|a, b| a.prefix == b.prefix);
        // Models whose names begin as the name of another clash with that one, if one file includes both.
        styles.retain(|style| !style.prefix.starts_with("t_"));
        let text = styles
            .iter()
            .map(|style| c::print(&without_labels.program, style));
        let text: String = text.collect();
        for compiler in [C99, CPP] {
            assert_eq!(said(compiler, &[], &text), None);
        }
        tried.extend(found);
    }
    assert!(tried.len() > 200, "{}: {tried:?}", tried.len());
}

/// The example at the top, as a user would copy it.
#[test]
fn the_example_of_a_header_compiles() {
    let mut names = Names::new("model");
    for labels in [vec![], vec!["one".to_owned(), "two".to_owned()]] {
        names.labels = labels;
        let compiled = must(compiled(&names.bytes(Activations::U8), Activations::U8));
        for name in ["model", "index", "net"] {
            let header = c::print(&compiled.program, &c::Style::new(name));
            let lines = header
                .lines()
                .filter_map(|line| line.strip_prefix(" *     "));
            let example: Vec<&str> = lines.collect();
            assert_eq!(example.len(), 2, "{header}");
            let text = format!(
                "{header}\nextern uint8_t a[2], b[2];\nextern int16_t end[2], second[2];\n\
                 void example(void);\nvoid example(void)\n{{\n{}\n}}\n",
                example.join("\n")
            );
            for compiler in [C99, CPP] {
                let unused = ["-Wno-unused-variable", "-Wno-unused-function"];
                assert_eq!(said(compiler, &unused, &text), None, "{text}");
            }
        }
    }
}

/// The arena is read as several types: a compiler that knows no `may_alias` must be told another way.
#[test]
fn compilers_without_may_alias_are_asked() {
    let compiled = must(compiled(
        &Names::new("t").bytes(Activations::U8),
        Activations::U8,
    ));
    let header = c::print(&compiled.program, &c::Style::new("t"));
    let words = said(C99, &["-U__GNUC__"], &header).expect("an error");
    assert!(words.contains("define BN_ANY_TYPE_MAY_ALIAS"), "{words}");
    let told = ["-U__GNUC__", "-DBN_ANY_TYPE_MAY_ALIAS"];
    assert_eq!(said(C99, &told, &header), None);
}
