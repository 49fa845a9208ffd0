//! Recognizes the files of other frameworks, to say how to convert them.

use crate::error::ErrorKind;

struct Foreign {
    extensions: &'static [&'static str],
    /// Bytes that such a file has at an offset.
    magic: Option<(usize, &'static [u8])>,
    format: &'static str,
    convert: &'static str,
}

const PICKLE_HELP: &str = "pickles are never executed; export in Python: \
    `from safetensors.torch import save_file; save_file(model.state_dict(), \"model.safetensors\")`, \
    then describe the layers in the metadata (docs/format.md)";
const KERAS_HELP: &str = "export the weights in Python with `safetensors.numpy.save_file` under the names \
    that the metadata gives (docs/format.md)";

const KNOWN: &[Foreign] = &[
    Foreign {
        extensions: &["pt", "pth", "ckpt"],
        magic: None,
        format: "a PyTorch checkpoint",
        convert: PICKLE_HELP,
    },
    Foreign {
        extensions: &["keras"],
        magic: None,
        format: "a Keras archive",
        convert: KERAS_HELP,
    },
    Foreign {
        extensions: &["h5", "hdf5"],
        magic: Some((0, b"\x89HDF\r\n\x1a\n")),
        format: "an HDF5 file",
        convert: KERAS_HELP,
    },
    Foreign {
        extensions: &["tflite"],
        magic: Some((4, b"TFL3")),
        format: "a TensorFlow Lite model",
        convert: "export the float network that it was made from as safetensors (docs/format.md)",
    },
    Foreign {
        extensions: &["onnx"],
        magic: None,
        format: "an ONNX model",
        convert: "export its initializers as safetensors (docs/format.md)",
    },
    Foreign {
        extensions: &["npz"],
        magic: None,
        format: "a NumPy archive",
        convert: "write the arrays with `safetensors.numpy.save_file` (docs/format.md)",
    },
    Foreign {
        extensions: &["gguf"],
        magic: Some((0, b"GGUF")),
        format: "a GGUF model",
        convert: "export the network as safetensors (docs/format.md)",
    },
];

const ZIP: &[u8] = b"PK\x03\x04";

/// The problem of a file that is another framework's, by its content or, if it is a zip archive or
/// no safetensors file, by the extension of `path`.
pub fn recognize(path: &str, bytes: &[u8]) -> Option<ErrorKind> {
    let extension = path.rsplit('.').next().unwrap_or("").to_lowercase();
    let zip = bytes.starts_with(ZIP);
    let by_magic = KNOWN.iter().find(|known| {
        known
            .magic
            .is_some_and(|(at, magic)| bytes.get(at..).is_some_and(|b| b.starts_with(magic)))
    });
    let by_name = || {
        KNOWN.iter().find(|known| {
            known.extensions.contains(&extension.as_str()) && (zip || !plausible(bytes))
        })
    };
    by_magic
        .or_else(by_name)
        .map(|known| ErrorKind::ForeignFormat {
            format: known.format,
            convert: known.convert,
        })
        .or_else(|| {
            zip.then_some(ErrorKind::ForeignFormat {
                format: "a zip archive (a PyTorch checkpoint or a Keras archive?)",
                convert: PICKLE_HELP,
            })
        })
}

/// A safetensors file begins with the length of a header that begins with a brace.
fn plausible(bytes: &[u8]) -> bool {
    bytes.get(8) == Some(&b'{')
}
