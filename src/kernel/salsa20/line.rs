//! Salsa20's matrix in memory, by its diagonals.
//!
//! Why not in the order of RFC 7914? Each step of Salsa20 is on whole diagonals. So the words change their
//! order twice for a block, instead of twice in each of the many calls of Salsa20.

use crate::kernel::memory::element::Element;

/// A diagonal of the matrix.
#[derive(Clone, Copy)]
#[repr(align(16))]
pub(in crate::kernel) struct Diagonal(pub(in crate::kernel) [u32; 4]);

/// The 64 bytes that Salsa20 takes and returns: a line of the cache.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Line(pub(in crate::kernel) [Diagonal; 4]);

// SAFETY: a line consists of integers, and is aligned to 64 bytes.
unsafe impl Element for Line {
    const ZERO: Self = Self([Diagonal([0; 4]); 4]);
}

impl Line {
    /// Reads 16 little-endian words, row by row.
    fn read(&mut self, bytes: &[u8; 64]) {
        for (at, bytes) in bytes.as_chunks().0.iter().enumerate() {
            *self.word(at) = u32::from_le_bytes(*bytes);
        }
    }

    /// The opposite of [`Self::read`].
    fn write(&mut self, bytes: &mut [u8; 64]) {
        for (at, bytes) in bytes.as_chunks_mut().0.iter_mut().enumerate() {
            *bytes = self.word(at).to_le_bytes();
        }
    }

    /// Integerify of RFC 7914 §5, for a number of 64 bits: the first two words.
    pub(in crate::kernel) fn integer(&self) -> u64 {
        u64::from(self.0[0].0[0]) | u64::from(self.0[3].0[1]) << 32
    }

    /// Returns a word by its index in the order of RFC 7914: a diagonal goes down and to the right.
    fn word(&mut self, at: usize) -> &mut u32 {
        let (row, column) = (at / 4, at % 4);
        &mut self.0[(row + 4 - column) % 4].0[column]
    }
}

/// Reads the lines of a block.
pub(in crate::kernel) fn read_block(block: &[u8], lines: &mut [Line]) {
    let bytes = block.as_chunks().0.iter();
    bytes.zip(lines).for_each(|(bytes, line)| line.read(bytes));
}

/// The opposite of [`read_block`].
pub(in crate::kernel) fn write_block(lines: &mut [Line], block: &mut [u8]) {
    let bytes = block.as_chunks_mut().0.iter_mut();
    lines.iter_mut().zip(bytes).for_each(|(line, bytes)| line.write(bytes));
}
