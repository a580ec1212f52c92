//! The standard streams without the standard library's buffers, where secrets would stay unwiped.

use std::fs::File;
use std::io::{self, stderr, stdin, stdout};
use std::os::fd::AsFd;

use oidc_secret::kernel::closed_streams;

/// Standard output for what may be a secret.
pub(crate) type Output = File;

/// Returns a copy of standard input.
pub(crate) fn input() -> io::Result<File> {
    stdin().as_fd().try_clone_to_owned().map(File::from)
}

/// Returns a copy of standard output.
pub(crate) fn output() -> io::Result<Output> {
    output_file()
}

/// Returns a copy of standard output, to compare it with a file.
pub(crate) fn output_file() -> io::Result<File> {
    stdout().as_fd().try_clone_to_owned().map(File::from)
}

/// Returns a copy of standard error, to compare it with a file.
pub(crate) fn error_file() -> io::Result<File> {
    stderr().as_fd().try_clone_to_owned().map(File::from)
}

/// Whether standard output was closed when the process began.
pub(crate) fn is_output_closed() -> bool {
    closed_streams::stdout()
}

/// Whether standard error was closed when the process began.
pub(crate) fn is_error_closed() -> bool {
    closed_streams::stderr()
}
