//! IDX, the format of MNIST: two zero bytes, the element type, the number of axes, each axis in four
//! bytes, the elements; everything big-endian (<http://yann.lecun.com/exdb/mnist/>).

use crate::array::{Array, elements};
use crate::element::{Element, Endian, TYPES};
use crate::error::ErrorKind;

/// Whether `bytes` begin as an IDX file does.
pub(crate) fn recognize(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 0x08..=0x0e, 1..=8, ..])
}

pub(crate) fn read(bytes: &[u8]) -> Result<Array, ErrorKind> {
    let malformed = |reason: String| ErrorKind::Malformed {
        format: "IDX",
        reason,
    };
    let Some(([_, _, code, rank], rest)) = bytes.split_first_chunk::<4>() else {
        return Err(malformed("it has no header".to_owned()));
    };
    let element = match code {
        0x08 => Element::U8,
        0x09 => Element::I8,
        0x0b => Element::I16,
        0x0c => Element::I32,
        0x0d => Element::F32,
        0x0e => Element::F64,
        other => {
            return Err(ErrorKind::UnsupportedType {
                format: "IDX",
                found: format!("type code {other:#04x}"),
                expected: TYPES,
            });
        }
    };
    let Some((axes, data)) = rest.split_at_checked(usize::from(*rank) * 4) else {
        return Err(malformed(format!("its header ends before {rank} axes")));
    };
    let (axes, _) = axes.as_chunks::<4>();
    let shape: Vec<usize> = axes
        .iter()
        .map(|&axis| u32::from_be_bytes(axis) as usize)
        .collect();
    let needed = elements(&shape).and_then(|count| count.checked_mul(element.bytes()));
    if needed != Some(data.len()) {
        return Err(malformed(format!(
            "its header promises {shape:?} elements of {} B, {} B follow",
            element.bytes(),
            data.len()
        )));
    }
    Ok(Array {
        shape,
        values: element.decode(data, Endian::Big),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of two images of 2 × 2 pixels.
    const HEADER: [u8; 16] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2];

    #[test]
    fn images() {
        let mut bytes = HEADER.to_vec();
        bytes.extend([1, 2, 3, 4, 5, 6, 7, 255]);
        assert!(recognize(&bytes));
        let array = read(&bytes).unwrap();
        assert_eq!(array.shape, [2, 2, 2]);
        assert_eq!(array.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 255.0]);
    }

    #[test]
    fn wide_elements_are_big_endian() {
        let bytes = [0, 0, 0x0b, 1, 0, 0, 0, 2, 0xff, 0xfe, 0x01, 0x00];
        assert_eq!(read(&bytes).unwrap().values, [-2.0, 256.0]);
    }

    #[test]
    fn a_wrong_length_or_type_is_refused() {
        let mut bytes = HEADER.to_vec();
        bytes.extend([1, 2, 3]);
        let error = read(&bytes).unwrap_err().to_string();
        assert!(
            error.contains("[2, 2, 2] elements of 1 B, 3 B follow"),
            "{error}"
        );
        let huge = [
            0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        ];
        assert!(read(&huge).is_err());
        assert!(read(&HEADER[..6]).is_err());
        let complex = [0, 0, 0x0a, 1, 0, 0, 0, 0];
        assert!(matches!(
            read(&complex),
            Err(ErrorKind::UnsupportedType { .. })
        ));
    }
}
