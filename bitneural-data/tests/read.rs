//! Every format through the public face, and what is said of data that do not fit.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use bitneural_data::{Dataset, Error, Place, Request, read};

/// The tests' folder for files, one for each test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(path: &Path, bytes: &[u8]) -> Place {
    fs::write(path, bytes).unwrap();
    Place::new(path)
}

fn npy(path: &Path, descr: &str, shape: &str, data: &[u8]) -> Place {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    write(path, &bytes)
}

fn f32s(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// A safetensors file of tensors (name, dtype, axes, bytes).
fn safetensors(path: &Path, tensors: &[(&str, &str, &str, Vec<u8>)]) -> Place {
    let mut data: Vec<u8> = Vec::new();
    let entries: Vec<String> = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| {
            let start = data.len();
            data.extend(bytes);
            format!(
                "\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":[{start},{}]}}",
                data.len()
            )
        })
        .collect();
    let mut header = format!("{{{}}}", entries.join(","));
    while header.len() % 8 != 0 {
        header.push(' ');
    }
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    write(path, &bytes)
}

fn get(inputs: &Place, labels: Option<&Place>, elements: usize) -> Result<Dataset, Error> {
    read(&Request {
        inputs,
        labels,
        elements,
        classes: Some(10),
    })
}

#[test]
fn digits_csv_keeps_its_last_column_as_labels() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/data/digits/digits.csv.gz"
    );
    let digits = get(&Place::new(path), None, 64).unwrap();
    assert_eq!(
        (digits.samples(), digits.shape.as_slice()),
        (1797, &[64][..])
    );
    let labels = digits.labels.as_deref().unwrap();
    assert_eq!(labels[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(
        digits.iter().next().unwrap()[..5],
        [0.0, 0.0, 5.0, 13.0, 9.0]
    );
    let test = digits.clone().slice(1297..1797).unwrap();
    assert_eq!(
        (test.samples(), test.labels.as_deref().unwrap().len()),
        (500, 500)
    );
    assert_eq!(test.iter().next(), digits.iter().nth(1297));
    assert_eq!(test.labels.unwrap()[0], labels[1297]);
    assert_eq!(digits.clone().slice(5..5), None);
    assert_eq!(digits.clone().slice(0..1798), None);
    // The same file serves as a file of labels, and as samples of 65 elements.
    let twice = get(&Place::new(path), Some(&Place::new(path)), 64).unwrap();
    assert_eq!(twice.labels.as_deref().unwrap(), labels);
    assert_eq!(get(&Place::new(path), None, 65).unwrap().labels, None);
}

#[test]
fn idx_images_and_labels_gzipped() {
    let folder = folder("idx");
    let images = [
        &[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3][..],
        &[1, 2, 3, 4, 5, 6],
    ]
    .concat();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&images).unwrap();
    let images = write(&folder.join("images.gz"), &packer.finish().unwrap());
    // A first label of 123, the byte by which a safetensors file is known.
    let labels = write(&folder.join("labels"), &[0, 0, 8, 1, 0, 0, 0, 2, 123, 7]);
    let data = read(&Request {
        inputs: &images,
        labels: Some(&labels),
        elements: 3,
        classes: Some(200),
    });
    let data = data.unwrap();
    assert_eq!((data.samples(), data.shape.as_slice()), (2, &[1, 3][..]));
    assert_eq!(data.labels.unwrap(), [123, 7]);
}

#[test]
fn npy_samples_and_one_sample_alone() {
    let folder = folder("npy");
    let two = npy(
        &folder.join("two.npy"),
        "<f4",
        "(2, 1, 2)",
        &f32s(&[1.0, 2.0, 3.0, 4.0]),
    );
    assert_eq!(get(&two, None, 2).unwrap().samples(), 2);
    let one = npy(
        &folder.join("one.npy"),
        "<f4",
        "(2, 2)",
        &f32s(&[1.0, 2.0, 3.0, 4.0]),
    );
    let one = get(&one, None, 4).unwrap();
    assert_eq!((one.samples(), one.shape), (1, vec![2, 2]));
}

#[test]
fn safetensors_finds_inputs_and_labels_by_name() {
    let folder = folder("safetensors");
    let path = folder.join("cases.safetensors");
    let place = safetensors(
        &path,
        &[
            ("input", "F32", "[2,2]", f32s(&[1.0, 2.0, 3.0, 4.0])),
            (
                "label",
                "I64",
                "[2]",
                [3_i64, 9].iter().flat_map(|l| l.to_le_bytes()).collect(),
            ),
            ("test.input", "I8", "[1,2]", vec![255, 1]),
            ("test.label", "U8", "[1]", vec![5]),
        ],
    );
    let data = get(&place, None, 2).unwrap();
    assert_eq!(data.labels.unwrap(), [3, 9]);
    let test = get(
        &Place::parse(&format!("{}:test.input", path.display())),
        None,
        2,
    )
    .unwrap();
    assert_eq!((test.inputs, test.labels), (vec![-1.0, 1.0], Some(vec![5])));
    let error = get(&place.tensor("train.input"), None, 2)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("found: `input`, `label`, `test.input`, `test.label`"),
        "{error}"
    );
}

