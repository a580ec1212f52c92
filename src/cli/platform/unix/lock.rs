//! Advisory locks (`flock(2)`).

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

#[cfg(target_os = "linux")]
pub(crate) use super::lock_holder::holder;
use super::permissions::create_private;
use super::unsupported::is_unsupported;

/// Result of an attempt to lock a file.
pub(crate) enum Lock {
    Held,
    /// Another process holds the lock.
    Busy,
    /// The file system has no locks: Lustre without the mount option `flock`, NFS without `lockd`, some
    /// file systems in user space.
    Unsupported,
}

/// Creates a private file to be locked. A name that is taken is an error.
pub(crate) fn create(name: &Path) -> io::Result<File> {
    create_private(name)
}

/// Opens a file to be locked, without following a link or waiting for the other end of a FIFO.
pub(crate) fn open(name: &Path) -> io::Result<File> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
    OpenOptions::new().read(true).custom_flags(flags).open(name)
}

/// Whether a file could not be opened because another process holds its lock. Here a lock does not keep anyone
/// from opening a file.
pub(crate) fn is_busy(_: &io::Error) -> bool {
    false
}

/// Locks a file without waiting.
pub(crate) fn lock(file: &File) -> io::Result<Lock> {
    match flock(file, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from) {
        Ok(()) => Ok(Lock::Held),
        Err(error) => match Errno::from_io_error(&error) {
            Some(Errno::WOULDBLOCK) => Ok(Lock::Busy),
            Some(Errno::NOLCK) => Ok(Lock::Unsupported),
            _ if is_unsupported(&error) => Ok(Lock::Unsupported),
            _ => Err(error),
        },
    }
}

/// Other systems do not tell which process holds a lock.
#[cfg(not(target_os = "linux"))]
pub(crate) fn holder(_: &Path) -> Option<u32> {
    None
}
