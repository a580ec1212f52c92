//! bcrypt (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999), up to six keys side by side.
//!
//! A round of Blowfish waits for four loads and four operations on them. Keys that are computed by turns fill
//! that time: on Zen 4 six take the time of two (`benches/record`).
//!
//! Why not in the lanes of vectors? A lane needs loads from an address of its own, and gathering 16 of them
//! takes longer than 16 loads: measured with AVX-512, a key takes 1.7 times as long.

mod pi;

use zeroize::{Zeroize, Zeroizing};

use super::{balanced, in_parallel};

/// Keys that are computed side by side. More would not fit into the nearest cache, 32 KiB.
const MAX_KEYS: usize = 6;

/// One key to derive with bcrypt; wiped when dropped.
pub(crate) struct Job {
    /// Binary logarithm of the rounds.
    pub(crate) cost: u32,
    pub(crate) salt: [u8; 16],
    /// Secret and its terminator: of more than 72 bytes the first count. It is not empty.
    pub(crate) password: Zeroizing<Vec<u8>>,
    /// Receives the key.
    pub(crate) key: Zeroizing<[u8; 24]>,
}

/// Derives any number of keys, on at most `threads` threads.
pub(crate) fn derive(jobs: &mut [Job], threads: usize) {
    let mut jobs: Vec<&mut Job> = jobs.iter_mut().collect();
    jobs.sort_by_key(|job| job.cost);
    let of_one_cost = jobs.chunk_by_mut(|a, b| a.cost == b.cost);
    let groups = of_one_cost.flat_map(|jobs| balanced(jobs, MAX_KEYS, threads));
    // The most expensive first: at the end only cheap ones are left.
    let groups: Vec<_> = groups.rev().collect();
    in_parallel(groups, threads, derive_group);
}

/// Derives up to six keys of one cost side by side.
fn derive_group(jobs: &mut [&mut Job]) {
    match jobs {
        [] => {}
        [a] => side_by_side([a]),
        [a, b] => side_by_side([a, b]),
        [a, b, c] => side_by_side([a, b, c]),
        [a, b, c, d] => side_by_side([a, b, c, d]),
        [a, b, c, d, e] => side_by_side([a, b, c, d, e]),
        [a, b, c, d, e, f, rest @ ..] => {
            side_by_side([a, b, c, d, e, f]);
            derive_group(rest);
        }
    }
}

/// Derives keys of one cost.
fn side_by_side<const N: usize>(jobs: [&mut Job; N]) {
    /// The text that is encrypted.
    const TEXT: &[u8; 24] = b"OrpheanBeholderScryDoubt";
    let passwords = Zeroizing::new(jobs.each_ref().map(|job| cyclic(&job.password)));
    let salts = jobs.each_ref().map(|job| cyclic(&job.salt));
    let rounds = jobs.first().map_or(0, |job| 1_u64 << job.cost);
    let mut states = States::new();
    states.expand(&passwords, Some(&salts));
    for _ in 0..rounds {
        states.expand(&passwords, None);
        states.expand(&salts, None);
    }
    let blocks = [0, 8, 16].map(|at| states.encrypted_text(&TEXT[at..at + 8]));
    for (n, job) in jobs.into_iter().enumerate() {
        let words = blocks.iter().flat_map(|(left, right)| [left[n], right[n]]);
        for (bytes, word) in job.key.chunks_mut(4).zip(words) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
    }
}

/// Returns the bytes as 18 big-endian words, from the beginning again after their end.
fn cyclic(bytes: &[u8]) -> [u32; 18] {
    let mut bytes = bytes.iter().cycle();
    [(); 18]
        .map(|()| u32::from_be_bytes([(); 4].map(|()| bytes.next().copied().unwrap_or_default())))
}

/// Tables of a state: the round keys, and four for substitutions.
const TABLES: usize = 5;

/// Round keys: the first words of their table.
const ROUND_KEYS: usize = 18;

/// States of Blowfish, one a key; wiped when dropped. They are in one piece, so that one register has the
/// address of all.
#[repr(align(64))]
struct States<const N: usize>([[[u32; 256]; TABLES]; N]);

impl<const N: usize> States<N> {
    fn new() -> Self {
        let mut state = [[0; 256]; TABLES];
        state[0][..ROUND_KEYS].copy_from_slice(&pi::ROUND_KEYS);
        state[1..].copy_from_slice(&pi::TABLES);
        Self([state; N])
    }

