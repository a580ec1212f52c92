//! yescrypt in the form that `crypt(3)` writes: read-write mode, one lane, no additional time (Peslyak,
//! "yescrypt", with the reference implementation of version 1.1).
//!
//! Only for x86-64, where any CPU has SSE2; wider registers and keys side by side gain nothing, since a
//! core has few units that multiply (`benches/record`). Elsewhere the crate `yescrypt` derives the keys.

#[cfg(target_arch = "x86_64")]
mod pass;
#[cfg(target_arch = "x86_64")]
mod pwxform;
#[cfg(target_arch = "x86_64")]
mod smix;

use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
use self::pass::{HASH, Pass};
#[cfg(target_arch = "x86_64")]
use super::{in_parallel_with, memory::Arena, salsa20::line::Line};

/// One key to derive with yescrypt.
pub(crate) struct Job<'a> {
    /// Binary logarithm of N, 1 to 62.
    pub(crate) log_n: u32,
    /// Block size, r.
    pub(crate) block_size: u32,
    pub(crate) secret: &'a [u8],
    pub(crate) salt: &'a [u8],
    /// Length of the key, in bytes.
    pub(crate) key_length: usize,
    /// Receives the key, unless the system does not provide the memory.
    pub(crate) key: Option<Zeroizing<Vec<u8>>>,
}

/// Derives any number of keys, on at most `threads` threads, each with memory of its own.
#[cfg(target_arch = "x86_64")]
pub(crate) fn derive(jobs: &mut [Job<'_>], threads: usize) {
    in_parallel_with(jobs.iter_mut().collect(), threads, Arena::default, |arena, job| {
        job.key = derive_in(arena, job);
    });
}

/// Derives any number of keys, on at most `threads` threads.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn derive(jobs: &mut [Job<'_>], threads: usize) {
    super::in_parallel(jobs.iter_mut().collect(), threads, |job| {
        job.key = derive_with_crate(job);
    });
}

/// Derives a key; `None` if the system does not provide the memory.
#[cfg(target_arch = "x86_64")]
fn derive_in(arena: &mut Arena<Line>, job: &Job<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let r = usize::try_from(job.block_size).ok()?;
    let n = 1_usize.checked_shl(job.log_n)?;
    let memory = arena.elements(smix::lines(n, r)?)?;
    let mut prehash = Zeroizing::new([0; HASH]);
    let mut secret = job.secret;
    // With much memory, a 64th of it is used first. The result replaces the secret.
    if n >= 0x100 && n * r >= 0x2_0000 {
        Pass::new(b"yescrypt-prehash", secret, job.salt, r)
            .mix(n >> 6, memory)
            .write(&mut *prehash);
        secret = &*prehash;
    }
    let pass = Pass::new(b"yescrypt", secret, job.salt, r).mix(n, memory);
    Some(pass.stored_key(job.key_length))
}

/// Derives a key with the crate, which ends the process if it cannot allocate its memory: so that is tried
/// first.
#[cfg(any(not(target_arch = "x86_64"), test))]
fn derive_with_crate(job: &Job<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let block_length = 128 * job.block_size as usize;
    let bytes = 1_usize.checked_shl(job.log_n)?.checked_mul(block_length)?;
    if !super::memory::is_available(bytes) {
        return None;
    }
    let (n, mode) = (1 << job.log_n, yescrypt::Mode::default());
    let parameters = yescrypt::Params::new(mode, n, job.block_size, 1).ok()?;
    let mut key = Zeroizing::new(vec![0; job.key_length]);
    yescrypt::yescrypt(job.secret, job.salt, &parameters, &mut key).ok().map(|()| key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Binary logarithm of N, block size, secret, salt, and length of the key.
    type Input = (u32, u32, Vec<u8>, Vec<u8>, usize);

    fn job((log_n, block_size, secret, salt, key_length): &Input) -> Job<'_> {
        let (log_n, block_size, key_length) = (*log_n, *block_size, *key_length);
        Job { log_n, block_size, secret, salt, key_length, key: None }
    }

    /// Compares the kernel with the crate, on one thread and on several.
    #[track_caller]
    fn check(inputs: &[Input]) {
        for threads in [1, 2, 3] {
            let mut jobs: Vec<_> = inputs.iter().map(job).collect();
            derive(&mut jobs, threads);
            for (job, input) in jobs.iter().zip(inputs) {
                let expected = derive_with_crate(job);
                assert!(expected.is_some());
                assert_eq!(job.key, expected, "{threads} {input:?}");
            }
        }
    }

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|i| (i * 7 + 3).to_le_bytes()[0]).collect()
    }

    #[test]
    fn all_small_costs_are_computed() {
        for log_n in 1..=10 {
            for block_size in 1..=9 {
                check(&[(log_n, block_size, bytes(15), bytes(16), 32)]);
            }
        }
    }

    #[test]
    fn secrets_and_salts_of_any_length_are_hashed() {
        for length in (0..=300).step_by(7).chain([63, 64, 65, 127, 128, 129]) {
            check(&[(4, 2, bytes(length), bytes(16), 32), (4, 2, vec![1], bytes(length), 32)]);
        }
    }

    #[test]
    fn keys_of_any_length_are_derived() {
        let input = |length| (3, 1, bytes(9), bytes(8), length);
        check(&(1..=100).map(input).collect::<Vec<_>>());
    }

    /// From 16 MiB on, a 64th of the memory is used first.
    #[test]
    fn a_large_cost_hashes_the_secret_first() {
        for (log_n, block_size) in [(12, 31), (12, 32), (14, 8), (8, 512), (7, 1024)] {
            check(&[(log_n, block_size, bytes(15), bytes(16), 32)]);
        }
    }

    proptest! {
        #[test]
        fn keys_of_any_costs_are_derived_together(
            inputs in proptest::collection::vec((
                1..=10_u32,
                1..=9_u32,
                proptest::collection::vec(any::<u8>(), 0..=300),
                proptest::collection::vec(any::<u8>(), 0..=64),
                1..=100_usize,
            ), 0..=9),
        ) {
            check(&inputs);
        }
    }

    #[test]
    fn a_key_without_enough_memory_stays_missing() {
        let inputs = [(45, 8), (50, 3), (62, 65)].map(|(n, r)| (n, r, vec![1], vec![2], 32));
        let mut jobs: Vec<_> = inputs.iter().map(job).collect();
        derive(&mut jobs, 2);
        assert!(jobs.iter().all(|job| job.key.is_none()));
    }
}
