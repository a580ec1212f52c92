//! The numbers of clients and settings, by which a problem names them.

use std::collections::BTreeSet;

/// Returns the numbers in the file, counted from 1, of the parts that a variant has. Both arguments are
/// variants of parts: of all in the file, and of those in the resolved application, which keep their order.
pub(super) fn numbers<'a>(
    of_file: impl Iterator<Item = &'a Option<String>>,
    resolved: impl Iterator<Item = &'a Option<String>>,
) -> Vec<usize> {
    let kept: BTreeSet<_> = resolved.collect();
    let numbered = of_file.zip(1..).filter(|(variant, _)| kept.contains(variant));
    numbered.map(|(_, number)| number).collect()
}
