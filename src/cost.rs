//! The time and memory that a digest takes on this machine, and limits on them.
//!
//! A digest is untrusted input: one that asks for 4 TiB or a year must be refused before it is
//! computed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::derive::{derive_many, is_alone};
use crate::digest::error::ParameterError;
use crate::digest::error::{Field, size};
use crate::digest::{Algorithm, Digest, DigestFields, Parameters};
use crate::kernel::cores;
use crate::secret::Secret;

/// Limits on the cost of a digest. A digest is untrusted input and may ask for 4 TiB or a year.
///
/// ```
/// use std::time::Duration;
///
/// use oidc_secret::error::LimitError;
/// use oidc_secret::{Digest, Limits};
///
/// let digest: Digest = "$argon2id$v=19$m=1048576,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5".parse()?;
/// let limits = Limits { memory: 64 << 20, time: Duration::from_secs(5) };
/// assert!(matches!(limits.check(&digest, 72), Err(LimitError::TooLarge { .. })));
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum memory, in bytes.
    pub memory: u64,
    /// Maximum time, as estimated on this machine.
    pub time: Duration,
}

/// The error of [`Limits::check`]: the responsible parameter, its cost, and the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// Computing the digest would take longer than the limit.
    #[error(
        "{parameter} would take about {} here, over the limit of {}",
        time(estimate),
        time(limit)
    )]
    TooSlow {
        /// The responsible parameter.
        parameter: Field,
        /// The time that the computation would take on this machine.
        estimate: Duration,
        /// The limit that it exceeds.
        limit: Duration,
    },
    /// Computing the digest would need more memory than the limit.
    #[error(
        "{parameter} would need {} of memory, over the limit of {}",
        size(*needed),
        size(*limit)
    )]
    TooLarge {
        /// The responsible parameter.
        parameter: Field,
        /// The memory needed, in bytes.
        needed: u64,
        /// The limit that it exceeds, in bytes.
        limit: u64,
    },
}

fn time(duration: &Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{} ms", duration.as_millis()),
        seconds => format!("{seconds} s"),
    }
}

impl Default for Limits {
    /// 2 GiB and 30 seconds.
    fn default() -> Self {
        Self { memory: 2 << 30, time: Duration::from_secs(30) }
    }
}

impl Limits {
    /// Refuses a digest that costs more than the limits for a secret of this length, in bytes. The
    /// cost is estimated, not tried.
    ///
    /// # Errors
    /// [`LimitError`], with the responsible parameter.
    pub fn check(&self, digest: &Digest, secret_length: usize) -> Result<(), LimitError> {
        let work = digest.fields().work(secret_length);
        if work.memory > self.memory {
            let (needed, limit) = (work.memory, self.memory);
            return Err(LimitError::TooLarge { parameter: work.memory_parameter, needed, limit });
        }
        let limit = self.time;
        let estimate = estimate_up_to(digest, secret_length, limit);
        if estimate > limit {
            return Err(LimitError::TooSlow { parameter: work.parameter, estimate, limit });
        }
        Ok(())
    }
}

/// Estimates the time that a digest takes to compute on this machine, for a secret of this length in
/// bytes, from a sample of some milliseconds.
#[must_use]
pub fn estimate(digest: &Digest, secret_length: usize) -> Duration {
    estimate_up_to(digest, secret_length, Duration::ZERO)
}

/// Estimates the time that some digests of one kind take together on this machine, as
/// [`crate::verify_many`] computes them.
///
/// ```
/// use oidc_secret::{Digest, estimate, estimate_many};
///
/// let digest: Digest = "$2b$10$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe".parse()?;
/// assert_eq!(estimate_many(&digest, 1, 72), estimate(&digest, 72));
/// assert!(estimate_many(&digest, 1000, 72) > estimate_many(&digest, 10, 72));
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[must_use]
pub fn estimate_many(digest: &Digest, count: usize, secret_length: usize) -> Duration {
    if count < 2 || is_alone(digest, secret_length) {
        let each = estimate(digest, secret_length).as_nanos();
        return nanoseconds(each.saturating_mul(count as u128));
    }
    let batch = sample_of_batch(digest, count);
    let steps = digest.fields().work(secret_length).steps;
    scaled(batch, steps.saturating_mul(count as u128))
}

