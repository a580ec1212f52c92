//! Renames that replace nothing.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use tempfile::{PathPersistError, TempPath};

use crate::cli::platform::permissions::create_private;

/// Renames a file to a name that is free.
///
/// Linux does it in one step (`RENAME_NOREPLACE`). Without that, a hard link and a removal do the same.
/// Some file systems have neither, such as exFAT in user space: there an empty file takes the name first,
/// so that a file of another process is never replaced.
pub(super) fn rename_new(name: TempPath, path: &Path) -> io::Result<()> {
    let renamed = name.persist_noclobber(path).or_else(|error| match error.error.kind() {
        ErrorKind::AlreadyExists => Err(error),
        _ => rename_over_empty(error.path, path),
    });
    renamed.map_err(|error| error.error)
}

fn rename_over_empty(name: TempPath, path: &Path) -> Result<(), PathPersistError> {
    if let Err(error) = create_private(path) {
        return Err(PathPersistError { error, path: name });
    }
    name.persist(path).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}
