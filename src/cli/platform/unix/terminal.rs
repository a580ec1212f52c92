//! What a terminal can do.

use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

/// Returns the number of columns; `None` if a stream is not a terminal.
pub(crate) fn columns(stream: impl AsFd) -> Option<usize> {
    tcgetwinsize(stream).ok().map(|size| usize::from(size.ws_col))
}

/// Whether terminals obey escape sequences (ECMA-48). One that does not has `TERM=dumb`.
pub(crate) fn obeys_escapes() -> bool {
    true
}
