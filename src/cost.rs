//! What a digest costs to compute on this machine, and limits on it.
//!
//! A digest is untrusted input: one that asks for 4 TiB or a year must be refused before it is
//! computed.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::digest::argon2::{self, Variant};
use crate::digest::pbkdf2::Prf;
use crate::digest::{Algorithm, Digest};
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
        let (estimate, limit) = (time(digest), self.time);
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
fn time(digest: &Digest) -> Duration {
    let units = match digest {
        Digest::Pbkdf2(inner) => {
            let blocks = digest.key().len().div_ceil(inner.prf().output_length()) as u64;
            u128::from(blocks) * u128::from(inner.iterations())
        }
        Digest::Argon2(inner) => {
            let cost = inner.cost();
            u128::from(cost.memory_used()) * u128::from(cost.iterations)
        }
    };
    let sample = sample(digest.algorithm());
    let nanoseconds = sample.as_nanos() * units / u128::from(SAMPLE_UNITS);
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

/// PBKDF2 iterations, or Argon2 blocks, in a sample.
const SAMPLE_UNITS: u32 = 512;

/// The time of [`SAMPLE_UNITS`], measured once a process and algorithm: the best of three, since
/// other processes can only make it longer.
fn sample(algorithm: Algorithm) -> Duration {
    static SAMPLES: [OnceLock<Duration>; 6] = [const { OnceLock::new() }; 6];
    let slot = match algorithm {
        Algorithm::Pbkdf2(Prf::Sha1) => 0,
        Algorithm::Pbkdf2(Prf::Sha224) => 1,
        Algorithm::Pbkdf2(Prf::Sha256) => 2,
        Algorithm::Pbkdf2(Prf::Sha384) => 3,
        Algorithm::Pbkdf2(Prf::Sha512) => 4,
        Algorithm::Argon2(_) => 5,
    };
    *SAMPLES[slot].get_or_init(|| {
        let times = [(); 3].map(|()| {
            let start = Instant::now();
            compute_sample(algorithm);
            start.elapsed()
        });
        times.into_iter().min().unwrap_or_default()
    })
}

fn compute_sample(algorithm: Algorithm) {
    let (secret, salt, mut key) = (b"sample", b"saltsalt", [0; 16]);
    match algorithm {
        Algorithm::Pbkdf2(prf) => {
            let job = Job { prf, secret, salt, iterations: SAMPLE_UNITS, key: &mut key };
            Kernel::current().derive(vec![job], 1);
        }
        Algorithm::Argon2(_) => {
            let cost = argon2::Cost { memory: SAMPLE_UNITS, iterations: 1, parallelism: 1 };
            // Half a mebibyte is there to be had, and the time counts whatever comes out.
            let arena = &mut argon2::Arena::default();
            let _ = argon2::derive(arena, Variant::Argon2d, cost, secret, salt, &mut key);
        }
    }
    std::hint::black_box(key);
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
