//! Owner, group and mode of a file that replaces another one.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use rustix::fs::{Gid, Mode, Uid, fchmod, fchown};

/// Copies owner and group. Only root can give a file away; for others this succeeds only if nothing
/// changes.
pub(super) fn copy_owner(new: &File, old: &Metadata) -> io::Result<()> {
    let ours = new.metadata()?;
    if (ours.uid(), ours.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    let (owner, group) = (Uid::from_raw(old.uid()), Gid::from_raw(old.gid()));
    Ok(fchown(new, Some(owner), Some(group))?)
}

/// Copies the mode. A file system without modes, such as FAT, refuses every change; all of its files have
/// the same one.
pub(super) fn copy_mode(new: &File, old: &Metadata) -> io::Result<()> {
    let mode = old.permissions().mode() & 0o7777;
    if new.metadata()?.permissions().mode() & 0o7777 == mode {
        return Ok(());
    }
    Ok(fchmod(new, Mode::from_raw_mode(mode))?)
}
