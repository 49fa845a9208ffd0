//! The command as a user runs it, on real digits.

use std::fs;

use bitneural_core::writer::{NamedTensor, TensorData, model_bytes};
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
        let TensorData::F32(values) = tensor.data else {
            panic!("{} is no F32", tensor.name);
        };
        assert_eq!(file.tensor(&tensor.name).unwrap().to_f32().unwrap(), values);
    }
}

#[test]
fn calibrate_changes_nothing_but_ranges() {
    let folder = folder("faithful");
    let path = folder.join("m.safetensors");
    let mut metadata = metadata();
    // Read inexactly, it would be written one step off: 17 digits are the hard ones.
    metadata["inputs"][0]["std"] = json!(10.725_977_108_665_301);
    metadata["inputs"][0]["range_kind"] = json!("observed");
    metadata["inputs"][0]["samples"] = json!(1);
    metadata["layers"][0]["range"] = json!([-1, 1]);
    metadata["layers"][0]["samples"] = json!(1);
    model(&path, &metadata);
    // Another entry beside ours, as other exporters write it.
    let bytes = fs::read(&path).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&bytes[8..8 + length]).unwrap();
    let header = header.replace("\"__metadata__\":{", "\"__metadata__\":{\"format\":\"pt\",");
    let header = header.trim_end().to_owned() + "   ";
    let with_entry = [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        &bytes[8 + length..],
    ];
    fs::write(&path, with_entry.concat()).unwrap();

    out(&folder, &["calibrate", "m.safetensors", "--data", DIGITS]);
    let after = fs::read(&path).unwrap();
    let after_length = u64::from_le_bytes(after[..8].try_into().unwrap()) as usize;
    assert_eq!(after_length % 8, 0);
    assert_eq!(after[8 + after_length..], bytes[8 + length..], "tensors");
    let mut before: Value = serde_json::from_str(&header).unwrap();
    let mut after: Value = serde_json::from_slice(&after[8..8 + after_length]).unwrap();
    let taken = |header: &mut Value| -> Value {
        let text = header["__metadata__"]["bitneural"].take();
        serde_json::from_str(text.as_str().unwrap()).unwrap()
    };
    let found = taken(&mut after);
    taken(&mut before);
    let entries = after["__metadata__"].as_object_mut().unwrap();
    assert!(entries.remove("bitneural.fidelity").is_some());
    assert_eq!(after, before, "the header apart from our metadata");
    let std = 10.725_977_108_665_301_f64;
    let range = &found["inputs"][0]["range"];
    assert_eq!(range[0], json!(0.0));
    assert_eq!(range[1], json!((16.0 / std) as f32));
    assert_eq!(found["inputs"][0]["samples"], json!(1797));
    assert_eq!(found["layers"][0]["samples"], json!(1797));
    let mut expected = metadata;
    for (place, field) in [
        ("inputs", "range"),
        ("inputs", "samples"),
        ("layers", "range"),
        ("layers", "samples"),
    ] {
        expected[place][0][field] = found[place][0][field].clone();
    }
    assert_eq!(found, expected);
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
fn the_format_of_the_data_does_not_matter() {
    let folder = calibrated("formats");
    let digits = bitneural_data::read(&bitneural_data::Request {
        inputs: &bitneural_data::Place::new(DIGITS),
        labels: None,
        elements: 64,
        classes: Some(10),
    });
    let digits = digits.unwrap().slice(1297..1797).unwrap();
    let labels = digits.labels.clone().unwrap();
    let pixels: Vec<u8> = digits.inputs.iter().map(|&pixel| pixel as u8).collect();
    let classes: Vec<u8> = labels.iter().map(|&label| label as u8).collect();

    let axis = 500_u32.to_be_bytes();
    let images = [&[0, 0, 8, 3][..], &axis, &[0, 0, 0, 8, 0, 0, 0, 8], &pixels].concat();
    fs::write(folder.join("images"), images).unwrap();
    fs::write(
        folder.join("labels"),
        [&[0, 0, 8, 1][..], &axis, &classes].concat(),
    )
    .unwrap();

    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (500, 8, 8), }\n";
    let floats = digits.inputs.iter().flat_map(|pixel| pixel.to_le_bytes());
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    npy.extend((header.len() as u16).to_le_bytes());
    npy.extend(header.bytes().chain(floats));
    fs::write(folder.join("images.npy"), npy).unwrap();

    let tensor = |name: &str, shape: Vec<usize>, bytes: &[u8]| NamedTensor {
        name: name.to_owned(),
        shape,
        data: TensorData::I8(bytes.iter().map(|&byte| byte as i8).collect()),
    };
    let tensors = [
        tensor("test.input", vec![500, 64], &pixels),
        tensor("test.label", vec![500], &classes),
    ];
    let safetensors = model_bytes(&json!({}), &tensors).unwrap();
    fs::write(folder.join("cases.safetensors"), safetensors).unwrap();

    let simulate = |arguments: &[&str]| {
        let all = [
            &["simulate", "m.safetensors", "--json", "--data"],
            arguments,
        ]
        .concat();
        out(&folder, &all)
    };
    let csv = simulate(&[DIGITS, "--samples", "1297.."]);
    assert_eq!(simulate(&["images", "--labels", "labels"]), csv);
    assert_eq!(simulate(&["images.npy", "--labels", "labels"]), csv);
    assert_eq!(simulate(&["cases.safetensors:test.input"]), csv);
    assert_eq!(
        simulate(&["cases.safetensors", "--tensor", "test.input"]),
        csv
    );
    let named = ["images.npy", "--labels", "cases.safetensors:test.label"];
    assert_eq!(simulate(&named), csv);
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
    fs::copy(&path, folder.join("digits_mlp.safetensors")).unwrap();
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
            vec!["inspect", "digits_mpl.safetensors"],
            1,
            "did you mean `digits_mlp.safetensors`?",
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
        foreign.err.contains("not a safetensors file"),
        "{}",
        foreign.err
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
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
