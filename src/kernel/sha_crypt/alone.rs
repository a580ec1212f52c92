//! The rounds of SHA-crypt for one digest, on bytes.
//!
//! Why is this not simply one lane? A row of lanes has 16 words, so that messages in rows fill the
//! nearest cache, and the `sha2` crate reads bytes.

use super::{Hash, Job, MESSAGES, message, number};

/// Computes all rounds with a function that compresses the blocks of a message.
#[inline(always)]
pub(crate) fn compute<W: Hash>(job: &mut Job, compress: impl Fn(&mut [W; 8], &[u8])) {
    let mut messages = MESSAGES.map(|parts| message::<W>(parts, job));
    for round in 0..job.rounds {
        let (message, at) = &mut messages[number(round)];
        message[*at..][..job.digest.len()].copy_from_slice(&job.digest);
        let mut state = W::INITIAL;
        compress(&mut state, message);
        for (bytes, word) in job.digest.chunks_exact_mut(W::BYTES).zip(&state) {
            bytes.copy_from_slice(&word.widen().to_be_bytes()[8 - W::BYTES..]);
        }
    }
}
