//! The command as a user runs it, on real digits.

use std::fs;

use serde_json::{Value, json};

mod fixtures;

use fixtures::{DIGITS, folder, metadata, model, out, run, tensors};

/// A calibrated model in a folder of its own.
fn calibrated(test: &str) -> std::path::PathBuf {
    let folder = folder(test);
    model(&folder.join("m.safetensors"), &metadata());
    out(
        &folder,
        &[
            "calibrate",
            "m.safetensors",
            "--data",
            DIGITS,
            "--samples",
            "..1297",
        ],
    );
    folder
}

#[test]
fn a_model_is_inspected_calibrated_and_compiled() {
    let folder = folder("calibrate");
    model(&folder.join("m.safetensors"), &metadata());
    let before = run(&folder, &["inspect", "m.safetensors"]);
    assert_eq!(before.code, 1);
    insta::assert_snapshot!(
        "inspect_uncalibrated",
        format!("{}{}", before.out, before.err)
    );

    let original = fs::read(folder.join("m.safetensors")).unwrap();
    let data = ["--data", DIGITS, "--samples", "..1297"];
    let beside = [
        &["calibrate", "m.safetensors", "--output", "n.safetensors"],
        &data[..],
    ]
    .concat();
    insta::assert_snapshot!("calibrate", out(&folder, &beside));
    assert_eq!(fs::read(folder.join("m.safetensors")).unwrap(), original);
    let in_place = [&["calibrate", "m.safetensors"], &data[..]].concat();
    out(&folder, &in_place);
    let recorded = fs::read(folder.join("m.safetensors")).unwrap();
    assert_eq!(recorded, fs::read(folder.join("n.safetensors")).unwrap());
    // Nothing else is left behind.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);

    insta::assert_snapshot!("inspect", out(&folder, &["inspect", "m.safetensors"]));
    // The weights are those of before.
    let file = bitneural_core::source::read(&recorded).unwrap();
    for tensor in tensors() {
        let bitneural_core::writer::TensorData::F32(values) = tensor.data else {
            panic!("{} is no F32", tensor.name);
        };
        assert_eq!(file.tensor(&tensor.name).unwrap().to_f32().unwrap(), values);
    }
}

#[test]
fn inspect_as_json_agrees_with_the_compiler() {
    let folder = calibrated("inspect_json");
    let found: Value =
        serde_json::from_str(&out(&folder, &["inspect", "m.safetensors", "--json"])).unwrap();
    let bytes = fs::read(folder.join("m.safetensors")).unwrap();
    let compiled = bitneural_core::compile(&bytes, &bitneural_core::Options::default()).unwrap();
    assert_eq!(
        found["report"]["flash_bytes"],
        json!(compiled.report.flash_bytes)
    );
    assert_eq!(found["report"]["macs"], json!(640));
    assert_eq!(found["bytes"], json!(bytes.len()));
    assert_eq!(found["tensors"][1]["name"], json!("fc/kernel"));
    assert_eq!(found["tensors"][1]["shape"], json!([64, 10]));
    assert_eq!(found["tensors"][1]["bytes"], json!(2560));
    assert_eq!(found["layers"][0]["output_shape"], json!([10]));
    assert_eq!(found["layers"][0]["samples"], json!(1297));
    assert_eq!(found["metadata"]["name"], json!("nearest"));
    assert_eq!(found["errors"], json!([]));
}

#[test]
fn simulate_counts_what_both_networks_get_right() {
    let folder = calibrated("simulate");
    let data = ["--data", DIGITS, "--samples", "1297.."];
    let arguments = [&["simulate", "m.safetensors", "--json"], &data[..]].concat();
    let found: Value = serde_json::from_str(&out(&folder, &arguments)).unwrap();
    let number = |key: &str| found[key].as_f64().unwrap();
    assert_eq!(found["samples"], json!(500));
    // Nearest means reach 78.6 %, ternary and in floating point; chance is 10 %.
    assert!(number("float_accuracy") > 0.75, "{found}");
    assert!(
        (number("float_accuracy") - number("integer_accuracy")).abs() <= 0.01,
        "{found}"
    );
    assert!(number("agree") >= 0.98 && number("agree") <= 1.0, "{found}");
    // Eight bits of input, exact sums: 30 to 60 dB.
    assert!((30.0..60.0).contains(&number("sqnr_db")), "{found}");

    let human = out(
        &folder,
        &[&["simulate", "m.safetensors"], &data[..]].concat(),
    );
    assert!(
        human.contains(&format!("{:.2} %", 100.0 * number("integer_accuracy"))),
        "{human}"
    );
    assert!(
        human.contains(&format!("{:.1} dB", number("sqnr_db"))),
        "{human}"
    );
}

#[test]
fn accuracies_are_null_without_labels() {
    let folder = calibrated("unlabelled");
    let image: Vec<String> = (0..64).map(|pixel| (pixel % 17).to_string()).collect();
    fs::write(folder.join("one.csv"), image.join(",")).unwrap();
    let arguments = ["simulate", "m.safetensors", "--data", "one.csv", "--json"];
    let found: Value = serde_json::from_str(&out(&folder, &arguments)).unwrap();
    assert_eq!(found["samples"], json!(1));
    assert_eq!(found["float_accuracy"], Value::Null);
    assert_eq!(found["integer_accuracy"], Value::Null);
}

