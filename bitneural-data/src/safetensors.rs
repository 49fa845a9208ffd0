//! safetensors: named tensors, one of which holds the inputs and one the labels.

use safetensors::{Dtype, SafeTensors};

use crate::array::Array;
use crate::element::{Element, Endian, TYPES};
use crate::error::ErrorKind;

/// Whether `bytes` begin as a safetensors file does: the length of a header in JSON.
pub(crate) fn recognize(bytes: &[u8]) -> bool {
    bytes.get(8) == Some(&b'{')
}

/// An open file.
pub(crate) struct File<'a>(SafeTensors<'a>);

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, ErrorKind> {
        SafeTensors::deserialize(bytes)
            .map(Self)
            .map_err(|error| ErrorKind::Malformed {
                format: "safetensors",
                reason: error.to_string(),
            })
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.names().into_iter().map(String::from).collect();
        names.sort();
        names
    }

    /// The tensor of inputs: the one called `wanted`, else `input`, else the only one.
    pub(crate) fn inputs(&self, wanted: Option<&str>) -> Result<(String, Array), ErrorKind> {
        self.read(wanted, &["input".to_owned()])
    }

    /// The tensor of labels: the one called `wanted`, else `label` or `labels`, else the only one.
    pub(crate) fn labels(&self, wanted: Option<&str>) -> Result<Array, ErrorKind> {
        let names = ["label".to_owned(), "labels".to_owned()];
        Ok(self.read(wanted, &names)?.1)
    }

    /// The labels that stand beside the inputs called `inputs`: `test.label` beside `test.input`.
    pub(crate) fn labels_beside(&self, inputs: &str) -> Result<Option<(String, Array)>, ErrorKind> {
        let prefix = inputs.strip_suffix("input").unwrap_or("");
        let names = self.names();
        let found = ["label", "labels"]
            .map(|name| format!("{prefix}{name}"))
            .into_iter()
            .find(|name| names.contains(name));
        found.map(|name| self.read(Some(&name), &[])).transpose()
    }

    fn read(&self, wanted: Option<&str>, usual: &[String]) -> Result<(String, Array), ErrorKind> {
        let names = self.names();
        let name = match (wanted, names.as_slice()) {
            (Some(wanted), _) => Some(wanted.to_owned()),
            (None, [only]) => Some(only.clone()),
            (None, _) => usual.iter().find(|name| names.contains(name)).cloned(),
        };
        let found = name.and_then(|name| Some((self.0.tensor(&name).ok()?, name)));
        let Some((view, name)) = found else {
            return Err(ErrorKind::NoTensor {
                wanted: wanted.map_or_else(|| usual.to_vec(), |name| vec![name.to_owned()]),
                present: names,
            });
        };
        let element = match view.dtype() {
            Dtype::U8 | Dtype::BOOL => Element::U8,
            Dtype::I8 => Element::I8,
            Dtype::U16 => Element::U16,
            Dtype::I16 => Element::I16,
            Dtype::U32 => Element::U32,
            Dtype::I32 => Element::I32,
            Dtype::U64 => Element::U64,
            Dtype::I64 => Element::I64,
            Dtype::F32 => Element::F32,
            Dtype::F64 => Element::F64,
            other => {
                return Err(ErrorKind::UnsupportedType {
                    format: "safetensors",
                    found: format!("{other:?}"),
                    expected: TYPES,
                });
            }
        };
        let array = Array {
            shape: view.shape().to_vec(),
            values: element.decode(view.data(), Endian::Little),
        };
        Ok((name, array))
    }
}
