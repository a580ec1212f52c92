//! The rounds of SHA-crypt (Drepper, "Unix crypt using SHA-256 and SHA-512", step 21), many side by side.
//!
//! A round hashes one of eight messages, by whether its number is odd and divisible by 3 and 7. They differ
//! only in the last digest, which is somewhere in them. So each message is laid out once, with its padding,
//! and a round writes the digest into its place.
//!
//! Lanes share the places if their secrets have one length, and their salts another: only those are
//! computed side by side.

pub(crate) mod alone;

use zeroize::Zeroizing;

use super::lanes::{Lanes, Row, Word};
use super::sha2::{self, SHA256, SHA512};

/// The rounds of one digest; wiped when dropped.
pub(crate) struct Job {
    pub(crate) rounds: u32,
    /// The sequences P and S of the specification (steps 16 and 20).
    pub(crate) p: Zeroizing<Vec<u8>>,
    pub(crate) s: Zeroizing<Vec<u8>>,
    /// Digest A before the rounds, and the last digest after them: 64 bytes for SHA-512, 32 for SHA-256.
    pub(crate) digest: Zeroizing<Vec<u8>>,
}

impl Job {
    /// Whether the hash function is SHA-512 instead of SHA-256.
    pub(super) fn is_sha512(&self) -> bool {
        self.digest.len() == 64
    }

    /// Returns what jobs must share to be computed side by side.
    pub(super) fn structure(&self) -> (usize, u32, usize, usize) {
        (self.digest.len(), self.rounds, self.p.len(), self.s.len())
    }
}

/// A word of a hash function that SHA-crypt has.
pub(crate) trait Hash: Word {
    /// The chaining value before the first block.
    const INITIAL: [Self; 8];
    /// Compresses the blocks of a message with the `sha2` crate, which uses the SHA instructions of several
    /// CPUs.
    fn compress(state: &mut [Self; 8], message: &[u8]);
}

impl Hash for u64 {
    const INITIAL: [Self; 8] = SHA512;

    fn compress(state: &mut [Self; 8], message: &[u8]) {
        ::sha2::block_api::compress512(state, message.as_chunks().0);
    }
}

impl Hash for u32 {
    const INITIAL: [Self; 8] = SHA256;

    fn compress(state: &mut [Self; 8], message: &[u8]) {
        ::sha2::block_api::compress256(state, message.as_chunks().0);
    }
}

/// The messages of the rounds and the digests, one a lane; wiped when dropped.
pub(crate) struct Rounds<W: Word> {
    count: u32,
    messages: [Message<W>; 8],
    digest: Zeroizing<[Row<W>; 8]>,
}

/// A message of every lane with its padding, in blocks of 16 words.
struct Message<W: Word> {
    words: Zeroizing<Vec<Row<W>>>,
    /// The place of the digest, in bytes.
    at: usize,
}

impl<W: Hash> Rounds<W> {
    /// Lays out the messages of jobs of one structure, at most one a lane.
    pub(crate) fn new(jobs: &[&mut Job]) -> Self {
        let mut digest = Zeroizing::new([Row::default(); 8]);
        for (lane, job) in jobs.iter().enumerate() {
            write_lane(&mut *digest, lane, &job.digest);
        }
        let count = jobs.first().map_or(0, |job| job.rounds);
        Self { count, messages: MESSAGES.map(|parts| Message::new(parts, jobs)), digest }
    }

    /// Writes the last digests to the jobs.
    pub(crate) fn finish(&self, jobs: &mut [&mut Job]) {
        for (lane, job) in jobs.iter_mut().enumerate() {
            for (bytes, row) in job.digest.chunks_mut(W::BYTES).zip(&*self.digest) {
                bytes.copy_from_slice(&row.0[lane].widen().to_be_bytes()[8 - W::BYTES..]);
            }
        }
    }
}

/// The three conditions on a round's number that decide about its message.
#[derive(Clone, Copy)]
struct Parts {
    is_odd: bool,
    has_s: bool,
    has_second_p: bool,
}

/// Messages by [`number`].
const MESSAGES: [Parts; 8] = {
    let mut messages = [Parts { is_odd: false, has_s: false, has_second_p: false }; 8];
    let mut number = 0;
    while number < 8 {
        messages[number] = Parts {
            is_odd: number & 1 != 0,
            has_s: number & 2 != 0,
            has_second_p: number & 4 != 0,
        };
        number += 1;
    }
    messages
};

