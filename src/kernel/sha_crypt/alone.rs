//! The rounds of SHA-crypt for one digest, on bytes.
//!
//! Why is this not simply one lane? A row of lanes has 16 words, so that messages in rows fill the
//! nearest cache, and the `sha2` crate reads bytes.

use zeroize::Zeroizing;

use super::{Hash, Job, MESSAGES, message, number};

/// Computes all rounds with a function that compresses the blocks of a message.
#[inline(always)]
pub(crate) fn compute<W: Hash>(job: &mut Job, compress: impl Fn(&mut [W; 8], &[u8])) {
    let mut messages = MESSAGES.map(|parts| {
        let (bytes, at) = message::<W>(parts, job);
        Message::new::<W>(bytes, at)
    });
    let mut digest = [W::default(); 8];
    for (word, bytes) in digest.iter_mut().zip(job.digest.chunks_exact(W::BYTES)) {
        *word = W::truncate(read(bytes));
    }
    for round in 0..job.rounds {
        let message = &mut messages[number(round)];
        message.set(&digest);
        digest = W::INITIAL;
        compress(&mut digest, &message.bytes);
    }
    for (bytes, word) in job.digest.chunks_exact_mut(W::BYTES).zip(digest) {
        write::<W>(bytes, word.widen());
    }
}

/// A message with its padding.
///
/// A digest may begin inside a word of the hash function. It is written as whole words all the same, each shifted
/// and put together with its neighbour. Why is it not simply copied? A word that is read has then been written in two
/// parts, and the CPU waits until both are in its cache, for each of eight words.
struct Message {
    bytes: Zeroizing<Vec<u8>>,
    /// The place of the first word that has a part of the digest, in bytes.
    at: usize,
    /// The bits before the digest in that word.
    shift: usize,
    /// The first word and the word after the last whole one, without the digest.
    ends: Zeroizing<[u64; 2]>,
}

impl Message {
    /// Takes a message of words `W` whose digest begins at a byte.
    #[inline(always)]
    fn new<W: Hash>(bytes: Zeroizing<Vec<u8>>, digest_at: usize) -> Self {
        let before = digest_at % W::BYTES;
        let (at, shift) = (digest_at - before, 8 * before);
        let [first, last] = [at, at + 8 * W::BYTES].map(|at| read(&bytes[at..][..W::BYTES]));
        let before = left_shift(u64::MAX, 8 * W::BYTES - shift);
        let ends = Zeroizing::new([first & before, last & !before]);
        Self { bytes, at, shift, ends }
    }

    /// Writes a digest to its place.
    #[inline(always)]
    fn set<W: Hash>(&mut self, digest: &[W; 8]) {
        let [mut left, last] = *self.ends;
        let words = &mut self.bytes[self.at..][..9 * W::BYTES];
        let (whole, end) = words.split_at_mut(8 * W::BYTES);
        for (bytes, word) in whole.chunks_exact_mut(W::BYTES).zip(digest) {
            let word = word.widen();
            write::<W>(bytes, left | word >> self.shift);
            left = left_shift(word, 8 * W::BYTES - self.shift);
        }
        write::<W>(end, left | last);
    }
}

/// Shifts by at most 64 bits.
#[inline(always)]
fn left_shift(number: u64, bits: usize) -> u64 {
    if bits < 64 { number << bits } else { 0 }
}

/// Reads a big-endian number.
#[inline(always)]
fn read(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Writes the low bytes of a number in big-endian order, as many as a word has.
#[inline(always)]
fn write<W: Hash>(bytes: &mut [u8], number: u64) {
    bytes.copy_from_slice(&number.to_be_bytes()[8 - W::BYTES..]);
}
