//! Locks: a file that this program holds open cannot be opened for writing by another process.
//!
//! Why not `LockFileEx`? Its locks also keep others from reading, and this process itself if it opens the file
//! again, which it does to check what it has written.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

/// Other processes may read, rename and remove the file (`FILE_SHARE_READ | FILE_SHARE_DELETE`), but not write to it.
const READ_AND_DELETE: u32 = 1 | 4;

/// Result of an attempt to lock a file.
pub(crate) enum Lock {
    Held,
    /// Another process holds the lock.
    #[expect(dead_code, reason = "here the file cannot be opened then")]
    Busy,
    /// The file system has no locks.
    #[expect(dead_code, reason = "every file system of Windows has them")]
    Unsupported,
}

/// Creates a file that is locked until it is closed. A name that is taken is an error.
pub(crate) fn create(name: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).share_mode(READ_AND_DELETE).open(name)
}

/// Opens a file that is locked until it is closed, without following a link.
pub(crate) fn open(name: &Path) -> io::Result<File> {
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    let mut options = OpenOptions::new();
    options.read(true).write(true).share_mode(READ_AND_DELETE);
    options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(name)
}

/// Whether a file could not be opened because another process holds its lock.
pub(crate) fn is_busy(error: &io::Error) -> bool {
    const ERROR_SHARING_VIOLATION: i32 = 32;
    error.raw_os_error() == Some(ERROR_SHARING_VIOLATION)
}

/// Does nothing: the file is locked while it is open.
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
pub(crate) fn lock(_: &File) -> io::Result<Lock> {
    Ok(Lock::Held)
}

/// Windows does not tell which process holds a lock.
pub(crate) fn holder(_: &Path) -> Option<u32> {
    None
}
