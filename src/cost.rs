//! What a digest costs to compute on this machine, and limits on it.
//!
//! A digest is untrusted input: one that asks for 4 TiB or a year must be refused before it is
//! computed.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::digest::Digest;
use crate::digest::argon2::{self, Variant};
use crate::digest::pbkdf2::Prf;
use crate::error::{Error, Field};
use crate::kernel::{Job, Kernel};

/// How much a digest may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most memory, in bytes.
    pub memory: u64,
    /// The most time, as estimated on this machine.
    pub time: Duration,
}

impl Default for Limits {
    /// 2 GiB and 30 seconds.
    fn default() -> Self {
        Self { memory: 2 << 30, time: Duration::from_secs(30) }
    }
}

impl Limits {
    /// Refuses a digest that costs more than the limits; what it costs is estimated, not tried.
    ///
    /// # Errors
    /// [`Error::TooLarge`] and [`Error::TooSlow`], with the parameter that is to blame.
    pub fn check(&self, digest: &Digest) -> Result<(), Error> {
        let needed = memory(digest);
        if needed > self.memory {
            let Digest::Argon2(digest) = digest else {
                return Err(Error::TooLarge { parameter: Field::Key, needed, limit: self.memory });
            };
            let stated = u64::from(digest.cost().memory) << 10;
            let parameter = if stated < needed { Field::Parallelism } else { Field::Memory };
            return Err(Error::TooLarge { parameter, needed, limit: self.memory });
        }
        let limit = self.time;
        let estimate = time(digest, limit);
        if estimate > limit {
            return Err(Error::TooSlow { parameter: Field::Iterations, estimate, limit });
        }
        Ok(())
    }
}

/// The memory that a digest takes to compute, in bytes.
fn memory(digest: &Digest) -> u64 {
    match digest {
        Digest::Pbkdf2(_) => digest.key().len() as u64,
        Digest::Argon2(digest) => digest.cost().memory_used() << 10,
    }
}

/// The time that a digest takes to compute on this machine, judged from a sample of about a
/// millisecond.
///
/// Argon2's sample fits into a cache and real memory does not, so a digest near the limit gets
/// another one, of its own kind and up to [`LARGE_SAMPLE`].
fn time(digest: &Digest, limit: Duration) -> Duration {
    /// More than real memory, and the plain code for unusual parameters, make of a block's time.
    const SLOWEST: u32 = 16;
    match digest {
        Digest::Pbkdf2(inner) => {
            let blocks = digest.key().len().div_ceil(inner.prf().output_length()) as u64;
            let units = u128::from(blocks) * u128::from(inner.iterations());
            scaled(pbkdf2_sample(inner.prf()), units, SAMPLE_UNITS)
        }
        Digest::Argon2(inner) => {
            let cost = inner.cost();
            let units = u128::from(cost.memory_used()) * u128::from(cost.iterations);
            let estimate = scaled(argon2_sample(), units, SAMPLE_UNITS);
            if estimate < limit / SLOWEST {
                return estimate;
            }
            let memory = cost.memory.min(LARGE_SAMPLE);
            let sample = argon2::Cost { memory, iterations: 1, ..cost };
            let mut key = vec![0; digest.key().len().min(32)];
            let start = Instant::now();
            // The time counts whatever comes out.
            let arena = &mut argon2::Arena::default();
            let _ = argon2::derive(arena, inner.variant(), sample, b"x", digest.salt(), &mut key);
            let blocks = u32::try_from(sample.memory_used()).unwrap_or(u32::MAX);
            scaled(start.elapsed(), units, blocks)
        }
    }
}

/// The time for so many units, from a sample of fewer.
fn scaled(sample: Duration, units: u128, sample_units: u32) -> Duration {
    let nanoseconds = sample.as_nanos() * units / u128::from(sample_units);
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

/// PBKDF2 iterations, or Argon2 blocks, in a sample.
const SAMPLE_UNITS: u32 = 512;

/// Argon2 memory, in KiB, that is more than a core's share of most caches.
const LARGE_SAMPLE: u32 = 16 << 10;

/// The time of [`SAMPLE_UNITS`], measured once a process.
fn pbkdf2_sample(prf: Prf) -> Duration {
    static SAMPLES: [OnceLock<Duration>; 5] = [const { OnceLock::new() }; 5];
    let slot = match prf {
        Prf::Sha1 => 0,
        Prf::Sha224 => 1,
        Prf::Sha256 => 2,
        Prf::Sha384 => 3,
        Prf::Sha512 => 4,
    };
    *SAMPLES[slot].get_or_init(|| {
        best_of_three(|| {
            let (secret, salt, iterations) = (b"sample", b"saltsalt", SAMPLE_UNITS);
            let mut key = [0; 16];
            Kernel::current().derive(vec![Job { prf, secret, salt, iterations, key: &mut key }], 1);
            std::hint::black_box(key);
        })
    })
}

/// The time of [`SAMPLE_UNITS`], measured once a process.
fn argon2_sample() -> Duration {
    static SAMPLE: OnceLock<Duration> = OnceLock::new();
    *SAMPLE.get_or_init(|| {
        let mut arena = argon2::Arena::default();
        best_of_three(|| {
            let cost = argon2::Cost { memory: SAMPLE_UNITS, iterations: 1, parallelism: 1 };
            let (variant, salt, mut key) = (Variant::Argon2d, b"saltsalt", [0; 16]);
            // Half a mebibyte is there to be had, and the time counts whatever comes out.
            let _ = argon2::derive(&mut arena, variant, cost, b"sample", salt, &mut key);
            std::hint::black_box(key);
        })
    })
}

/// Other processes can only make a time longer.
fn best_of_three(mut work: impl FnMut()) -> Duration {
    let times = [(); 3].map(|()| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    times.into_iter().min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, limits: &Limits) -> Result<(), Error> {
        limits.check(&text.parse().unwrap())
    }

    #[test]
    fn what_costs_too_much_is_refused_with_the_parameter() {
        let blamed = |text: &str| match check(text, &Limits::default()) {
            Err(Error::TooLarge { parameter, .. } | Error::TooSlow { parameter, .. }) => parameter,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(blamed("$pbkdf2-sha512$4294967295$c2FsdA$a2V5"), Field::Iterations);
        assert_eq!(
            blamed("$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5"),
            Field::Memory
        );
        assert_eq!(
            blamed("$argon2id$v=19$m=8,t=1,p=16777215$c2FsdHNhbHQ$a2V5a2V5"),
            Field::Parallelism
        );
        assert_eq!(
            blamed("$argon2id$v=19$m=65536,t=4294967295,p=1$c2FsdHNhbHQ$a2V5a2V5"),
            Field::Iterations
        );
    }

    #[test]
    fn a_long_key_counts_as_often_as_it_has_blocks() {
        let key = "A".repeat(64_000);
        let text = format!("$pbkdf2-sha512$1000000$c2FsdA${key}");
        assert!(matches!(check(&text, &Limits::default()), Err(Error::TooSlow { .. })));
    }

    #[test]
    fn lifted_limits_let_it_pass() {
        let limits = Limits { memory: u64::MAX, time: Duration::MAX };
        assert_eq!(
            check("$argon2id$v=19$m=4294967295,t=9,p=1$c2FsdHNhbHQ$a2V5a2V5", &limits),
            Ok(())
        );
    }
}
