//! Packed read-only bytes: how weights lie in a generated static.

/// Bytes of a byte-string literal, aligned so that they can be read as words.
///
/// `N` is a multiple of 4; bytes beyond the last whole word cannot be read.
#[repr(C, align(4))]
pub struct Blob<const N: usize>(pub [u8; N]);

impl<const N: usize> Blob<N> {
    /// The bytes, in the order of the file.
    pub const fn bytes(&'static self) -> &'static [u8] {
        &self.0
    }

    /// The `N / 4` words, each in the byte order of the file: little endian, so read one with [`u32::from_le`].
    pub const fn words(&'static self) -> &'static [u32] {
        // SAFETY: The pointer is non-null and valid for reads of N bytes, N / 4 * 4 <= N of which are used, as it comes
        // from a reference to an array of N bytes; it is aligned for u32 since the array is the first field of a
        // `repr(C, align(4))` struct and so has its address (Reference, "Type layout", "The C representation" and "The
        // alignment modifiers"). The bytes are initialized and any four bytes are a u32 (Reference, "Numeric types").
        // The borrow is 'static and shared, and there is no interior mutability, so nothing writes to them.
        unsafe { core::slice::from_raw_parts(self.0.as_ptr().cast::<u32>(), N / 4) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // As in an expansion: a static that refers to the words of another.
    static BLOB: Blob<8> = Blob(*b"\x01\x02\x03\x04\xff\x00\x00\x80");
    static WORDS: &[u32] = BLOB.words();

    #[test]
    fn words_are_little_endian_in_the_file() {
        assert_eq!(WORDS.len(), 2);
        assert_eq!(u32::from_le(WORDS[0]), 0x0403_0201);
        assert_eq!(u32::from_le(WORDS[1]), 0x8000_00ff);
        assert_eq!(BLOB.bytes(), [1, 2, 3, 4, 255, 0, 0, 128]);
    }

    #[test]
    fn odd_bytes_are_left_out() {
        static ODD: Blob<7> = Blob([9; 7]);
        static EMPTY: Blob<0> = Blob([]);
        assert_eq!(ODD.words(), [0x0909_0909]);
        assert_eq!(ODD.bytes().len(), 7);
        assert!(EMPTY.words().is_empty());
    }
}
