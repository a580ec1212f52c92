//! Mount points.

use std::path::Path;

/// Whether a file is a mount point of its own, as in containers: it is on another mount than its folder. Such a
/// file cannot be replaced by a rename.
#[cfg(target_os = "linux")]
pub(crate) fn is_mounted(file: &Path, folder: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let mount = |path: &Path| {
        let found = statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
        (found.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some(found.stx_mnt_id)
    };
    mount(file).zip(mount(folder)).is_some_and(|(file, folder)| file != folder)
}

/// Other systems do not tell it; the rename itself fails there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_mounted(_: &Path, _: &Path) -> bool {
    false
}
