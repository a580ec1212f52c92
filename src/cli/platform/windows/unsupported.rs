//! Operations that a file system does not have.

use std::io::{self, ErrorKind};

/// Whether an error means that the file system does not have an operation.
pub(crate) fn is_unsupported(error: &io::Error) -> bool {
    /// The error of file systems that do not know a request.
    const ERROR_INVALID_FUNCTION: i32 = 1;
    error.kind() == ErrorKind::Unsupported || error.raw_os_error() == Some(ERROR_INVALID_FUNCTION)
}
