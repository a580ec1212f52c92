//! Owner, group and mode of files.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

/// Creates a file that no other user can read. A name that is taken is an error.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Creates a folder that no other user can enter.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Whether every user of the machine may read a file.
pub(crate) fn is_public(found: &Metadata) -> bool {
    found.permissions().mode() & 0o004 != 0
}

/// Lets every user of the machine read a file.
pub(crate) fn make_public(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o644))
}

/// Copies owner and group. Only root can give a file away; for others this succeeds only if nothing
/// changes.
pub(crate) fn copy_owner(new: &File, old: &Metadata) -> io::Result<()> {
    let ours = new.metadata()?;
    if (ours.uid(), ours.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(new, Some(old.uid()), Some(old.gid()))
}

/// Copies the mode. A file system without modes, such as FAT, refuses every change; all of its files have
/// the same one.
pub(crate) fn copy_mode(new: &File, old: &Metadata) -> io::Result<()> {
    let mode = old.permissions().mode() & 0o7777;
    if new.metadata()?.permissions().mode() & 0o7777 == mode {
        return Ok(());
    }
    new.set_permissions(Permissions::from_mode(mode))
}