/// Returns the number of a round's message.
fn number(round: u32) -> usize {
    usize::from(!round.is_multiple_of(2))
        | usize::from(!round.is_multiple_of(3)) << 1
        | usize::from(!round.is_multiple_of(7)) << 2
}

impl<W: Hash> Message<W> {
    fn new(parts: Parts, jobs: &[&mut Job]) -> Self {
        let (mut words, mut place) = (Zeroizing::new(Vec::new()), 0);
        for (lane, job) in jobs.iter().enumerate() {
            let (bytes, at) = message::<W>(parts, job);
            words.resize(bytes.len() / W::BYTES, Row::default());
            write_lane(&mut words, lane, &bytes);
            place = at;
        }
        Self { words, at: place }
    }

    /// Writes the digests into the messages.
    #[inline(always)]
    fn set<L: Lanes<Word = W>>(&mut self, l: L, digest: &[L::Vector; 8]) {
        let (first, byte) = (self.at / W::BYTES, self.at % W::BYTES);
        // Words of the digest reach into the next word by this many bytes.
        let mut rotated = *digest;
        macro_rules! rotate {
            ($($count:literal)*) => {
                match byte {
                    $($count => for word in &mut rotated {
                        *word = l.rotate::<{ 8 * $count }>(*word);
                    },)*
                    _ => {}
                }
            };
        }
        rotate!(1 2 3 4 5 6 7);
        // The bytes of a word that belong to the word before.
        let all = u64::MAX >> (64 - 8 * W::BYTES);
        let before = l.splat(W::truncate(!(all >> (8 * byte))));
        let rows = &mut self.words[first..][..8 + usize::from(byte > 0)];
        let mut last = l.load(&rows[0]);
        for i in 0..8 {
            l.store(l.choose(before, last, rotated[i]), &mut rows[i]);
            last = rotated[i];
        }
        if let Some(row) = rows.get_mut(8) {
            l.store(l.choose(before, last, l.load(row)), row);
        }
    }
}

/// Returns a message with its padding (FIPS 180-4 §5.1), and the place of the digest in it.
fn message<W: Word>(parts: Parts, job: &Job) -> (Zeroizing<Vec<u8>>, usize) {
    let (p, digest): (&[u8], &[u8]) = (&job.p, &job.digest);
    let Parts { is_odd, has_s, has_second_p } = parts;
    let (first, third) = if is_odd { (p, digest) } else { (digest, p) };
    let s: &[u8] = if has_s { &job.s } else { &[] };
    let second = if has_second_p { p } else { &[] };
    let parts = [first, s, second, third];
    let unpadded: usize = parts.iter().map(|part| part.len()).sum();
    let at = if is_odd { unpadded - digest.len() } else { 0 };
    let bits = 8 * unpadded as u64;
    let length = (unpadded + 1 + 2 * W::BYTES).next_multiple_of(16 * W::BYTES);
    // Of its final size: a vector that grows leaves a copy of the secret.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes.push(0x80);
    bytes.resize(length, 0);
    bytes[length - 8..].copy_from_slice(&bits.to_be_bytes());
    (bytes, at)
}

/// Writes bytes into a lane of rows, as big-endian words.
fn write_lane<W: Word>(rows: &mut [Row<W>], lane: usize, bytes: &[u8]) {
    for (row, bytes) in rows.iter_mut().zip(bytes.chunks(W::BYTES)) {
        let mut word = [0; 8];
        word[8 - W::BYTES..].copy_from_slice(bytes);
        row.0[lane] = W::truncate(u64::from_be_bytes(word));
    }
}

/// Computes all rounds.
#[inline(always)]
pub(crate) fn compute<L: Lanes<Word: Hash>>(l: L, rounds: &mut Rounds<L::Word>) {
    let initial = L::Word::INITIAL.map(|word| l.splat(word));
    let mut digest = initial;
    for i in 0..8 {
        digest[i] = l.load(&rounds.digest[i]);
    }
    for round in 0..rounds.count {
        let message = &mut rounds.messages[number(round)];
        message.set(l, &digest);
        digest = initial;
        for rows in message.words.as_chunks::<16>().0 {
            let mut block = [initial[0]; 16];
            for i in 0..16 {
                block[i] = l.load(&rows[i]);
            }
            digest = sha2::compress(l, &digest, block);
        }
    }
    for i in 0..8 {
        l.store(digest[i], &mut rounds.digest[i]);
    }
}

