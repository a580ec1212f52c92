//! Paths for the user to read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Returns the absolute path of a file that exists, with symbolic links resolved.
pub(crate) fn real_path(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}