#[test]
fn what_does_not_fit_is_said() {
    let folder = folder("misfits");
    let said =
        |inputs: &Place, labels: Option<&Place>| get(inputs, labels, 4).unwrap_err().to_string();
    let good = npy(&folder.join("good.npy"), "<f4", "(2, 4)", &f32s(&[0.5; 8]));
    let file = |name: &str, bytes: &[u8]| write(&folder.join(name), bytes);
    let cases = [
        (Place::new(folder.join("none")), None, "no such file"),
        (Place::new(&folder), None, "it is a folder"),
        (file("empty", b""), None, "no samples"),
        (
            file("zip", b"PK\x03\x04\0\0"),
            None,
            "a zip archive (.npz?)",
        ),
        (
            file("binary", b"\0\0\0\0\0\0\0\0\0\0"),
            None,
            "bytes that are no text",
        ),
        (
            file("half.gz", &[0x1f, 0x8b, 8, 0, 0]),
            None,
            "the gzip file is damaged",
        ),
        (
            good.clone().tensor("x"),
            None,
            "only a safetensors file has named tensors",
        ),
        (
            npy(&folder.join("wide.npy"), "<f4", "(2, 5)", &f32s(&[0.0; 10])),
            None,
            "= expected: 4 elements a sample\n   = found: 2 samples of 5 elements (shape [2, 5])",
        ),
        (
            npy(
                &folder.join("nan.npy"),
                "<f4",
                "(2, 4)",
                &f32s(&[0., 0., 0., 0., 0., f32::NAN, 0., 0.]),
            ),
            None,
            "sample 1 holds NaN at index 1",
        ),
        (
            good.clone(),
            Some(file("three.csv", b"1\n2\n3\n")),
            "= expected: 2 labels\n   = found: 3",
        ),
        (
            good.clone(),
            Some(file("ten.csv", b"1\n10\n")),
            "= expected: a whole number from 0 to 9\n   = found: 10",
        ),
        (
            good.clone(),
            Some(file("half.csv", b"1\n0.5\n")),
            "sample 1 is no class",
        ),
        (
            good.clone(),
            Some(file("minus.csv", b"-1\n0\n")),
            "sample 0 is no class",
        ),
        (
            good,
            Some(npy(&folder.join("hot.npy"), "|u1", "(2, 10)", &[0; 20])),
            "class indices, not one-hot vectors",
        ),
    ];
    for (inputs, labels, expected) in &cases {
        let error = said(inputs, labels.as_ref());
        assert!(error.contains(expected), "{error}\nlacks {expected}");
        let at = labels.as_ref().unwrap_or(inputs);
        assert!(error.contains(&format!("--> {at}")), "{error}");
    }
}

/// A file that lies about itself is refused or read, and never a panic or an allocation by its word.
#[test]
fn damaged_files_never_panic() {
    let folder = folder("damaged");
    let idx = [
        &[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3][..],
        &[1, 2, 3, 4, 5, 6],
    ]
    .concat();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&idx).unwrap();
    npy(&folder.join("n"), "<f4", "(2, 3)", &f32s(&[1.0; 6]));
    safetensors(
        &folder.join("s"),
        &[("input", "F32", "[2,3]", f32s(&[1.0; 6]))],
    );
    let originals = [
        idx,
        packer.finish().unwrap(),
        fs::read(folder.join("n")).unwrap(),
        fs::read(folder.join("s")).unwrap(),
        b"1,2,3\n4,5,6\n".to_vec(),
    ];
    let path = folder.join("mutant");
    let (mut accepted, mut refused) = (0, 0);
    let mut try_it = |bytes: &[u8]| match get(&write(&path, bytes), None, 3) {
        Ok(data) => {
            assert_eq!(data.inputs.len(), data.samples() * 3);
            accepted += 1;
        }
        Err(error) => {
            assert!(error.to_string().contains("-->"), "{error}");
            refused += 1;
        }
    };
    for original in &originals {
        try_it(original);
        for at in 0..original.len() {
            try_it(&original[..at]);
            for change in [0x01, 0x10, 0x80, 0xff] {
                let mut mutant = original.clone();
                mutant[at] ^= change;
                try_it(&mutant);
            }
        }
    }
    assert!(
        accepted > 5 && refused > 100,
        "{accepted} accepted, {refused} refused"
    );
}
