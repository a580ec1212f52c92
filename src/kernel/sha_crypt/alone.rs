//! The rounds of SHA-crypt for one digest, on bytes.
//!
//! Why is this not simply one lane? A row of lanes has 16 words, so that messages in rows fill the
//! nearest cache, and the `sha2` crate reads bytes.

use super::{Hash, Job, MESSAGES, message, number};
use crate::kernel::sha2::write_words;

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
        write_words(&digest, &mut message[*at..]);
        digest = W::INITIAL;
        compress(&mut digest, message);
    }
    write_words(&digest, &mut job.digest);
}
