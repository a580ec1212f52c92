//! The hashing core: PBKDF2 and SHA-crypt in the lanes of the CPU's vector registers, scrypt in 128-bit
//! pieces of them, Argon2's blocks in them, yescrypt in registers of 128 bits, and bcrypt several keys at a time.
//!
//! A digest is a chain of hashes, each the input of the next, and takes its time. Many digests are
//! independent chains: as many as a vector register has lanes take little longer than one.
//! [`Kernel::derive`] computes them side by side.
//!
//! | kernel | needs | SHA-512, SHA-384 | SHA-256, SHA-224 | scrypt | Argon2 |
//! | --- | --- | --- | --- | --- | --- |
//! | `portable` | nothing | 1 lane | 1 lane | 1 instance | words |
//! | `avx2` | AVX2, BMI2 | 4 lanes | 8 lanes | 2 or 1 instances | vectors of 4 words |
//! | `avx512` | AVX-512F, AVX-512VL, BMI2 | 8 or 4 lanes | 16 or 8 lanes | 4, 2 or 1 instances | vectors of 8 words |
//! | `neon` | NEON (aarch64) | 2 lanes | 4 lanes | 1 instance | words |
//!
//! SHA-1, which no new digest should use, has one lane everywhere. Where aarch64 has instructions
//! for a hash function, one chain after the other is faster than the lanes.

// From the bottom up: `lanes` declares the vector operations, `sha2` has the compression function,
// written once over them, `pbkdf2` the chains and `schedule` their way into the lanes; `chain` is
// for a single one. `sha_crypt` has the rounds of SHA-crypt over the same compression function. A backend
// (`avx2`, `avx512`, `neon`, `portable`) supplies the operations, and the proof that the CPU has them.
// `argon2` and `salsa20`, for scrypt and yescrypt, declare operations of their own for these proofs, since
// their vectors hold parts of one block instead of one word a lane. Nothing here imports the rest of the crate: this is its ground.

#![allow(unsafe_code, reason = "the only place for it; each block states why it is sound")]
#![allow(clippy::inline_always, reason = "an operation must take on its caller's instructions")]
#![allow(clippy::many_single_char_names, reason = "they are those of FIPS 180-4")]
#![allow(clippy::needless_range_loop, reason = "index loops over registers are unrolled")]

pub(crate) mod argon2;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod backend;
pub(crate) mod bcrypt;
#[cfg(target_arch = "x86_64")]
mod chain;
#[cfg(all(unix, feature = "cli"))]
#[doc(hidden)]
pub mod closed_streams;
mod lanes;
pub(crate) mod memory;
#[cfg(any(target_arch = "aarch64", test))]
mod neon;
mod pbkdf2;
mod portable;
mod prf;
#[cfg(target_arch = "x86_64")]
mod salsa20;
mod schedule;
pub(crate) mod scrypt;
mod sha2;
pub(crate) mod sha_crypt;
#[doc(hidden)]
pub mod stack;
pub(crate) mod yescrypt;

use std::num::NonZero;
use std::slice::ChunksMut;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::Builder;

pub use prf::Prf;

#[cfg(target_arch = "x86_64")]
use self::scrypt::{ro_mix::RoMix, x86_64::Sse2};
use backend::Backend;
use lanes::Lanes;
#[cfg(target_arch = "x86_64")]
use memory::Arena;
use pbkdf2::{Chain, Sha2};
use schedule::Queue;
use sha_crypt::Rounds;
use stack::with_wiped_stack;

/// A set of vector instructions for computing digests. A value is the proof that this CPU has them:
/// only detection creates one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kernel(Instructions);

/// The error of [`Kernel::choose`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such kernel on this CPU; available: {}", available.join(", "))]
#[non_exhaustive]
pub struct UnknownKernel {
    /// The names of the kernels that this CPU supports.
    pub available: Vec<&'static str>,
}

