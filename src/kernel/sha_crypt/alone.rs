//! The rounds of SHA-crypt for one digest, on bytes.
//!
//! Why is this not simply one lane? A row of lanes has 16 words, so that messages in rows fill the
//! nearest cache, and the `sha2` crate reads bytes.

use super::{Hash, Job, MESSAGES, message, number};

/// Computes all rounds with a function that compresses the blocks of a message.
#[inline(always)]
pub(crate) fn compute<W: Hash>(job: &mut Job, compress: impl Fn(&mut [W; 8], &[u8])) {
    let mut messages = MESSAGES.map(|parts| message::<W>(parts, job));
    let mut digest = [W::default(); 8];
    for (word, bytes) in digest.iter_mut().zip(job.digest.chunks_exact(W::BYTES)) {
        *word = W::truncate(bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)));
    }
    for round in 0..job.rounds {
        let (message, at) = &mut messages[number(round)];
        write(&digest, &mut message[*at..]);
        digest = W::INITIAL;
        compress(&mut digest, message);
    }
    write(&digest, &mut job.digest);
}

/// Writes a digest to the first bytes.
#[inline(always)]
fn write<W: Hash>(digest: &[W; 8], bytes: &mut [u8]) {
    for (bytes, word) in bytes.chunks_exact_mut(W::BYTES).zip(digest) {
        bytes.copy_from_slice(&word.widen().to_be_bytes()[8 - W::BYTES..]);
    }
}
