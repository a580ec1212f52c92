//! Vectors of words: the operations that a CPU's vector instructions supply.
//!
//! Nothing here knows of PBKDF2, so that an instruction set can be read, and tested, on its own.

use zeroize::Zeroize;

/// A word of SHA-2: 64 bits for SHA-512 and SHA-384, 32 bits for SHA-256 and SHA-224.
pub(crate) trait Word:
    Copy
    + Default
    + Zeroize
    + Send
    + Sync
    + std::ops::BitXor<Output = Self>
    + std::ops::BitXorAssign
    + 'static
{
    /// Rounds of a compression.
    const ROUNDS: usize;
    /// Bytes of a word; a block has 16 words.
    const BYTES: usize;
    /// The round constants.
    const K: [Self; 80];
    /// The padding's first word: a 1 bit and zeros (FIPS 180-4 §5.1).
    const PAD: Self;

    /// Returns the low bits of a number.
    fn truncate(number: u64) -> Self;

    /// Converts to a 64-bit number.
    fn widen(self) -> u64;

    /// Σ0 of FIPS 180-4 §4.1.
    fn big_sigma0<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector;
    /// Σ1.
    fn big_sigma1<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector;
    /// σ0.
    fn small_sigma0<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector;
    /// σ1.
    fn small_sigma1<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector;
}

/// Operations on a vector that has a word in each lane.
pub(crate) trait Lanes: Copy + Send + Sync {
    /// The words in the lanes.
    type Word: Word;
    /// A vector of them.
    type Vector: Copy;
    /// The number of lanes, at most [`MAX_LANES`].
    const LANES: usize;

    /// Returns the same word in every lane.
    fn splat(self, word: Self::Word) -> Self::Vector;
    /// Returns the first [`Self::LANES`] words of a row.
    fn load(self, row: &Row<Self::Word>) -> Self::Vector;
    /// The opposite of [`Self::load`].
    fn store(self, vector: Self::Vector, row: &mut Row<Self::Word>);
    /// Sum modulo 2^64 or 2^32.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Exclusive or.
    fn xor(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Exclusive or of three vectors.
    fn xor3(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// Ch of FIPS 180-4 §4.1: each bit from `f` where `e` has a 1, else from `g`.
    fn choose(self, e: Self::Vector, f: Self::Vector, g: Self::Vector) -> Self::Vector;
    /// Maj of FIPS 180-4 §4.1: each bit as most of `a`, `b`, `c` have it. The exclusive ors of
    /// `a` with `b` and of `b` with `c` are there for backends that are faster with them.
    fn majority(
        self,
        abc: [Self::Vector; 3],
        a_xor_b: Self::Vector,
        b_xor_c: Self::Vector,
    ) -> Self::Vector;
    /// Rotates right by `N` bits.
    fn rotate<const N: i32>(self, x: Self::Vector) -> Self::Vector;
    /// Shifts right by `N` bits.
    fn shift<const N: u32>(self, x: Self::Vector) -> Self::Vector;
}

/// The maximum number of lanes of any backend.
pub(crate) const MAX_LANES: usize = 16;

/// One word a lane.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Row<W>(pub(crate) [W; MAX_LANES]);

impl<W: Word> Zeroize for Row<W> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl<W: Word> Default for Row<W> {
    fn default() -> Self {
        Self([W::default(); MAX_LANES])
    }
}