    /// Replaces all tables by what is encrypted with them, after mixing in a key and, at the beginning, a
    /// salt.
    fn expand(&mut self, keys: &[[u32; ROUND_KEYS]; N], salts: Option<&[[u32; ROUND_KEYS]; N]>) {
        for n in 0..N {
            for (word, key) in self.0[n][0].iter_mut().zip(keys[n]) {
                *word ^= key;
            }
        }
        let (mut left, mut right) = ([0; N], [0; N]);
        let mut at = 0;
        for table in 0..TABLES {
            let words = if table == 0 { ROUND_KEYS } else { 256 };
            // Not `step_by`, with which the compiler keeps the halves in memory.
            for pair in 0..words / 2 {
                if let Some(salts) = salts {
                    for n in 0..N {
                        left[n] ^= salts[n][at % 4];
                        right[n] ^= salts[n][at % 4 + 1];
                    }
                    at += 2;
                }
                self.encrypt(&mut left, &mut right);
                for n in 0..N {
                    self.0[n][table][2 * pair] = left[n];
                    self.0[n][table][2 * pair + 1] = right[n];
                }
            }
        }
    }

    /// Encrypts a block of text 64 times with each state.
    fn encrypted_text(&self, text: &[u8]) -> ([u32; N], [u32; N]) {
        let [left, right] =
            [0, 4].map(|at| u32::from_be_bytes([0, 1, 2, 3].map(|byte| text[at + byte])));
        let (mut left, mut right) = ([left; N], [right; N]);
        for _ in 0..64 {
            self.encrypt(&mut left, &mut right);
        }
        (left, right)
    }

    /// Encrypts a block with each state.
    #[inline(always)]
    fn encrypt(&self, left: &mut [u32; N], right: &mut [u32; N]) {
        for n in 0..N {
            left[n] ^= self.0[n][0][0];
        }
        macro_rules! two_rounds {
            ($($round:literal)*) => {$(
                for n in 0..N {
                    right[n] = early::<N>(right[n] ^ self.0[n][0][$round]) ^ self.substituted(n, left[n]);
                }
                for n in 0..N {
                    left[n] = early::<N>(left[n] ^ self.0[n][0][$round + 1]) ^ self.substituted(n, right[n]);
                }
            )*};
        }
        two_rounds!(1 3 5 7 9 11 13 15);
        for n in 0..N {
            right[n] ^= self.0[n][0][17];
        }
        std::mem::swap(left, right);
    }

    /// The function F of Blowfish.
    #[inline(always)]
    fn substituted(&self, n: usize, half: u32) -> u32 {
        let [_, a, b, c, d] = &self.0[n];
        // As little-endian bytes, or the compiler would reverse their order first.
        let [fourth, third, second, first] = half.to_le_bytes();
        let sum = a[usize::from(first)].wrapping_add(b[usize::from(second)]);
        (sum ^ c[usize::from(third)]).wrapping_add(d[usize::from(fourth)])
    }
}

impl<const N: usize> Drop for States<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Computes the round key's part before the substitution is there. The compiler would do it after that,
/// where a single key has to wait for it.
#[inline(always)]
fn early<const N: usize>(word: u32) -> u32 {
    if N == 1 { std::hint::black_box(word) } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(index: usize, cost: u32) -> Job {
        let byte = u8::try_from(index).unwrap();
        Job {
            cost,
            salt: [byte ^ 0x5a; 16],
            password: Zeroizing::new(vec![byte | 1; 1 + 7 * index % 73]),
            key: Zeroizing::default(),
        }
    }

    /// Compares with the crate `bcrypt`: all counts around the maximum, and mixed costs.
    #[test]
    fn keys_are_those_of_the_crate() {
        for count in 0..20 {
            for threads in [1, 2, 3] {
                let mut jobs: Vec<Job> =
                    (0..count).map(|i| job(i, 4 + u32::from(i % 3 == 2))).collect();
                derive(&mut jobs, threads);
                for job in &jobs {
                    let expected = bcrypt::bcrypt(job.cost, job.salt, &job.password);
                    assert_eq!(*job.key, expected, "{count} keys");
                }
            }
        }
    }
}