/// The kernel that this process uses, once one is chosen.
static CURRENT: OnceLock<Kernel> = OnceLock::new();

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instructions {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
    #[cfg(target_arch = "aarch64")]
    Neon(neon::Neon),
}

/// Evaluates an expression with the lanes of a kernel, which have a type for each set of instructions.
macro_rules! with_lanes {
    ($kernel:expr, $words:ident, $l:ident => $expression:expr) => {
        match $kernel.0 {
            Instructions::Portable => {
                let $l = portable::$words;
                $expression
            }
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(avx2) => {
                let $l = avx2::$words(avx2);
                $expression
            }
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(avx512) => {
                let $l = avx512::$words(avx512);
                $expression
            }
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(neon) => {
                let $l = neon::$words(neon);
                $expression
            }
        }
    };
}

impl Kernel {
    /// Returns the kernels that this CPU supports, the fastest last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let portable = Some(Instructions::Portable);
        #[cfg(target_arch = "x86_64")]
        let backends = [
            portable,
            avx2::Avx2::detect().map(Instructions::Avx2),
            avx512::Avx512::detect().map(Instructions::Avx512),
        ];
        #[cfg(target_arch = "aarch64")]
        let backends = [portable, neon::Neon::detect().map(Instructions::Neon)];
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let backends = [portable];
        backends.into_iter().flatten().map(Self).collect()
    }

    /// Returns the fastest kernel that this CPU supports.
    #[must_use]
    pub fn detect() -> Self {
        Self::available().pop().unwrap_or(Self(Instructions::Portable))
    }

    /// Returns the kernel that this process uses: the chosen one, or else the fastest.
    #[must_use]
    pub fn current() -> Self {
        *CURRENT.get_or_init(Self::detect)
    }

    /// Chooses the kernel that this process uses, for tests and reports.
    ///
    /// # Errors
    /// [`UnknownKernel`] if this CPU has no kernel of that name, or if another kernel is already in
    /// use.
    pub fn choose(name: &str) -> Result<(), UnknownKernel> {
        let available = Self::available();
        let chosen = available.iter().find(|kernel| kernel.name() == name);
        match chosen {
            Some(&kernel) if *CURRENT.get_or_init(|| kernel) == kernel => Ok(()),
            _ => {
                let available = available.iter().map(|kernel| kernel.name()).collect();
                Err(UnknownKernel { available })
            }
        }
    }

    /// Derives any number of keys with PBKDF2 (RFC 8018 §5.2), each with its own parameters, on at
    /// most `threads` threads.
    ///
    /// Each key needs a few hundred bytes of memory beyond the key itself; they are wiped.
    ///
    /// ```
    /// use oidc_secret::digest::pbkdf2::Prf;
    /// use oidc_secret::kernel::{Job, Kernel};
    ///
    /// let mut key = [0; 64];
    /// let (secret, salt) = (b"insecure_secret", b"saltsalt");
    /// let job = Job { prf: Prf::Sha512, secret, salt, iterations: 1000, key: &mut key };
    /// Kernel::current().derive(vec![job], 1);
    /// assert_ne!(key, [0; 64]);
    /// ```
    pub fn derive(self, jobs: Vec<Job<'_>>, threads: usize) {
        with_wiped_stack(|| self.pbkdf2(jobs, threads));
    }

    fn pbkdf2(self, mut jobs: Vec<Job<'_>>, threads: usize) {
        let mut of = |prf| -> Vec<Job<'_>> { jobs.extract_if(.., |job| job.prf == prf).collect() };
        let (sha512, sha384) = (of(Prf::Sha512), of(Prf::Sha384));
        let (sha256, sha224, sha1) = (of(Prf::Sha256), of(Prf::Sha224), of(Prf::Sha1));
        with_lanes!(self, Words64, l => in_lanes::<_, 8>(l, &Sha2::SHA512, sha512, threads));
        with_lanes!(self, Words64, l => in_lanes::<_, 6>(l, &Sha2::SHA384, sha384, threads));
        with_lanes!(self, Words32, l => in_lanes::<_, 8>(l, &Sha2::SHA256, sha256, threads));
        with_lanes!(self, Words32, l => in_lanes::<_, 7>(l, &Sha2::SHA224, sha224, threads));
        in_parallel(sha1, threads, |job| {
            ::pbkdf2::pbkdf2_hmac::<sha1::Sha1>(job.secret, job.salt, job.iterations, job.key);
        });
    }

    /// Computes the rounds of any number of SHA-crypt digests, on at most `threads` threads.
    pub(crate) fn sha_crypt(self, jobs: &mut [sha_crypt::Job], threads: usize) {
        let mut jobs: Vec<&mut sha_crypt::Job> = jobs.iter_mut().collect();
        jobs.sort_by_key(|job| job.structure());
        let of_one_structure = jobs.chunk_by_mut(|a, b| a.structure() == b.structure());
        let groups = of_one_structure.flat_map(|jobs| {
            let prf = if jobs[0].is_sha512() { Prf::Sha512 } else { Prf::Sha256 };
            balanced(jobs, self.lanes(prf), threads)
        });
        in_parallel(groups.collect(), threads, |jobs| {
            if jobs[0].is_sha512() {
                with_lanes!(self, Words64, l => rounds(l, jobs));
            } else {
                with_lanes!(self, Words32, l => rounds(l, jobs));
            }
        });
    }

    /// Derives any number of keys with scrypt, on at most `threads` threads. Each computes at most `instances`
    /// of `ROMix` side by side, which have memory of their own.
    pub(crate) fn scrypt(self, jobs: &mut [scrypt::Job<'_>], threads: usize, instances: usize) {
        let instances = self.scrypt_instances().min(instances);
        let mut jobs: Vec<&mut scrypt::Job<'_>> = jobs.iter_mut().collect();
        jobs.sort_by_key(|job| job.size());
        let of_one_size = jobs.chunk_by_mut(|a, b| a.size() == b.size());
        let groups = of_one_size.flat_map(|jobs| balanced(jobs, instances, threads));
        // The most expensive first: at the end only cheap ones are left.
        let groups: Vec<_> = groups.rev().collect();
        #[cfg(target_arch = "x86_64")]
        in_parallel_with(groups, threads, Arena::default, |arena, jobs| match self.0 {
            Instructions::Portable => scrypt::derive(Sse2, jobs, instances, arena),
            Instructions::Avx2(avx2) => scrypt::derive(avx2, jobs, instances, arena),
            Instructions::Avx512(avx512) => scrypt::derive(avx512, jobs, instances, arena),
        });
        #[cfg(not(target_arch = "x86_64"))]
        in_parallel(groups, threads, |jobs| {
            for job in jobs.iter_mut() {
                scrypt::derive_with_crate(job);
            }
        });
    }

    /// Returns the maximum number of instances of scrypt's `ROMix` side by side.
    pub(crate) const fn scrypt_instances(self) -> usize {
        match self.0 {
            Instructions::Portable => 1,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(_) => avx2::Avx2::INSTANCES,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(_) => avx512::Avx512::INSTANCES,
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(_) => 1,
        }
    }

    /// Returns the name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Instructions::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(_) => "avx512",
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(_) => "neon",
        }
    }

    /// Returns the number of chains of a hash function that are computed side by side.
    #[must_use]
    pub const fn lanes(self, prf: Prf) -> usize {
        let (lanes_64, lanes_32) = match self.0 {
            Instructions::Portable => (1, 1),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(_) => (avx2::Words64::LANES, avx2::Words32::LANES),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(_) => (avx512::Words64::LANES, avx512::Words32::LANES),
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(neon) => (neon.lanes_64(), neon.lanes_32()),
        };
        match prf {
            Prf::Sha1 => 1,
            Prf::Sha512 | Prf::Sha384 => lanes_64,
            Prf::Sha256 | Prf::Sha224 => lanes_32,
        }
    }
}

