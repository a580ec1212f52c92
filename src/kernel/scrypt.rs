//! scrypt (RFC 7914), several instances of `ROMix` side by side.
//!
//! `ROMix` is a chain of calls of Salsa20, each of which waits for the one before it. A key has a chain for each
//! of its `p` blocks, and those are independent, as are those of other keys. A register of 128 bits holds
//! a diagonal of Salsa20's matrix, and larger ones hold those of two or four chains.
//!
//! Only for x86-64, where any CPU has SSE2. Elsewhere the crate `scrypt` derives one key after the other.

#[cfg(target_arch = "x86_64")]
pub(crate) mod ro_mix;
#[cfg(target_arch = "x86_64")]
pub(crate) mod x86_64;

#[cfg(target_arch = "x86_64")]
use pbkdf2::pbkdf2_hmac;
#[cfg(target_arch = "x86_64")]
use sha2::Sha256;
use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
use self::ro_mix::RoMix;
#[cfg(target_arch = "x86_64")]
use super::{memory::Arena, salsa20::line::Line};

/// N, r and p, within the limits of the algorithm.
#[derive(Clone, Copy)]
pub(crate) struct Parameters {
    log_n: u8,
    r: u32,
    p: u32,
}

impl Parameters {
    /// Checks the limits of RFC 7914 §2, and that the lengths in bytes fit into a `usize`.
    ///
    /// RFC 7914 also limits N to 2^(16·r). That is an error in it (erratum 5971): neither go-crypt nor the
    /// crate checks it.
    pub(crate) fn new(log_n: u8, r: u32, p: u32) -> Option<Self> {
        /// p · r is below it, since PBKDF2 returns at most 2^32 − 1 blocks of 32 bytes.
        const LIMIT: u32 = 1 << 30;
        let n = 1_usize.checked_shl(log_n.into())?;
        let length = usize::try_from(r).ok()?.checked_mul(128)?;
        length.checked_mul(n)?;
        let is_allowed = r > 0 && p > 0 && r.checked_mul(p)? < LIMIT;
        is_allowed.then_some(Self { log_n, r, p })
    }
}

/// One key to derive with scrypt.
pub(crate) struct Job<'a> {
    pub(crate) parameters: Parameters,
    pub(crate) secret: &'a [u8],
    pub(crate) salt: &'a [u8],
    /// Length of the key, in bytes.
    pub(crate) key_length: usize,
    /// Receives the key, unless the system does not provide the memory.
    pub(crate) key: Option<Zeroizing<Vec<u8>>>,
}

impl Job<'_> {
    /// Returns what jobs must share to be computed side by side: N and r.
    pub(super) fn size(&self) -> (u8, u32) {
        (self.parameters.log_n, self.parameters.r)
    }
}

