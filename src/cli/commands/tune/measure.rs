//! Measurements of digests, alone and in a batch, in milliseconds.

use std::time::{Duration, Instant};

use oidc_secret::{Parameters, Secret, hash, hash_many};

use super::growth::{Growth, Step};
use super::work_factor::WorkFactor;
use crate::cli::batch::batch_size;
use crate::cli::failure::Failure;

/// Times per digest of a batch, divided by the time of a digest alone.
#[derive(Clone, Copy)]
pub(super) struct Batch {
    /// Of one core.
    pub(super) core: f64,
    /// Of all cores of the machine.
    pub(super) all: f64,
}

/// Measures the growth of the time from one or two small costs.
pub(super) fn growth(work: &WorkFactor) -> Result<Growth, Failure> {
    let first = time(&work.with(work.start)?)?;
    // Only passes have a time without work: the first one also takes the memory.
    Ok(match (work.step, work.start) {
        (Step::One, 1) => Growth::linear(work.start, first, time(&work.with(2)?)?),
        _ => Growth::proportional(work.step, work.start, first),
    })
}

/// Measures a digest: the minimum of several, since other load only makes it longer, but of fewer if they
/// take long.
pub(super) fn time(parameters: &Parameters) -> Result<f64, Failure> {
    const SAMPLES: u32 = 5;
    const LONG: Duration = Duration::from_millis(300);
    let secret = secret();
    let (begin, mut best) = (Instant::now(), Duration::MAX);
    for _ in 0..SAMPLES {
        let start = Instant::now();
        hash(&secret, parameters)?;
        best = best.min(start.elapsed());
        if begin.elapsed() > LONG {
            break;
        }
    }
    Ok(milliseconds(best))
}

/// Measures a batch of the size that `hash --batch` has. The times of one digest and of a batch grow alike, so
/// that a small cost is measured unless the memory changes with it; what would take long is estimated.
pub(super) fn batch(
    work: &WorkFactor,
    chosen: u32,
    growth: &Growth,
    cores: u32,
) -> Result<Batch, Failure> {
    const LONG: Duration = Duration::from_secs(2);
    let cost = if work.needs_memory() { chosen } else { work.start };
    let (parameters, count, one) = (work.with(cost)?, batch_size(), growth.time(cost));
    let mut total = parameters.estimate_many(count)?;
    if total <= LONG {
        let secrets = vec![secret(); count];
        let start = Instant::now();
        hash_many(&secrets, &parameters)?;
        total = start.elapsed();
    }
    // A digest that has the machine to itself takes as long as alone, and not all cores may be in use.
    let all = (milliseconds(total / u32::try_from(count).unwrap_or(u32::MAX)) / one).min(1.0);
    let core = (all * f64::from(cores)).min(work.cores_of_one(cores).into());
    Ok(Batch { core, all })
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Returns a secret of the length that `new` gives one.
fn secret() -> Secret {
    Secret::from(vec![b'x'; 72])
}