/// One key to derive with PBKDF2.
pub struct Job<'a> {
    /// The hash function.
    pub prf: Prf,
    /// The secret.
    pub secret: &'a [u8],
    /// The salt.
    pub salt: &'a [u8],
    /// Iterations; 0 counts as 1.
    pub iterations: u32,
    /// The buffer that the key is written to; its length is the key's.
    pub key: &'a mut [u8],
}

/// Derives keys that share a hash function with `D` words of output.
fn in_lanes<L: Backend, const D: usize>(
    l: L,
    hash: &Sha2<L::Word>,
    mut jobs: Vec<Job<'_>>,
    threads: usize,
) {
    let blocks = |job: &Job<'_>| job.key.len().div_ceil(hash.output_length());
    // A vector that grows would leave copies in freed memory.
    let mut chains = Vec::with_capacity(jobs.iter().map(blocks).sum());
    for job in &jobs {
        let midstates = hash.midstates(job.secret);
        let chain = |block| Chain::new(hash, &midstates, job.salt, block, job.iterations);
        chains.extend((1..).take(blocks(job)).map(chain));
    }
    let queue = Queue::new(&mut chains, threads);
    std::thread::scope(|scope| {
        for thread in 1..queue.threads() {
            let queue = &queue;
            // If the system starts no more threads, the others steal from this one's list.
            let work = move || with_wiped_stack(|| queue.work::<L, D>(l, hash, thread));
            let _ = Builder::new().spawn_scoped(scope, work);
        }
        queue.work::<L, D>(l, hash, 0);
    });
    let blocks = jobs.iter_mut().flat_map(|job| job.key.chunks_mut(hash.output_length()));
    chains.iter().zip(blocks).for_each(|(chain, block)| chain.write(block));
}

