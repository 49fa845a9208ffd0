use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::tests::{bare, mlp, problems};

/// The problems of a file that is not read.
fn refused(bytes: &[u8]) -> Vec<String> {
    problems(&read(bytes).map(|_| ()).unwrap_err())
}

#[test]
fn a_file_is_read_as_it_stands() {
    let bytes = mlp().bytes();
    let file = read(&bytes).unwrap();
    let metadata = &file.metadata;
    assert_eq!(
        (metadata.name.as_str(), metadata.layout),
        ("mlp", Layout::Keras)
    );
    assert_eq!(metadata.inputs[0].shape.0, [2, 3]);
    assert_eq!(
        (
            metadata.inputs[0].mean.as_slice(),
            metadata.inputs[0].std.as_slice()
        ),
        ([0.0].as_slice(), [1.0].as_slice())
    );
    let kinds: Vec<_> = file.layers.iter().map(|layer| layer.kind.name()).collect();
    assert_eq!(kinds, ["flatten", "dense", "relu", "dense", "softmax"]);
    let names: Vec<_> = file.tensors().map(|(name, _)| name).collect();
    assert_eq!(names, ["fc1/bias", "fc1/kernel", "fc1/scale", "fc2/kernel"]);
    assert_eq!(
        file.tensor("fc1/bias").unwrap().to_f32().unwrap(),
        [0.1, -0.1, 0.0, 0.2]
    );
}

#[test]
fn a_decimal_is_the_nearest_double() {
    // Digits that a reader without correct rounding takes for the next double.
    let scale = "0.030566872532507974";
    let model = mlp()
        .with("/layers/2/scale", serde_json::from_str(scale).unwrap())
        .with("/layers/2/zero_point", json!(0));
    let bytes = model.bytes();
    let file = read(&bytes).unwrap();
    let fixed = file.layers[2].range.unwrap().fixed;
    assert_eq!(fixed, Some((scale.parse().unwrap(), 0)));
}

