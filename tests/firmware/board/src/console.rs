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

    /// A decimal number, with its sign if it is negative.
    #[inline(never)]
    pub fn signed(self, value: i32) -> Console {
        machine::put(b' ');
        if value < 0 {
            machine::put(b'-');
        }
        digits(value.unsigned_abs());
        self
    }

    /// Each of these, as a value of its own.
    pub fn all<T: Copy + Into<i32>>(self, values: &[T]) -> Console {
        values
            .iter()
            .fold(self, |line, &value| line.signed(value.into()))
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
