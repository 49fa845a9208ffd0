//! Nested arrays of any shape, from and to the host.

use core::array;

use board::Console;

/// The words of the host that are not read yet; zeros when there are no more.
pub struct Words {
    left: &'static [u32],
}

impl Words {
    /// All the words of the host.
    pub fn new(left: &'static [u32]) -> Words {
        Words { left }
    }

    /// Whether all of them are read.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// The next word.
    pub fn next(&mut self) -> u32 {
        let Some((word, left)) = self.left.split_first() else {
            return 0;
        };
        self.left = left;
        *word
    }
}

/// An input or output of a model, in whatever shape.
pub trait Array {
    /// From one word for each element.
    fn read(words: &mut Words) -> Self;
    /// Adds the elements to a line.
    fn print(&self, line: Console) -> Console;
}

impl Array for u8 {
    fn read(words: &mut Words) -> u8 {
        words.next() as u8
    }

    fn print(&self, line: Console) -> Console {
        line.number((*self).into())
    }
}

impl Array for u16 {
    fn read(words: &mut Words) -> u16 {
        words.next() as u16
    }

    fn print(&self, line: Console) -> Console {
        line.number((*self).into())
    }
}

impl Array for i16 {
    fn read(words: &mut Words) -> i16 {
        words.next() as i16
    }

    fn print(&self, line: Console) -> Console {
        line.signed((*self).into())
    }
}

/// By its bits.
impl Array for f32 {
    fn read(words: &mut Words) -> f32 {
        f32::from_bits(words.next())
    }

    fn print(&self, line: Console) -> Console {
        line.number(self.to_bits())
    }
}

impl<T: Array, const N: usize> Array for [T; N] {
    fn read(words: &mut Words) -> [T; N] {
        array::from_fn(|_| T::read(words))
    }

    fn print(&self, line: Console) -> Console {
        self.iter().fold(line, |line, part| part.print(line))
    }
}