#[test]
fn expand_prints_what_the_printers_print() {
    let folder = calibrated("expand");
    let rust = out(&folder, &["expand", "m.safetensors"]);
    assert!(rust.contains("pub struct Nearest {"), "{rust}");
    let named = out(&folder, &["expand", "m.safetensors", "--name", "Digits"]);
    assert_eq!(named, rust.replace("Nearest", "Digits"));
    let twn = out(&folder, &["expand", "m.safetensors", "--ternarize", "twn"]);
    assert_ne!(twn, rust);
    let c = out(&folder, &["expand", "m.safetensors", "--c"]);
    assert!(
        c.contains("#ifndef NEAREST_H") && c.ends_with("#endif /* NEAREST_H */\n"),
        "{c}"
    );
}

#[test]
fn a_model_that_cannot_be_read_is_shown_as_far_as_possible() {
    let folder = folder("broken");
    let mut broken = metadata();
    broken["layers"][0]["type"] = json!("dens");
    broken["labls"] = json!([]);
    model(&folder.join("m.safetensors"), &broken);
    let ran = run(&folder, &["inspect", "m.safetensors"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("inspect_broken", format!("{}{}", ran.out, ran.err));
    let json = run(&folder, &["inspect", "m.safetensors", "--json"]);
    assert_eq!(json.code, 1);
    let found: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(found["report"], Value::Null);
    assert_eq!(found["errors"][0]["help"], json!("did you mean `labels`?"));
}

#[test]
fn bad_json_is_shown_with_a_caret() {
    let folder = folder("bad_json");
    let path = folder.join("m.safetensors");
    model(&path, &metadata());
    // The header is JSON whose string holds JSON: a comma too many, the length kept.
    let text = fs::read(&path).unwrap();
    let good = br#"\"outputs\":[\"fc\"]"#;
    let bad = br#"\"outputs\":[,\"fc]"#;
    assert_eq!(good.len(), bad.len() + 1);
    let at = text
        .windows(good.len())
        .position(|window| window == good)
        .unwrap();
    let mut changed = text.clone();
    changed[at..at + bad.len()].copy_from_slice(bad);
    changed[at + bad.len()] = b' ';
    fs::write(&path, changed).unwrap();
    let ran = run(&folder, &["inspect", "m.safetensors"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("inspect_bad_json", format!("{}{}", ran.out, ran.err));
}

#[test]
fn failures_leave_files_alone_and_say_why() {
    let folder = calibrated("failures");
    let path = folder.join("m.safetensors");
    let before = fs::read(&path).unwrap();
    fs::write(folder.join("short.csv"), "1,2,3\n").unwrap();
    fs::write(folder.join("huge.csv"), ["3e38"; 64].join(",")).unwrap();
    let cases = [
        (
            vec!["calibrate", "m.safetensors", "--data", "short.csv"],
            1,
            "= expected: 64 elements a sample",
        ),
        (
            vec!["calibrate", "m.safetensors", "--data", "huge.csv"],
            1,
            "too large to be quantized",
        ),
        (
            vec!["calibrate", "m.safetensors", "--data", "none.npy"],
            1,
            "no such file",
        ),
        (
            vec![
                "calibrate",
                "m.safetensors",
                "--data",
                DIGITS,
                "--output",
                "no/such/m.safetensors",
            ],
            1,
            "the file cannot be written",
        ),
        (
            vec![
                "simulate",
                "m.safetensors",
                "--data",
                DIGITS,
                "--samples",
                "9..9",
            ],
            1,
            "no such samples",
        ),
        (
            vec!["inspect", "n.safetensors"],
            1,
            "did you mean `m.safetensors`?",
        ),
        (vec!["inspect"], 2, "Usage"),
        (
            vec!["expand", "m.safetensors", "--optimize", "fast"],
            2,
            "[possible values: speed, size, balanced]",
        ),
        (
            vec!["expand", "m.safetensors", "--name", "fn"],
            2,
            "a struct cannot be called that",
        ),
        (
            vec![
                "simulate",
                "m.safetensors",
                "--data",
                DIGITS,
                "--samples",
                "9",
            ],
            2,
            "FROM..TO",
        ),
    ];
    for (arguments, code, said) in cases {
        let ran = run(&folder, &arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(
            ran.err.contains(said),
            "{arguments:?} lacks {said}: {}",
            ran.err
        );
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    let foreign = run(&folder, &["inspect", DIGITS]);
    assert_eq!(foreign.code, 1);
    assert!(
        foreign.err.contains("no safetensors file"),
        "{}",
        foreign.err
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
}

#[test]
fn colours_are_for_terminals_only() {
    let folder = folder("colours");
    let run = |colours: bool| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_bitneural"));
        command
            .args(["inspect", "none.safetensors"])
            .current_dir(&folder);
        if colours {
            command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR");
        }
        command.output().unwrap().stderr
    };
    assert!(!run(false).contains(&0x1b));
    assert!(run(true).contains(&0x1b));
}
