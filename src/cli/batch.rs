//! The number of digests that are computed together.

use super::machine::cores;

/// The most digests that are computed together: enough to fill every lane of every core four times,
/// and few enough for results to come while the input goes on.
pub(crate) fn batch_size() -> usize {
    const MOST_LANES: usize = 16;
    4 * MOST_LANES * cores() as usize
}