/// Derives keys that share N and r, at most `instances` chains side by side. Without enough memory the
/// keys stay missing.
#[cfg(target_arch = "x86_64")]
pub(super) fn derive<M: RoMix>(
    m: M,
    jobs: &mut [&mut Job<'_>],
    instances: usize,
    arena: &mut Arena<Line>,
) {
    let Some(mut blocks) = jobs.iter().map(|job| blocks(job)).collect::<Option<Vec<_>>>() else {
        return;
    };
    if ro_mix_all(m, jobs, &mut blocks, instances, arena).is_some() {
        for (job, blocks) in jobs.iter_mut().zip(&blocks) {
            let mut key = Zeroizing::new(vec![0; job.key_length]);
            pbkdf2_hmac::<Sha256>(job.secret, blocks, 1, &mut key);
            job.key = Some(key);
        }
    }
}

/// Returns the `p` blocks of a key, B of RFC 7914 §6.
#[cfg(target_arch = "x86_64")]
fn blocks(job: &Job<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let length = block_length(job) * job.parameters.p as usize;
    let mut blocks = Zeroizing::new(Vec::new());
    blocks.try_reserve_exact(length).ok()?;
    blocks.resize(length, 0);
    pbkdf2_hmac::<Sha256>(job.secret, job.salt, 1, &mut blocks);
    Some(blocks)
}

/// Replaces all blocks by their `ROMix`; `None` if the system does not provide the memory.
#[cfg(target_arch = "x86_64")]
fn ro_mix_all<M: RoMix>(
    m: M,
    jobs: &[&mut Job<'_>],
    blocks: &mut [Zeroizing<Vec<u8>>],
    instances: usize,
    arena: &mut Arena<Line>,
) -> Option<()> {
    let Some(job) = jobs.first() else { return Some(()) };
    let (n, length) = (1 << job.parameters.log_n, block_length(job));
    let lines = ro_mix::lines(n, length)?;
    let mut waiting = blocks.iter_mut().flat_map(|blocks| blocks.chunks_exact_mut(length));
    loop {
        let mut group: Vec<&mut [u8]> = waiting.by_ref().take(instances).collect();
        if group.is_empty() {
            return Some(());
        }
        let memory = arena.elements(lines.checked_mul(group.len())?)?;
        m.ro_mix(&mut group, n, memory);
    }
}

/// Returns the bytes of a block.
fn block_length(job: &Job<'_>) -> usize {
    128 * job.parameters.r as usize
}

/// Derives a key with the crate, which ends the process if it cannot allocate its memory: so that is tried
/// first.
#[cfg(any(not(target_arch = "x86_64"), test))]
pub(super) fn derive_with_crate(job: &mut Job<'_>) {
    let blocks = (1_usize << job.parameters.log_n).checked_add(job.parameters.p as usize + 2);
    let bytes = blocks.and_then(|blocks| blocks.checked_mul(block_length(job)));
    let Parameters { log_n, r, p } = job.parameters;
    let parameters = scrypt::Params::new(log_n, r, p);
    if let (true, Ok(parameters)) = (bytes.is_some_and(super::memory::is_available), parameters) {
        let mut key = Zeroizing::new(vec![0; job.key_length]);
        let derived = scrypt::scrypt(job.secret, job.salt, &parameters, &mut key);
        job.key = derived.is_ok().then_some(key);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::Kernel;

    /// Parameters, secret, salt and length of the key.
    type Input = ((u8, u32, u32), Vec<u8>, Vec<u8>, usize);

    fn job(((log_n, r, p), secret, salt, key_length): &Input) -> Job<'_> {
        let parameters = Parameters::new(*log_n, *r, *p).unwrap();
        Job { parameters, secret, salt, key_length: *key_length, key: None }
    }

    fn jobs(inputs: &[Input]) -> Vec<Job<'_>> {
        inputs.iter().map(job).collect()
    }

    /// Compares all kernels with the crate.
    #[track_caller]
    fn check(inputs: &[Input]) {
        let mut expected = jobs(inputs);
        expected.iter_mut().for_each(derive_with_crate);
        for kernel in Kernel::available() {
            for (threads, instances) in [(1, 1), (1, 2), (2, 3), (3, usize::MAX)] {
                let mut jobs = jobs(inputs);
                kernel.scrypt(&mut jobs, threads, instances);
                for ((job, expected), input) in jobs.iter().zip(&expected).zip(inputs) {
                    assert!(expected.key.is_some());
                    let case = (kernel.name(), threads, instances);
                    assert_eq!(job.key, expected.key, "{case:?} {input:?}");
                }
            }
        }
    }

    fn bytes(length: usize, seed: usize) -> Vec<u8> {
        (0..length).map(|i| (i * 7 + seed * 31).to_le_bytes()[0]).collect()
    }

    /// Around the numbers of instances of all kernels.
    #[test]
    fn any_number_of_keys_is_derived() {
        for count in 0..10 {
            let input = |i: usize| ((4, 3, 1), bytes(33 * i, i), bytes(8 + i, i), 32);
            check(&(0..count).map(input).collect::<Vec<_>>());
        }
    }

    #[test]
    fn any_number_of_blocks_is_mixed() {
        for p in 1..=9 {
            check(&[((5, 2, p), bytes(15, 1), bytes(16, 2), 64)]);
            check(&[((1, 1, p), bytes(0, 0), bytes(0, 0), 1), ((1, 1, 5), vec![1], vec![2], 70)]);
        }
    }

    #[test]
    fn all_small_costs_are_computed() {
        for log_n in 0..=10 {
            for r in 1..=9 {
                let input = |i| ((log_n, r, 1), bytes(16, i), bytes(16, 2), 32);
                check(&[input(1), input(2), input(3)]);
            }
        }
    }

    proptest! {
        #[test]
        fn keys_of_any_costs_are_derived_together(
            inputs in proptest::collection::vec((
                (1..=10_u8, 1..=9_u32, 1..=5_u32),
                proptest::collection::vec(any::<u8>(), 0..=300),
                proptest::collection::vec(any::<u8>(), 0..=40),
                1..=100_usize,
            ), 0..=9),
        ) {
            check(&inputs);
        }
    }

    /// RFC 7914 §12; the last of its vectors, with 1 GiB, is left out.
    #[test]
    fn keys_are_those_of_the_rfc() {
        let vectors = [
            ("", "", (4, 1, 1), 0x77d6_5762_3865_7b20_3b19_ca42_c18a_0497),
            ("password", "NaCl", (10, 8, 16), 0xfdba_be1c_9d34_7200_7856_e719_0d01_e9fe),
            (
                "pleaseletmein",
                "SodiumChloride",
                (14, 8, 1),
                0x7023_bdcb_3afd_7348_461c_06cd_81fd_38eb,
            ),
        ];
        for (secret, salt, parameters, expected) in vectors {
            let input = [(parameters, secret.into(), salt.into(), 64)];
            for kernel in Kernel::available() {
                let mut jobs = jobs(&input);
                kernel.scrypt(&mut jobs, 1, 4);
                let key = jobs.remove(0).key.unwrap();
                let start = u128::from_be_bytes(*key.first_chunk().unwrap());
                assert_eq!(start, expected, "{}", kernel.name());
            }
        }
    }

    #[test]
    fn a_key_without_enough_memory_stays_missing() {
        let huge = [(45, 8, 1), (50, 3, 2), (55, 1, 1)];
        let inputs = huge.map(|parameters| (parameters, vec![1], vec![2], 32));
        for kernel in Kernel::available() {
            let mut jobs = jobs(&inputs);
            kernel.scrypt(&mut jobs, 2, 2);
            assert!(jobs.iter().all(|job| job.key.is_none()), "{}", kernel.name());
        }
    }
}