/// Where in the metadata, what stands there instead, the layer and the field at which the problem is found,
/// the problem.
const WRONG: &str = r#"
/version | null | version | this version of the model format is not supported
/version | 2 | version | this version of the model format is not supported
/name | null | name | the field `name` is missing
/name | 7 | name | the field `name` has a value that does not fit
/layout | "jax" | layout | the field `layout` has a value that does not fit
/labels | [1] | labels | the field `labels` has a value that does not fit
/outputs | ["probabilitis"] | outputs | no layer or input is called `probabilitis`
/outputs | ["fc2"] | probabilities layers[4] | nothing reads this layer
/outputs | [] | outputs | the field `outputs` has a value that does not fit
/outputs | ["x"] | outputs | as an output, the input `x` is not supported
/outputs | ["probabilities", "probabilities"] | outputs | two outputs are called `probabilities`
/inputs | [] | inputs | the field `inputs` has a value that does not fit
/inputs | [{"id": "x", "shape": [2, 3]}, {"id": "y", "shape": [4]}] | inputs[1] | nothing reads the input `y`
/inputs | [{"id": "x", "shape": [2, 3]}, {"id": "x", "shape": [4]}] | inputs[1].id | two layers or inputs are called `x`
/inputs | {} | inputs | the field `inputs` has a value that does not fit
/inputs/0 | [] | inputs[0] | the field `inputs[0]` has a value that does not fit
/inputs/0/id | "" | inputs[0].id | the field `id` has a value that does not fit
/inputs/0/shape | [] | inputs[0].shape | the field `shape` has a value that does not fit
/inputs/0/shape | [2, 0] | inputs[0].shape | the field `shape` has a value that does not fit
/inputs/0/shape | [1, 1, 2, 3] | inputs[0].shape | the field `shape` has a value that does not fit
/inputs/0/shape | [6.0] | inputs[0].shape | the field `shape` has a value that does not fit
/inputs/0/shape | [1099511627776, 1099511627776] | inputs[0].shape | the input (in elements) is too large
/inputs/0/bits | 4 | inputs[0].bits | the field `bits` has a value that does not fit
/inputs/0/bits | "16" | inputs[0].bits | the field `bits` has a value that does not fit
/inputs/0/mean | [1.0, 2.0] | inputs[0].mean | the field `mean` has a value that does not fit
/inputs/0/std | 0.0 | inputs[0].std | the field `std` has a value that does not fit
/inputs/0/range | [1.0, -1.0] | inputs[0].range | the field `range` has a value that does not fit
/inputs/0/range | [0.0, 1e30] | inputs[0].range | the field `range` has a value that does not fit
/inputs/0/range_kind | "guessed" | inputs[0].range_kind | the field `range_kind` has a value that does not fit
/inputs/0/range_kind | "observed" | inputs[0].samples | the field `samples` is missing
/layers | [] | layers | the model has no layers
/layers/0 | 1 | layers[0] | the field `layers[0]` has a value that does not fit
/layers/0/id | null | layers[0].id | the field `id` is missing
/layers/0/id | "x" | x layers[0].id | two layers or inputs are called `x`
/layers/2/id | "fc1" | fc1 layers[2].id | two layers or inputs are called `fc1`
/layers/0/type | null | flatten layers[0].type | the field `type` is missing
/layers/0/type | "flaten" | flatten layers[0].type | unknown layer type `flaten`
/layers/1/inputs | ["fc9"] | fc1 layers[1].inputs | no layer or input is called `fc9`
/layers/1/inputs | ["x"] | flatten layers[0] | nothing reads this layer
/layers/1/inputs | [] | fc1 layers[1].inputs | the field `inputs` has a value that does not fit
/layers/1/inputs | ["flatten", "x"] | fc1 layers[1].inputs | the field `inputs` has a value that does not fit
/layers/1/inputs | "x" | fc1 layers[1].inputs | the field `inputs` has a value that does not fit
/layers/1/inputs | ["fc1"] | fc1 layers[1].inputs | the layers read each other in a cycle
/layers/0/inputs | ["act"] | flatten layers[0].inputs | the layers read each other in a cycle
/layers/1/units | -4 | fc1 layers[1].units | the field `units` has a value that does not fit
/layers/1/units | 0 | fc1 layers[1].units | the field `units` has a value that does not fit
/layers/0/samples | 0 | flatten layers[0].samples | the field `samples` has a value that does not fit
/layers/1/activation | "mish" | fc1 layers[1].activation | activation `mish` is not supported
/layers/1/activation | "rleu" | fc1 layers[1].activation | the field `activation` has a value that does not fit
/layers/1/weights | "int4" | fc1 layers[1].weights | weights `int4` is not supported
/layers/1/weights | "int" | fc1 layers[1].weights | the field `weights` has a value that does not fit
/layers/1/quantizer | "best" | fc1 layers[1].quantizer | the field `quantizer` has a value that does not fit
/layers/1/granularity | "row" | fc1 layers[1].granularity | the field `granularity` has a value that does not fit
/layers/1/tensors | null | fc1 layers[1].tensors | the field `tensors` is missing
/layers/1/tensors/kernel | null | fc1 layers[1].tensors.kernel | the field `kernel` is missing
/layers/1/tensors/kernal | "k" | fc1 layers[1].tensors.kernal | unknown field `kernal`
/layers/1/samples | null | fc1 layers[1].samples | the field `samples` is missing
/layers/1/samples | 0 | fc1 layers[1].samples | the field `samples` has a value that does not fit
/layers/1/scale | 0.5 | fc1 layers[1].zero_point | the field `zero_point` is missing
/layers/1/zero_point | 5 | fc1 layers[1].scale | the field `scale` is missing
/layers/0/kernel | 3 | flatten layers[0].kernel | unknown field `kernel`
"#;

