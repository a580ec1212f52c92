//! Mount points, which are always folders on Windows.

use std::path::Path;

pub(crate) fn is_mounted(_: &Path, _: &Path) -> bool {
    false
}
