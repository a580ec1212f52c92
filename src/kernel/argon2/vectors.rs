//! The operations that Argon2's compression function needs of a CPU's vector instructions.

/// Operations on vectors of eight 64-bit words.
///
/// Why eight for each backend? A half, of four words, is a row of the matrix that the permutation P works on
/// (RFC 9106 §3.6). Two of them fill a register of AVX-512; AVX2 uses two registers.
pub(super) trait Vectors: Copy + Send + Sync {
    /// Eight words.
    type Vector: Copy;

    /// Loads a vector.
    fn load(self, words: &[u64; 8]) -> Self::Vector;
    /// Stores a vector.
    fn store(self, vector: Self::Vector, words: &mut [u64; 8]);
    /// Exclusive or.
    fn xor(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a + b + 2 · low(a) · low(b), with the low 32 bits of each.
    fn multiply_add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Rotates each word right by 16, 24, 32 or 63 bits.
    fn rotate<const N: i32>(self, x: Self::Vector) -> Self::Vector;
    /// Rotates the words of each half by 1, 2 or 3 places towards the first.
    fn turn<const N: i32>(self, x: Self::Vector) -> Self::Vector;
    /// Returns the first halves of both, and the second halves. It is its own opposite.
    fn halves(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2];
    /// Returns the pairs of words of both by turns, those of the first halves in the first vector: of the rows
    /// of a block it makes the rows of its columns' matrices.
    fn interleave(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2];
    /// The opposite of [`Self::interleave`].
    fn separate(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2];
}