#[test]
fn each_wrong_field_is_found_at_its_place() {
    for row in WRONG.trim().lines() {
        let [pointer, value, place, what] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        let value = serde_json::from_str(value).unwrap();
        let location = match place.split_once(' ') {
            Some((layer, field)) => Location::layer(layer).field(field),
            None => Location::default().field(place),
        };
        let found = refused(&mlp().with(pointer, value).bytes());
        assert_eq!(found, [format!("{location}: {what}")], "{row}");
    }
    let fixed = |scale: f64, zero_point: i32| {
        mlp()
            .with("/layers/1/scale", json!(scale))
            .with("/layers/1/zero_point", json!(zero_point))
    };
    // Codes of 16 bits have other zero points.
    for (bits, zero_point, fits) in [
        (8, 255, true),
        (8, 256, false),
        (16, 65535, true),
        (16, 65536, false),
    ] {
        let model = mlp()
            .with("/inputs/0/bits", json!(bits))
            .with("/inputs/0/scale", json!(0.5))
            .with("/inputs/0/zero_point", json!(zero_point));
        match crate::source::read(&model.bytes()) {
            Ok(file) => {
                assert!(fits, "{bits} bits, {zero_point}");
                assert_eq!(file.metadata.inputs[0].is_wide, bits == 16);
            }
            Err(errors) => assert!(!fits, "{errors}"),
        }
    }
    for (key, model) in [("scale", fixed(0.0, 3)), ("zero_point", fixed(0.5, 256))] {
        let location = Location::layer("fc1").field(&format!("layers[1].{key}"));
        let expected = format!("{location}: the field `{key}` has a value that does not fit");
        assert_eq!(refused(&model.bytes()), [expected]);
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let model = mlp()
        .with("/labls", json!(["a"]))
        .with("/inputs/0/bits", json!(4))
        .with("/layers/1/activation", json!("swoosh"))
        .with("/layers/2/slopes", json!(0.1));
    assert_eq!(
        refused(&model.bytes()),
        [
            "metadata field `labls`: unknown field `labls`",
            "metadata field `inputs[0].bits`: the field `bits` has a value that does not fit",
            "layer `fc1`, metadata field `layers[1].activation`: the field `activation` has a value that does not fit",
            "layer `act`, metadata field `layers[2].slopes`: unknown field `slopes`",
        ]
    );
}

#[test]
fn what_cannot_be_read_raises_no_second_problem() {
    // The last layer, which `outputs` names and whose tensor nobody else uses.
    let last = mlp()
        .with("/layers/3/type", json!("dens"))
        .with("/outputs", json!(["fc2"]))
        .with("/layers", {
            let mut layers = mlp().metadata["layers"].clone();
            layers[3]["type"] = json!("dens");
            layers.as_array_mut().unwrap().pop();
            layers
        });
    assert_eq!(
        refused(&last.bytes()),
        ["layer `fc2`, metadata field `layers[3].type`: unknown layer type `dens`"]
    );
    // An input of which only the name can be read.
    let input = mlp()
        .with("/inputs/0/shape", json!("6"))
        .with("/layers/0/inputs", json!(["x"]));
    assert_eq!(
        refused(&input.bytes()),
        ["metadata field `inputs[0].shape`: the field `shape` has a value that does not fit"]
    );
}

#[test]
fn a_range_is_observed_declared_or_fixed() {
    let range_of = |model: crate::tests::Model, input: bool| {
        let bytes = model.bytes();
        let file = read(&bytes).unwrap();
        if input {
            file.metadata.inputs[0].range
        } else {
            file.layers[1].range
        }
    };
    let observed = range_of(mlp(), false).unwrap();
    assert_eq!(observed.kind, RangeKind::Observed { samples: 40 });
    assert_eq!(
        (observed.low, observed.high, observed.fixed),
        (-2.0, 2.0, None)
    );
    assert_eq!(range_of(mlp(), true).unwrap().kind, RangeKind::Declared);
    // A fixed scale needs no samples, and gives the range where there is none.
    let fixed = mlp()
        .with("/layers/1/scale", json!(0.5))
        .with("/layers/1/zero_point", json!(55));
    let both = range_of(fixed.clone().without("/layers/1/samples"), false).unwrap();
    assert_eq!(
        (both.low, both.high, both.fixed),
        (-2.0, 2.0, Some((0.5, 55)))
    );
    let alone = range_of(
        fixed
            .without("/layers/1/samples")
            .without("/layers/1/range"),
        false,
    )
    .unwrap();
    assert_eq!(
        (alone.low, alone.high, alone.fixed),
        (-27.5, 100.0, Some((0.5, 55)))
    );
    assert_eq!(range_of(mlp().without("/layers/1/range"), false), None);
}

/// A container of this header, with `data` zero bytes behind it.
fn container(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(vec![0; data]);
    bytes
}

#[test]
fn a_broken_container_is_located() {
    let one = |bytes: &[u8]| {
        let found = read(bytes).map(|_| ()).unwrap_err();
        assert_eq!(found.len(), 1, "{found}");
        found.into_iter().next().unwrap().kind
    };
    assert!(matches!(one(b"short"), ErrorKind::NotSafetensors { .. }));
    assert!(matches!(one(&[0xff; 64]), ErrorKind::NotSafetensors { .. }));
    let mut oversized = (limits::HEADER_BYTES + 1).to_le_bytes().to_vec();
    oversized.push(b'{');
    assert_eq!(
        one(&oversized),
        ErrorKind::HeaderOversized {
            bytes: limits::HEADER_BYTES + 1,
            limit: limits::HEADER_BYTES
        }
    );
    let whole = mlp().bytes();
    assert!(matches!(
        one(&whole[..40]),
        ErrorKind::HeaderTruncated { found: 40, .. }
    ));
    assert!(matches!(
        one(&whole[..whole.len() - 1]),
        ErrorKind::TensorOffsets { .. }
    ));
    assert!(matches!(
        one(&container("{]", 0)),
        ErrorKind::NotSafetensors { .. }
    ));
    let gap = r#"{"a":{"dtype":"I8","shape":[2],"data_offsets":[1,3]}}"#;
    assert!(matches!(
        one(&container(gap, 3)),
        ErrorKind::TensorOffsets { .. }
    ));
    assert_eq!(one(&container("{}", 0)), ErrorKind::NoMetadata);
    let no_json = r#"{"__metadata__":{"bitneural":"{\n \"version\": }"}}"#;
    assert!(matches!(
        one(&container(no_json, 0)),
        ErrorKind::BadJson {
            line: 2,
            column: 13,
            ..
        }
    ));
    let list = r#"{"__metadata__":{"bitneural":"[]"}}"#;
    assert!(matches!(
        one(&container(list, 0)),
        ErrorKind::InvalidField { .. }
    ));
    let long = format!(
        r#"{{"__metadata__":{{"bitneural":"{}"}}}}"#,
        " ".repeat(limits::METADATA_BYTES + 1)
    );
    assert!(matches!(
        one(&container(&long, 0)),
        ErrorKind::TooLarge { .. }
    ));
}

#[test]
fn too_many_layers_are_refused_before_they_are_read() {
    let layers: Value = (0..=limits::LAYERS).map(|_| json!({})).collect();
    let mut model = bare("keras", &[4], json!([{"id": "a", "type": "relu"}]));
    model.metadata["layers"] = layers;
    assert_eq!(
        refused(&model.bytes()),
        ["metadata field `layers`: the number of layers is too large"]
    );
}

#[test]
fn tensors_hold_finite_numbers_and_trits() {
    let tensor = |dtype, bytes| Tensor {
        dtype,
        shape: crate::shape::Shape(vec![2]),
        bytes,
    };
    let values = [1.0_f32, f32::NAN].map(f32::to_le_bytes).concat();
    let kind = tensor(Dtype::F32, &values).to_f32().unwrap_err();
    assert!(matches!(kind, ErrorKind::NotFinite { index: 1, .. }));
    assert_eq!(tensor(Dtype::I8, &[0xff, 1]).to_trits().unwrap(), [-1, 1]);
    let kind = tensor(Dtype::I8, &[1, 0x80]).to_trits().unwrap_err();
    assert_eq!(
        kind,
        ErrorKind::NotATrit {
            index: 1,
            value: -128
        }
    );
    assert!(tensor(Dtype::Other("F16"), &[0; 4]).to_f32().is_err());
    assert!(tensor(Dtype::F32, &values).to_trits().is_err());
}

#[test]
fn files_of_other_frameworks_are_recognized() {
    let format = |path: &str, bytes: &[u8]| match foreign::recognize(path, bytes) {
        Some(ErrorKind::ForeignFormat { format, .. }) => Some(format),
        _ => None,
    };
    assert_eq!(
        format("a.safetensors", b"\x89HDF\r\n\x1a\n"),
        Some("an HDF5 file")
    );
    assert_eq!(
        format("a", b"\x1c\0\0\0TFL3"),
        Some("a TensorFlow Lite model")
    );
    assert_eq!(format("m.pt", b"PK\x03\x04"), Some("a PyTorch checkpoint"));
    assert_eq!(format("m.pt", &mlp().bytes()), None);
    assert!(
        format("m.bin", b"PK\x03\x04")
            .unwrap()
            .starts_with("a zip archive")
    );
    assert_eq!(format("m.ONNX", b"\x08\x07"), Some("an ONNX model"));
}

#[test]
fn a_broken_file_still_tells_name_and_labels() {
    let model = mlp()
        .with("/labels", json!(["a", "b"]))
        .with("/layers", json!(7));
    let found = outline(&model.bytes());
    assert_eq!(found.name.as_deref(), Some("mlp"));
    assert_eq!(found.labels, Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(outline(&mlp().bytes()).labels, Some(Vec::new()));
    assert_eq!(outline(b"nothing"), Outline::default());
}

/// JSON that is near what the format has, or far from it.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec!["", "x", "fc1", "relu", "dense", "torch", "fc1/kernel"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(
                (prop::sample::select(vec!["id", "type", "shape"]), inner),
                0..3
            )
            .prop_map(|fields| Value::Object(
                fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()
            )),
        ]
    })
}

/// Every place of the metadata, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    if !at.is_empty() {
        found.push(at.to_owned());
    }
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                places(value, &format!("{at}/{}", key.replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_compiler_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = mlp().bytes();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = crate::compile(&bytes, &crate::Options::default());
        let _ = outline(&bytes);
    }

    #[test]
    fn no_metadata_makes_the_compiler_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), values()), 1..3),
    ) {
        let mut model = mlp();
        for (at, value) in changes {
            let mut all = Vec::new();
            places(&model.metadata, "", &mut all);
            if all.is_empty() {
                break;
            }
            *model.metadata.pointer_mut(&all[at.index(all.len())]).unwrap() = value;
        }
        if let Err(errors) = crate::compile(&model.bytes(), &crate::Options::default()) {
            let ours = errors.iter().any(|error| matches!(error.kind, ErrorKind::Internal { .. }));
            prop_assert!(!ours, "{errors}");
        }
    }
}
