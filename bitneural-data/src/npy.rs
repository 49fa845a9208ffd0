//! NumPy's `.npy`, versions 1 to 3
//! (<https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>).
//!
//! Read by hand: the header is one Python dictionary of three known keys, for which the crates that
//! read `.npy` bring a parser of Python literals and its seventeen dependencies.

use crate::array::{Array, elements};
use crate::element::{Element, Endian, TYPES};
use crate::error::ErrorKind;

const MAGIC: &[u8] = b"\x93NUMPY";

/// Whether `bytes` begin as an `.npy` file does.
pub(crate) fn recognize(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

pub(crate) fn read(bytes: &[u8]) -> Result<Array, ErrorKind> {
    let (header, data) = split(bytes).ok_or_else(|| malformed("its header ends early"))?;
    let descr = value_of(header, "descr").ok_or_else(|| malformed("its header has no `descr`"))?;
    let (element, endian) = element(descr)?;
    let shape = value_of(header, "shape")
        .and_then(axes)
        .ok_or_else(|| malformed("its header has no readable `shape`"))?;
    if value_of(header, "fortran_order").is_some_and(|value| value.starts_with("True")) {
        return Err(ErrorKind::UnsupportedType {
            format: ".npy",
            found: "an array in Fortran order".to_owned(),
            expected: "C order (`numpy.ascontiguousarray`)",
        });
    }
    let needed = elements(&shape).and_then(|count| count.checked_mul(element.bytes()));
    if needed != Some(data.len()) {
        return Err(malformed(&format!(
            "its header promises {shape:?} elements of {} B, {} B follow",
            element.bytes(),
            data.len()
        )));
    }
    Ok(Array {
        shape,
        values: element.decode(data, endian),
    })
}

fn malformed(reason: &str) -> ErrorKind {
    ErrorKind::Malformed {
        format: ".npy",
        reason: reason.to_owned(),
    }
}

/// The text of the header, and the elements behind it.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (&[major, _], rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<2>()?;
    let (length, rest) = if major == 1 {
        let (length, rest) = rest.split_first_chunk::<2>()?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        (u32::from_le_bytes(*length) as usize, rest)
    };
    let (header, data) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(header).ok()?, data))
}

/// The text behind `'key':`, up to the end of the header.
fn value_of<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}'"))?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

/// `'<f4', …` → 32-bit floats in little-endian order.
fn element(descr: &str) -> Result<(Element, Endian), ErrorKind> {
    let word = descr
        .strip_prefix('\'')
        .and_then(|rest| rest.split_once('\''))
        .map_or(descr, |(word, _)| word);
    let unsupported = || ErrorKind::UnsupportedType {
        format: ".npy",
        found: format!("`{}`", word.chars().take(40).collect::<String>()),
        expected: TYPES,
    };
    let (order, kind) = word.split_at_checked(1).ok_or_else(unsupported)?;
    let endian = match order {
        "<" | "|" => Endian::Little,
        ">" => Endian::Big,
        _ => return Err(unsupported()),
    };
    let element = match kind {
        "u1" | "b1" => Element::U8,
        "i1" => Element::I8,
        "u2" => Element::U16,
        "i2" => Element::I16,
        "u4" => Element::U32,
        "i4" => Element::I32,
        "u8" => Element::U64,
        "i8" => Element::I64,
        "f4" => Element::F32,
        "f8" => Element::F64,
        _ => return Err(unsupported()),
    };
    Ok((element, endian))
}

/// `(3, 4), …` → `[3, 4]`.
fn axes(shape: &str) -> Option<Vec<usize>> {
    let (inside, _) = shape.strip_prefix('(')?.split_once(')')?;
    inside
        .split(',')
        .map(str::trim)
        .filter(|axis| !axis.is_empty())
        .map(|axis| axis.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn a_file_as_numpy_writes_it() {
        let data: Vec<u8> = [1.5_f32, -2.0]
            .iter()
            .flat_map(|x| x.to_le_bytes())
            .collect();
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }     \n";
        let array = read(&file(header, &data)).unwrap();
        assert_eq!((array.shape, array.values), (vec![2, 1], vec![1.5, -2.0]));
        let vector = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n";
        assert_eq!(read(&file(vector, &[7, 8, 9])).unwrap().shape, [3]);
        let scalar = "{'descr': '>i2', 'fortran_order': False, 'shape': (), }\n";
        assert_eq!(read(&file(scalar, &[1, 0])).unwrap().values, [256.0]);
    }

    #[test]
    fn what_is_refused() {
        let of = |header: &str, data: &[u8]| read(&file(header, data)).unwrap_err().to_string();
        let fortran = "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }\n";
        assert!(of(fortran, &[0; 4]).contains("Fortran"));
        let objects = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n";
        assert!(of(objects, &[0; 8]).contains("`|O`"));
        let records = "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }\n";
        assert!(of(records, &[0; 4]).contains("[('x'"));
        let short = "{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9), }\n";
        assert!(of(short, &[0; 4]).contains("4 B follow"));
        let overflow =
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8), }\n";
        assert!(of(overflow, &[]).contains("0 B follow"));
        assert!(read(MAGIC).is_err());
        let mut long = MAGIC.to_vec();
        long.extend([2, 0, 255, 255, 255, 255]);
        assert!(read(&long).is_err());
    }
}
