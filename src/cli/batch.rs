//! Number of digests that are computed together.

use super::machine::cores;

/// Returns the number of digests that are computed together: enough to fill every lane of every
/// core four times, so that no core is idle for long at the end of a batch, and few enough that
/// results appear while input is still being read.
pub(crate) fn batch_size() -> usize {
    const MOST_LANES: usize = 16;
    4 * MOST_LANES * cores() as usize
}