/// The length of a usual secret, in bytes.
const SECRET_LENGTH: usize = 72;

impl Parameters {
    /// Returns the time that each digest takes to compute and to verify on this machine.
    ///
    /// # Errors
    /// [`ParameterError::OutOfBounds`] for a parameter outside its bounds.
    pub fn estimate(&self) -> Result<Duration, ParameterError> {
        self.check()?;
        Ok(estimate(&self.specimen(), SECRET_LENGTH))
    }

    /// Returns the time that some digests take together, as [`crate::hash_many`] makes them.
    ///
    /// # Errors
    /// [`ParameterError::OutOfBounds`] for a parameter outside its bounds.
    pub fn estimate_many(&self, count: usize) -> Result<Duration, ParameterError> {
        self.check()?;
        Ok(estimate_many(&self.specimen(), count, SECRET_LENGTH))
    }
}

/// Estimates the time; the estimate is exact only if it is near the limit or below it.
///
/// A sample fits into a cache and much memory does not, so that a digest near the limit gets a
/// larger sample, of its own kind.
fn estimate_up_to(digest: &Digest, secret_length: usize, limit: Duration) -> Duration {
    /// More than real memory, and the plain code for unusual parameters, make of a step's time.
    const SLOWEST: u32 = 16;
    let steps = digest.fields().work(secret_length).steps;
    let rough = scaled(sample(digest.algorithm()), steps);
    if rough < limit / SLOWEST || (rough > limit && !limit.is_zero()) {
        return rough;
    }
    match digest.fields().sample() {
        Some(larger) if larger.work(0).memory <= LARGEST_SAMPLE => {
            let name = format!("{} {:?}", larger.algorithm(), larger.parameters());
            // Once, since the first use of memory takes its share of the time of a digest, and a second
            // sample would get memory that has been used.
            scaled(remembered(name, || measured(&*larger, 1)), steps)
        }
        _ => rough,
    }
}

/// Memory that fits into most caches of one core.
const CACHE: u64 = 1 << 20;

/// The maximum memory of a sample; only digests with many lanes have larger ones.
const LARGEST_SAMPLE: u64 = 32 << 20;

/// The time of a number of steps.
#[derive(Clone, Copy)]
struct Sample {
    time: Duration,
    steps: u128,
}

/// Scales a sample to a number of steps.
fn scaled(sample: Sample, steps: u128) -> Duration {
    nanoseconds(steps.saturating_mul(sample.time.as_nanos()) / sample.steps.max(1))
}

fn nanoseconds(count: u128) -> Duration {
    Duration::from_nanos(u64::try_from(count).unwrap_or(u64::MAX))
}

/// Measures a batch of small digests of the same kind: of `count` if that is not too many. Fewer take longer
/// each, since lanes and cores remain idle.
fn sample_of_batch(digest: &Digest, count: usize) -> Sample {
    /// At least the digests that a core computes side by side, with any format and kernel.
    const MANY: usize = 32;
    /// Enough for the instances of scrypt, for samples that take longer.
    const FEW: usize = 16;
    let algorithm = digest.algorithm();
    let (small, most) = match digest.fields().sample() {
        Some(small) if small.work(0).memory <= LARGEST_SAMPLE => {
            (small.to_string(), if small.work(0).memory > CACHE { FEW } else { MANY })
        }
        _ => (algorithm.format().sample(algorithm), MANY),
    };
    let count = count.min(cores() * most);
    match small.parse::<Digest>() {
        Ok(digest) => remembered(format!("{count} {small}"), || measured_batch(&digest, count)),
        Err(_) => sample(algorithm),
    }
}

