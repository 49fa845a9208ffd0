//! Reads the host's data, word by word.

/// The words that are not read yet.
pub(crate) struct Words {
    left: &'static [u32],
}

/// What kernels read and write; one element takes one word of the host's data.
pub(crate) trait Element: Copy + Into<i32> + 'static {
    /// The low bits of a word.
    fn from_word(word: u32) -> Self;
}

impl Element for u8 {
    fn from_word(word: u32) -> Self {
        word as u8
    }
}

impl Element for u16 {
    fn from_word(word: u32) -> Self {
        word as u16
    }
}

impl Element for i16 {
    fn from_word(word: u32) -> Self {
        word as i16
    }
}

impl Words {
    pub(crate) fn new(left: &'static [u32]) -> Words {
        Words { left }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    pub(crate) fn next(&mut self) -> Option<u32> {
        self.take(1)?.first().copied()
    }

    /// The next words, where they are.
    pub(crate) fn take(&mut self, length: u32) -> Option<&'static [u32]> {
        let (taken, left) = self.left.split_at_checked(length as usize)?;
        self.left = left;
        Some(taken)
    }

    /// The next words as elements, in memory of their own.
    pub(crate) fn elements<T: Element>(&mut self, length: u32) -> Option<&'static [T]> {
        let words = self.take(length)?;
        let elements = board::allocate(words.len(), T::from_word(0))?;
        for (element, &word) in elements.iter_mut().zip(words) {
            *element = T::from_word(word);
        }
        Some(elements)
    }
}
