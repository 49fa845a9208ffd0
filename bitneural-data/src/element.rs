//! Element types of binary files.

/// An element type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

/// The order of the bytes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endian {
    Little,
    Big,
}

/// For messages: what all binary readers take.
pub(crate) const TYPES: &str = "8- to 64-bit integers, 32- or 64-bit floats";

impl Element {
    /// Bytes of one element.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// The elements as `f32`, the nearest one where they do not fit.
    pub(crate) fn decode(self, bytes: &[u8], endian: Endian) -> Vec<f32> {
        match self {
            Self::U8 => bytes.iter().map(|&byte| f32::from(byte)).collect(),
            Self::I8 => bytes.iter().map(|&byte| f32::from(byte as i8)).collect(),
            Self::U16 => each(bytes, endian, |b| f32::from(u16::from_le_bytes(b))),
            Self::I16 => each(bytes, endian, |b| f32::from(i16::from_le_bytes(b))),
            Self::U32 => each(bytes, endian, |b| u32::from_le_bytes(b) as f32),
            Self::I32 => each(bytes, endian, |b| i32::from_le_bytes(b) as f32),
            Self::F32 => each(bytes, endian, f32::from_le_bytes),
            Self::U64 => each(bytes, endian, |b| u64::from_le_bytes(b) as f32),
            Self::I64 => each(bytes, endian, |b| i64::from_le_bytes(b) as f32),
            Self::F64 => each(bytes, endian, |b| f64::from_le_bytes(b) as f32),
        }
    }
}

/// `read` of every `N` bytes, given in little-endian order.
fn each<const N: usize>(bytes: &[u8], endian: Endian, read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    let (elements, _) = bytes.as_chunks::<N>();
    elements
        .iter()
        .map(|&element| {
            let mut element = element;
            if endian == Endian::Big {
                element.reverse();
            }
            read(element)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_each_type() {
        let little = |element: Element, bytes: &[u8]| element.decode(bytes, Endian::Little);
        assert_eq!(little(Element::U8, &[0, 255]), [0.0, 255.0]);
        assert_eq!(little(Element::I8, &[0x80, 0x7f]), [-128.0, 127.0]);
        assert_eq!(little(Element::U16, &[1, 2]), [513.0]);
        assert_eq!(little(Element::I16, &[0xfe, 0xff]), [-2.0]);
        assert_eq!(little(Element::U32, &[0, 0, 0, 0x80]), [2_147_483_648.0]);
        assert_eq!(little(Element::I32, &(-7_i32).to_le_bytes()), [-7.0]);
        assert_eq!(little(Element::U64, &9_u64.to_le_bytes()), [9.0]);
        assert_eq!(little(Element::I64, &(-9_i64).to_le_bytes()), [-9.0]);
        assert_eq!(little(Element::F32, &1.5_f32.to_le_bytes()), [1.5]);
        assert_eq!(little(Element::F64, &(-0.25_f64).to_le_bytes()), [-0.25]);
    }

    #[test]
    fn big_endian_reverses_the_bytes() {
        let bytes = 1.5_f64.to_be_bytes();
        assert_eq!(Element::F64.decode(&bytes, Endian::Big), [1.5]);
        assert_eq!(Element::I16.decode(&[0xff, 0xfe], Endian::Big), [-2.0]);
    }
}