/// Derives the keys of a batch and returns the shorter time of two, or the first if it uses memory: the
/// first use takes its share.
fn measured_batch(digest: &Digest, count: usize) -> Sample {
    let secret = Secret::from(SECRET.to_vec());
    let work = digest.fields().work(SECRET.len());
    let times = if work.memory > CACHE { 1 } else { 2 };
    let pairs = vec![(&secret, digest); count];
    let time = shortest(times, || derive_many(&pairs));
    Sample { time, steps: work.steps * count as u128 }
}

/// Measures a small sample of an algorithm.
fn sample(algorithm: Algorithm) -> Sample {
    remembered(algorithm.name().to_owned(), || {
        match algorithm.format().sample(algorithm).parse::<Digest>() {
            Ok(digest) => measured(digest.fields(), 3),
            Err(_) => Sample { time: Duration::ZERO, steps: 1 },
        }
    })
}

/// Returns a sample by its name, measured once in a process.
fn remembered(name: String, measure: impl FnOnce() -> Sample) -> Sample {
    static SAMPLES: Mutex<BTreeMap<String, Sample>> = Mutex::new(BTreeMap::new());
    let mut samples = SAMPLES.lock().unwrap_or_else(PoisonError::into_inner);
    *samples.entry(name).or_insert_with(measure)
}

/// The secret of a sample.
const SECRET: &[u8] = b"sample";

/// Derives a key `times` times and returns the shortest time. A failed derivation counts too: its
/// time is the time that a caller would wait.
fn measured(digest: &dyn DigestFields, times: u32) -> Sample {
    let steps = digest.work(SECRET.len()).steps;
    Sample { time: shortest(times, || digest.derive(SECRET)), steps }
}

/// Returns the shortest time of several runs: other processes can only make a time longer.
fn shortest<T>(times: u32, mut run: impl FnMut() -> T) -> Duration {
    let times = (0..times).map(|_| {
        let start = Instant::now();
        let _ = std::hint::black_box(run());
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, limits: &Limits) -> Result<(), LimitError> {
        limits.check(&text.parse().unwrap(), 72)
    }

    #[test]
    fn a_digest_over_the_limits_is_refused_with_the_parameter() {
        let blamed = |text: &str| match check(text, &Limits::default()) {
            Err(LimitError::TooLarge { parameter, .. } | LimitError::TooSlow { parameter, .. }) => {
                parameter
            }
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
        assert!(matches!(check(&text, &Limits::default()), Err(LimitError::TooSlow { .. })));
    }

    #[test]
    fn lifted_limits_let_it_pass() {
        let limits = Limits { memory: u64::MAX, time: Duration::MAX };
        assert_eq!(
            check("$argon2id$v=19$m=4294967295,t=9,p=1$c2FsdHNhbHQ$a2V5a2V5", &limits),
            Ok(())
        );
    }

    #[test]
    fn digests_that_have_the_machine_to_themselves_take_the_sum_of_their_times() {
        for text in [
            "$argon2id$v=19$m=262144,t=2,p=1$c2FsdHNhbHQ$a2V5a2V5",
            "$scrypt$ln=17,r=8,p=1$c2FsdHNhbHQ$a2V5a2V5",
        ] {
            let digest = text.parse().unwrap();
            assert_eq!(estimate_many(&digest, 10, 72), estimate(&digest, 72) * 10, "{text}");
        }
    }

    #[test]
    fn the_estimate_of_a_batch_has_a_maximum() {
        let digest = "$pbkdf2-sha512$4294967295$c2FsdA$a2V5".parse().unwrap();
        assert_eq!(estimate_many(&digest, usize::MAX, 72), Duration::from_nanos(u64::MAX));
        assert_eq!(estimate_many(&digest, 0, 72), Duration::ZERO);
    }
}