#[cfg(test)]
mod tests {
    use ::sha2::{Digest, Sha256, Sha512};

    use super::*;
    use crate::kernel::Kernel;

    /// Computes the rounds as the specification has them.
    fn expected<H: Digest>(job: &Job) -> Vec<u8> {
        let mut last = job.digest.to_vec();
        for round in 0..job.rounds {
            let (p, s) = (&job.p[..], &job.s[..]);
            let mut hash = H::new();
            hash.update(if round % 2 == 1 { p } else { &last });
            hash.update(if round % 3 == 0 { &[] } else { s });
            hash.update(if round % 7 == 0 { &[] } else { p });
            hash.update(if round % 2 == 1 { &last } else { p });
            last = hash.finalize().to_vec();
        }
        last
    }

    fn job(index: usize, secret: usize, salt: usize, digest: usize) -> Job {
        let byte = |i: usize| u8::try_from((i * 7 + index * 31 + secret) % 256).unwrap();
        let bytes = |length: usize| Zeroizing::new((0..length).map(byte).collect());
        Job { rounds: 45, p: bytes(secret), s: bytes(salt), digest: bytes(digest) }
    }

    #[track_caller]
    fn check(mut jobs: Vec<Job>) {
        let digest = |job: &Job| match job.digest.len() {
            64 => expected::<Sha512>(job),
            _ => expected::<Sha256>(job),
        };
        let expected: Vec<_> = jobs.iter().map(digest).collect();
        let before: Vec<_> = jobs.iter().map(|job| job.digest.clone()).collect();
        for kernel in Kernel::available() {
            for threads in [1, 3] {
                for (job, before) in jobs.iter_mut().zip(&before) {
                    job.digest.clone_from(before);
                }
                kernel.sha_crypt(&mut jobs, threads);
                for (job, expected) in jobs.iter().zip(&expected) {
                    let name = kernel.name();
                    let structure = (job.p.len(), job.s.len(), job.digest.len());
                    assert_eq!(*job.digest, *expected, "{name} {structure:?}");
                }
            }
        }
    }

    /// All places of a digest in its words, and all numbers of blocks.
    #[test]
    fn messages_of_any_length_are_hashed() {
        for digest in [32, 64] {
            for secret in 0..300 {
                let salt = secret % 17;
                check((0..3).map(|index| job(index, secret, salt, digest)).collect());
            }
        }
    }

    /// Around the numbers of lanes of all kernels.
    #[test]
    fn any_number_of_digests_is_computed() {
        for digest in [32, 64] {
            for count in 0..35 {
                check((0..count).map(|index| job(index, 13, 16, digest)).collect());
            }
        }
    }

    #[test]
    fn digests_of_several_structures_are_computed_together() {
        let structure = |i: usize| (i, 7 + i % 3, 8 * (i % 2), [32, 64][i % 5 / 3]);
        let jobs = (0..60).map(structure);
        check(jobs.map(|(i, secret, salt, digest)| job(i, secret, salt, digest)).collect());
    }

    #[test]
    fn emulated_neon_lanes_agree() {
        #[cfg(not(target_arch = "aarch64"))]
        for digest in [32, 64] {
            use crate::kernel::neon::{Neon, Words32, Words64};
            let cpu = Neon::emulated();
            let mut jobs: Vec<_> = (0..2).map(|index| job(index, 13, 16, digest)).collect();
            let expected: Vec<_> = if digest == 64 {
                jobs.iter().map(expected::<Sha512>).collect()
            } else {
                jobs.iter().map(expected::<Sha256>).collect()
            };
            let mut borrowed: Vec<_> = jobs.iter_mut().collect();
            if digest == 64 {
                crate::kernel::rounds(Words64(cpu), &mut borrowed);
            } else {
                crate::kernel::rounds(Words32(cpu), &mut borrowed);
            }
            assert!(jobs.iter().zip(expected).all(|(job, expected)| *job.digest == expected));
        }
    }
}
