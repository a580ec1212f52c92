//! Operations that a file system does not have.

use std::io;

use rustix::io::Errno;

/// Whether an error means that the file system does not have an operation.
pub(crate) fn is_unsupported(error: &io::Error) -> bool {
    let unsupported = [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP];
    Errno::from_io_error(error).is_some_and(|error| unsupported.contains(&error))
}
