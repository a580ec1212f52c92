//! Access rights of files. Windows has lists of them instead of modes, and a new file takes over the list of its
//! folder. In a folder of the user that list has the user, the system and the administrators.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a file with the access rights of its folder. A name that is taken is an error.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Creates a folder with the access rights of the folder that it is in.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// Whether every user of the machine may read a file: not checked here.
pub(crate) fn is_public(_: &Metadata) -> bool {
    false
}

#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
pub(crate) fn make_public(_: &File) -> io::Result<()> {
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
pub(crate) fn copy_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
pub(crate) fn copy_mode(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}
