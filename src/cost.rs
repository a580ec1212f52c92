//! What a digest costs to compute on this machine, and limits on it.
//!
//! A digest is untrusted input: one that asks for 4 TiB or a year must be refused before it is
//! computed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::digest::{Algorithm, Digest};
use crate::error::Error;

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
    /// Refuses a digest that costs more than the limits for a secret of this length, in bytes; what
    /// it costs is estimated, not tried.
    ///
    /// # Errors
    /// [`Error::TooLarge`] and [`Error::TooSlow`], with the parameter that is to blame.
    pub fn check(&self, digest: &Digest, secret_length: usize) -> Result<(), Error> {
        let work = digest.contents().work(secret_length);
        if work.memory > self.memory {
            let (needed, limit) = (work.memory, self.memory);
            return Err(Error::TooLarge { parameter: work.memory_parameter, needed, limit });
        }
        let limit = self.time;
        let estimate = estimate_up_to(digest, secret_length, limit);
        if estimate > limit {
            return Err(Error::TooSlow { parameter: work.parameter, estimate, limit });
        }
        Ok(())
    }
}

/// The time that a digest takes to compute on this machine, for a secret of this length in bytes,
/// judged from a sample of some milliseconds.
#[must_use]
pub fn estimate(digest: &Digest, secret_length: usize) -> Duration {
    estimate_up_to(digest, secret_length, Duration::ZERO)
}

/// The same, exact only if it is near the limit or below it.
///
/// A sample fits into a cache and much memory does not, so that a digest near the limit gets a
/// larger sample, of its own kind.
fn estimate_up_to(digest: &Digest, secret_length: usize, limit: Duration) -> Duration {
    /// More than real memory, and the plain code for unusual parameters, make of a step's time.
    const SLOWEST: u32 = 16;
    let steps = digest.contents().work(secret_length).steps;
    let rough = scaled(sample(digest.algorithm()), steps);
    if rough < limit / SLOWEST || (rough > limit && !limit.is_zero()) {
        return rough;
    }
    match digest.contents().sample() {
        Some(larger) if larger.contents().work(0).memory <= LARGEST_SAMPLE => {
            let name = format!("{} {:?}", larger.algorithm(), larger.parameters());
            scaled(remembered(name, || measured(&larger, 2)), steps)
        }
        _ => rough,
    }
}

/// More memory than this takes too long to try: what asks for it asks for many lanes.
const LARGEST_SAMPLE: u64 = 32 << 20;

/// How long some steps took.
#[derive(Clone, Copy)]
struct Sample {
    time: Duration,
    steps: u128,
}

/// The time for so many steps.
fn scaled(sample: Sample, steps: u128) -> Duration {
    let nanoseconds = steps.saturating_mul(sample.time.as_nanos()) / sample.steps.max(1);
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

/// A small sample of an algorithm.
fn sample(algorithm: Algorithm) -> Sample {
    remembered(algorithm.name().to_owned(), || match small(algorithm).parse() {
        Ok(digest) => measured(&digest, 3),
        Err(_) => Sample { time: Duration::ZERO, steps: 1 },
    })
}

/// A sample by its name, measured once a process.
fn remembered(name: String, measure: impl FnOnce() -> Sample) -> Sample {
    static SAMPLES: Mutex<BTreeMap<String, Sample>> = Mutex::new(BTreeMap::new());
    let mut samples = SAMPLES.lock().unwrap_or_else(PoisonError::into_inner);
    *samples.entry(name).or_insert_with(measure)
}

/// A digest that takes a millisecond or less.
fn small(algorithm: Algorithm) -> String {
    let dots = ".".repeat(53);
    match algorithm {
        Algorithm::Pbkdf2(_) => format!("${algorithm}$512$c2FsdHNhbHQ$c2FtcGxl"),
        Algorithm::Argon2(_) => format!("${algorithm}$v=19$m=512,t=1,p=1$c2FsdHNhbHQ$c2FtcGxl"),
        Algorithm::Bcrypt => format!("$2b$04${dots}"),
        Algorithm::BcryptSha256 => {
            format!("$bcrypt-sha256$v=2,t=2b,r=4${}${}", &dots[..22], &dots[22..])
        }
        Algorithm::Scrypt => "$scrypt$ln=7,r=8,p=1$c2FsdHNhbHQ$c2FtcGxl".to_owned(),
        Algorithm::Yescrypt => format!("$y$j45$saltsalt${}", &dots[..43]),
        Algorithm::Sha512Crypt => "$6$rounds=500$saltsalt$key".to_owned(),
        Algorithm::Sha256Crypt => "$5$rounds=500$saltsalt$key".to_owned(),
        Algorithm::SunMd5 => "$md5$saltsalt$$key".to_owned(),
        Algorithm::Sha1Crypt => "$sha1$500$saltsalt$key".to_owned(),
        Algorithm::Md5Crypt => "$1$saltsalt$key".to_owned(),
        Algorithm::Apr1 => "$apr1$saltsalt$key".to_owned(),
        Algorithm::Plaintext => "$plaintext$key".to_owned(),
        Algorithm::Base64 => "$base64$a2V5".to_owned(),
    }
}

/// Derives a key, so many times; the time counts whatever comes out.
fn measured(digest: &Digest, times: u32) -> Sample {
    const SECRET: &[u8] = b"sample";
    let steps = digest.contents().work(SECRET.len()).steps;
    let time = (0..times).map(|_| {
        let start = Instant::now();
        let _ = std::hint::black_box(digest.contents().derive(SECRET));
        start.elapsed()
    });
    // Other processes can only make a time longer.
    Sample { time: time.min().unwrap_or_default(), steps }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Field;

    fn check(text: &str, limits: &Limits) -> Result<(), Error> {
        limits.check(&text.parse().unwrap(), 72)
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
