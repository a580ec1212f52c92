//! Metadata of a file, with its identity and the number of its links (`stat(2)`).

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

pub(crate) struct Status(Metadata);

impl Status {
    /// Looks at the file that a path leads to.
    pub(crate) fn of_target(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(Self)
    }

    /// Looks at what has this name, which may be a symbolic link.
    pub(crate) fn of_name(path: &Path) -> io::Result<Self> {
        fs::symlink_metadata(path).map(Self)
    }

    /// Looks at an open file.
    pub(crate) fn of_file(file: &File) -> io::Result<Self> {
        file.metadata().map(Self)
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.0
    }

    /// Number of hard links.
    pub(crate) fn links(&self) -> u64 {
        self.0.nlink()
    }

    /// Whether both are links to one file.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.0.dev(), self.0.ino()) == (other.0.dev(), other.0.ino())
    }
}
