//! The search for matching pairs of secrets and digests, in rounds that fill the lanes of all cores.

use crate::cost::Limits;
use crate::digest::Digest;
use crate::error::Error;
use crate::kernel::cores;
use crate::secret::Secret;
use crate::verify::{Verdict, verify_many};

/// The pairs of a round for each core: twice the lanes that AVX-512 has for SHA-512. Why not all pairs
/// in one round? Between two rounds the search can stop and report its progress.
const PAIRS_PER_CORE: usize = 16;

/// Verifies pairs in rounds until `is_done` returns true for the verdicts so far; after each round it
/// calls `progress` with the number of verified pairs and of all pairs.
pub(super) fn verify_in_rounds(
    pairs: &[(&Secret, &Digest)],
    limits: &Limits,
    is_done: impl Fn(&[Result<Verdict, Error>]) -> bool,
    progress: &mut dyn FnMut(usize, usize),
) -> Vec<Result<Verdict, Error>> {
    let mut verdicts = Vec::with_capacity(pairs.len());
    for round in pairs.chunks(pairs_per_round()) {
        verdicts.extend(verify_many(round, limits));
        progress(verdicts.len(), pairs.len());
        if is_done(&verdicts) {
            break;
        }
    }
    verdicts
}

/// Returns the number of pairs of a round.
pub(super) fn pairs_per_round() -> usize {
    PAIRS_PER_CORE * cores()
}
