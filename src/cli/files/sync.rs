//! Writing to the disk, as far as the file system can.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::cli::files::temporary::folder;
use crate::cli::platform::unsupported::is_unsupported;

/// Writes a file's contents to the disk.
///
/// Some file systems cannot (`fsync(2)`, EINVAL). The rename is atomic there too, so this is not an error:
/// only a power failure may lose the contents.
pub(super) fn sync(file: &File) -> io::Result<()> {
    file.sync_all().or_else(|error| if is_unsupported(&error) { Ok(()) } else { Err(error) })
}

/// Makes the rename of a file durable. An error is ignored: a file system that cannot sync a folder does not
/// need it, and the rename is done.
pub(super) fn sync_folder_of(path: &Path) {
    let _ = File::open(folder(path)).and_then(|folder| folder.sync_all());
}
