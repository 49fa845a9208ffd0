//! The crate in a build script: the tests run one, as cargo would, and look at what it prints, writes
//! and leaves alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bitneural_build::{Budget, Model, Optimize, Quantizer, Visibility};
use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
use serde_json::{Value, json};

/// Set for the runs as a build script, to the name of one of them.
const SCRIPT: &str = "BITNEURAL_TEST_SCRIPT";

/// An empty folder of a crate, for one test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("models")).unwrap();
    fs::create_dir_all(folder.join("out")).unwrap();
    folder
}

#[test]
#[ignore = "the other tests run it, in a process of its own, as cargo would"]
fn build_script() {
    let script = std::env::var(SCRIPT).unwrap();
    let model = Model::new("models/tiny.safetensors");
    match script.as_str() {
        "all" => drop(
            model
                .name("Tiny")
                .rust("tiny.rs")
                .c_header("include/tiny.h")
                .report("tiny.md")
                .compile_or_exit(),
        ),
        "none" => drop(model.compile_or_exit()),
        "unnamed" => drop(model.rust("tiny.rs").compile_or_exit()),
        "keyword" => drop(model.name("fn").rust("tiny.rs").compile_or_exit()),
        "tight" => drop(
            model
                .budget(Budget::new().flash_bytes(16).ram_bytes(1_000_000))
                .rust("tiny.rs")
                .compile_or_exit(),
        ),
        "mean" => drop(
            model
                .visibility(Visibility::Crate)
                .ternarize(Quantizer::Absmean)
                .optimize(Optimize::Size)
                .rust("tiny.rs")
                .compile_or_exit(),
        ),
        other => panic!("no script {other}"),
    }
}

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs a build script for a crate in `folder`.
fn run(folder: &Path, script: &str) -> Ran {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["build_script", "--exact", "--ignored", "--nocapture"])
        .env(SCRIPT, script)
        .env("CARGO_MANIFEST_DIR", folder)
        .env("OUT_DIR", folder.join("out"))
        // Not that of the crate: the paths must not depend on it.
        .current_dir(folder.join("models"))
        .output()
        .unwrap();
    // Between the lines of the test harness.
    let out = String::from_utf8(output.stdout).unwrap();
    let lines = out.lines().filter(|line| line.starts_with("cargo"));
    Ran {
        code: output.status.code(),
        out: lines.map(|line| format!("{line}\n")).collect(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn good() -> Value {
    json!({
        "version": 1,
        "name": "tiny",
        "layout": "keras",
        "inputs": [{"id": "x", "shape": [4], "range": [0, 1], "range_kind": "declared"}],
        "outputs": ["fc"],
        "layers": [{
            "id": "fc", "type": "dense", "units": 2, "tensors": {"kernel": "fc/kernel"},
            "range": [-2, 2], "samples": 100,
        }],
    })
}

fn write_model(folder: &Path, metadata: &Value) {
    let kernel = NamedTensor {
        name: "fc/kernel".to_owned(),
        shape: vec![4, 2],
        data: TensorData::F32(vec![0.9, -0.1, 0.4, 1.0, -1.0, 0.3, 0.05, -0.8]),
    };
    let bytes = model_bytes(metadata, &[kernel]).unwrap();
    fs::write(folder.join("models/tiny.safetensors"), bytes).unwrap();
}

fn written(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn writes_what_was_asked_for() {
    let folder = &folder("writes_what_was_asked_for");
    write_model(folder, &good());
    let ran = run(folder, "all");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.out, "cargo::rerun-if-changed=models/tiny.safetensors\n");
    let read = |file: &str| fs::read_to_string(folder.join("out").join(file)).unwrap();
    let rust = read("tiny.rs");
    assert!(
        rust.starts_with("// Generated from models/tiny.safetensors by bitneural-build "),
        "{rust}"
    );
    assert!(rust.contains("\npub struct Tiny {\n"), "{rust}");
    assert!(read("include/tiny.h").contains("#ifndef TINY_H"));
    assert!(read("tiny.md").starts_with("# tiny\n\nTernary network `tiny`"));
    assert_eq!(written(folder).len(), 3);
    assert_eq!(run(folder, "unnamed").code, Some(0));
    assert_eq!(read("tiny.rs"), rust);
}

#[test]
fn leaves_unchanged_files_alone() {
    let folder = &folder("leaves_unchanged_files_alone");
    write_model(folder, &good());
    run(folder, "all");
    let dates = |folder: &Path| -> Vec<_> {
        let files = written(folder).into_iter().filter(|path| path.is_file());
        files
            .map(|path| path.metadata().unwrap().modified().unwrap())
            .collect()
    };
    let before = dates(folder);
    assert_eq!(before.len(), 2);
    assert_eq!(run(folder, "all").code, Some(0));
    assert_eq!(dates(folder), before);
    let mut changed = good();
    changed["layers"][0]["range"] = json!([-3, 3]);
    write_model(folder, &changed);
    let header = fs::read(folder.join("out/include/tiny.h")).unwrap();
    run(folder, "all");
    assert_ne!(fs::read(folder.join("out/include/tiny.h")).unwrap(), header);
}

#[test]
fn says_all_that_is_wrong() {
    let folder = &folder("says_all_that_is_wrong");
    write_model(folder, &good());
    run(folder, "all");
    let before = fs::read(folder.join("out/tiny.rs")).unwrap();

    let mut bad = good();
    bad["layers"][0]["activatoin"] = json!("relu");
    bad["layers"][0]["units"] = json!("two");
    write_model(folder, &bad);
    let ran = run(folder, "all");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    // Or cargo would not look at the repaired file.
    assert_eq!(ran.out, "cargo::rerun-if-changed=models/tiny.safetensors\n");
    let expected = "
error: the field `units` has a value that does not fit
  --> models/tiny.safetensors, layer `fc`, metadata field `layers[0].units`
   = expected: a whole number
   = found: \"two\"
   = help: docs/format.md lists every field

error: unknown field `activatoin`
  --> models/tiny.safetensors, layer `fc`, metadata field `layers[0].activatoin`
";
    assert!(ran.err.starts_with(expected), "{}", ran.err);
    assert!(
        ran.err
            .ends_with("   = help: did you mean `activation`?\n\n"),
        "{}",
        ran.err
    );
    assert_eq!(fs::read(folder.join("out/tiny.rs")).unwrap(), before);

    fs::rename(
        folder.join("models/tiny.safetensors"),
        folder.join("models/tinny.safetensors"),
    )
    .unwrap();
    let ran = run(folder, "all");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(
        ran.err.contains("did you mean `models/tinny.safetensors`?"),
        "{}",
        ran.err
    );
}

#[test]
fn says_what_was_not_asked_for() {
    let folder = &folder("says_what_was_not_asked_for");
    write_model(folder, &good());
    let none = run(folder, "none");
    assert_eq!(none.code, Some(1));
    assert!(none.err.contains("no file was asked for"), "{}", none.err);
    let keyword = run(folder, "keyword");
    assert_eq!(keyword.code, Some(1));
    assert!(
        keyword.err.contains("a struct cannot be called `fn`"),
        "{}",
        keyword.err
    );
    let mut nameless = good();
    nameless["name"] = json!("1");
    write_model(folder, &nameless);
    let unnamed = run(folder, "unnamed");
    assert_eq!(unnamed.code, Some(1));
    assert!(
        unnamed.err.contains("call `.name(\"Name\")`"),
        "{}",
        unnamed.err
    );
    assert!(written(folder).is_empty());
    let outside = Model::new("models/tiny.safetensors").rust("tiny.rs");
    // This run has no OUT_DIR, for a test is no build script.
    assert_eq!(std::env::var_os("OUT_DIR"), None);
    let error = outside.try_compile().unwrap_err();
    assert!(
        error.to_string().contains("no folder to write to"),
        "{error}"
    );
    assert_eq!(error.problems().count(), 1);
}

#[test]
fn options_reach_the_compiler() {
    let folder = &folder("options_reach_the_compiler");
    write_model(folder, &good());
    let tight = run(folder, "tight");
    assert_eq!(tight.code, Some(1));
    assert!(
        tight
            .err
            .contains("= expected: at most 16 B of flash, 1000000 B of RAM"),
        "{}",
        tight.err
    );
    assert!(written(folder).is_empty());
    run(folder, "unnamed");
    let optimal = fs::read_to_string(folder.join("out/tiny.rs")).unwrap();
    assert_eq!(run(folder, "mean").code, Some(0));
    let mean = fs::read_to_string(folder.join("out/tiny.rs")).unwrap();
    assert!(mean.contains("\npub(crate) struct Tiny {\n"), "{mean}");
    // The blob of weights, too, differs.
    assert_ne!(mean.replace("pub(crate) struct", "pub struct"), optimal);
}

#[test]
fn custom_layers_need_types_in_rust_and_functions_in_c() {
    let folder = &folder("custom_layers");
    let mut metadata = good();
    let gate =
        json!({"id": "gate", "type": "custom", "name": "gate", "scale": 0.5, "zero_point": 0});
    metadata["layers"].as_array_mut().unwrap().insert(0, gate);
    write_model(folder, &metadata);
    let file = folder.join("models/tiny.safetensors");
    let model = || Model::new(&file).out_dir(folder.join("out"));
    let problem = |model: Model| model.try_compile().unwrap_err().to_string();
    let text = problem(model().rust("tiny.rs"));
    assert!(
        text.contains("`.custom(\"gate\", \"crate::MyLayer\")`"),
        "{text}"
    );
    let text = problem(model().rust("tiny.rs").custom("gate", "no path"));
    assert!(
        text.contains("`no path`, the type of the custom layer `gate`, is no path"),
        "{text}"
    );
    let twice = model()
        .custom("gate", "crate::A")
        .custom("gate", "crate::B");
    let text = problem(twice.rust("tiny.rs"));
    assert!(text.contains("`gate` is given two types"), "{text}");
    let good = model()
        .custom("gate", "crate::layers::Gate")
        .rust("tiny.rs");
    good.try_compile().unwrap();
    let text = fs::read_to_string(folder.join("out/tiny.rs")).unwrap();
    assert!(text.contains("crate::layers::Gate"), "{text}");
    model().c_header("tiny.h").try_compile().unwrap();
    let text = fs::read_to_string(folder.join("out/tiny.h")).unwrap();
    assert!(text.contains(
        "extern void tiny_gate(const bn_custom *layer, const uint8_t *input, uint8_t *output);"
    ));
}
