//! Lines of `key value…`, without `core::fmt`: formatting would bring panics and bytes that are not the program's.

use crate::machine;

/// A line that is being printed; it ends when this is dropped.
pub struct Console(());

/// Begins a line.
pub fn line(key: &str) -> Console {
    key.bytes().for_each(machine::put);
    Console(())
}

impl Console {
    /// A value without spaces.
    #[inline(never)]
    pub fn text(self, value: &str) -> Console {
        machine::put(b' ');
        value.bytes().for_each(machine::put);
        self
    }

    /// A decimal number.
    #[inline(never)]
    pub fn number(self, value: u32) -> Console {
        machine::put(b' ');
        digits(value);
        self
    }

    /// Bytes, two hexadecimal digits each, as one value.
    #[inline(never)]
    pub fn bytes(self, values: &[u8]) -> Console {
        machine::put(b' ');
        for value in values {
            machine::put(hexadecimal(value >> 4));
            machine::put(hexadecimal(value & 15));
        }
        self
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        machine::put(b'\n');
    }
}

fn digits(value: u32) {
    if value > 9 {
        digits(value / 10);
    }
    machine::put(b'0' + (value % 10) as u8);
}

fn hexadecimal(digit: u8) -> u8 {
    if digit < 10 {
        b'0' + digit
    } else {
        b'a' + digit - 10
    }
}
