//! Time of an answer: a provider that checks a secret computes a digest first.

use std::time::Duration;

use super::answer::Answer;

/// Shorter digests cannot be told from the network's delays.
const MIN_COST: Duration = Duration::from_millis(20);

/// Whether a provider computed the client's digest, by the time of its answer. The provider's machine may
/// be faster or slower than this one, so that this is never a proof; `None` if it cannot be told.
///
/// `baseline` is the time of an answer without a digest.
pub(super) fn has_checked_digest(
    answer: &Answer,
    baseline: Duration,
    cost: Option<Duration>,
) -> Option<bool> {
    let cost = cost.filter(|cost| *cost >= MIN_COST)?;
    if answer.elapsed < cost / 4 {
        Some(false)
    } else if answer.elapsed.saturating_sub(baseline) >= cost / 2 {
        Some(true)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quick_answer_comes_without_a_digest() {
        let checked = |elapsed, baseline, cost: Option<u64>| {
            let answer = Answer { elapsed: Duration::from_millis(elapsed), ..Answer::default() };
            let cost = cost.map(Duration::from_millis);
            has_checked_digest(&answer, Duration::from_millis(baseline), cost)
        };
        assert_eq!(checked(5, 3, Some(100)), Some(false));
        assert_eq!(checked(110, 10, Some(100)), Some(true));
        assert_eq!(checked(110, 90, Some(100)), None, "a slow network");
        assert_eq!(checked(30, 3, Some(100)), None);
        assert_eq!(checked(1, 1, Some(10)), None);
        assert_eq!(checked(1, 1, None), None);
    }
}
