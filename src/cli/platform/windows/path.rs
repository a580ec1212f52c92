//! Paths for the user to read.

use std::io;
use std::path::{Path, PathBuf};

/// Returns the absolute path of a file that exists, with symbolic links resolved: `C:\folder\file` where
/// `std::fs::canonicalize` returns `\\?\C:\folder\file`.
pub(crate) fn real_path(path: &Path) -> io::Result<PathBuf> {
    dunce::canonicalize(path)
}