/// Computes the rounds of SHA-crypt digests of one structure, no more than there are lanes.
fn rounds<L: Backend>(l: L, jobs: &mut [&mut sha_crypt::Job]) {
    if jobs.len() <= l.sequential_threshold() {
        for job in jobs {
            l.sha_crypt_alone(job);
        }
        return;
    }
    let mut rounds = Rounds::new(jobs);
    match l.narrow() {
        Some(narrow) if jobs.len() <= L::Narrow::LANES => narrow.sha_crypt(&mut rounds),
        _ => l.sha_crypt(&mut rounds),
    }
    rounds.finish(jobs);
}

/// Divides items into groups of at most `maximum`: as many for each thread as for the others, and all of
/// nearly one size.
fn balanced<T>(items: &mut [T], maximum: usize, threads: usize) -> ChunksMut<'_, T> {
    let groups = threads * items.len().div_ceil(threads * maximum);
    items.chunks_mut(items.len().div_ceil(groups.max(1)).max(1))
}

/// Returns the number of threads that run at once.
pub(crate) fn cores() -> usize {
    /// Not counted for each digest, since that reads several files of the system.
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Calls `work` on each item, on at most `threads` threads.
pub(crate) fn in_parallel<T: Send>(items: Vec<T>, threads: usize, work: impl Fn(T) + Sync) {
    in_parallel_with(items, threads, || (), |(), item| work(item));
}

/// Calls `work` on each item, on at most `threads` threads, each with a state of its own that lasts until
/// the thread has no more items.
pub(crate) fn in_parallel_with<T: Send, S>(
    items: Vec<T>,
    threads: usize,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, T) + Sync,
) {
    let workers = threads.min(items.len());
    let waiting = Mutex::new(items.into_iter());
    let take = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        let mut state = start();
        while let Some(item) = take() {
            work(&mut state, item);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..workers {
            // If the system starts no more threads, the others do its work.
            let _ = Builder::new().spawn_scoped(scope, || with_wiped_stack(run));
        }
        run();
    });
}
