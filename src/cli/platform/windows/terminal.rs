//! What a console can do.

use std::os::windows::io::AsHandle;

/// Returns the number of columns; `None` if a stream is not a console.
pub(crate) fn columns(stream: impl AsHandle) -> Option<usize> {
    terminal_size::terminal_size_of(stream).map(|(columns, _)| usize::from(columns.0))
}

/// Whether the console obeys escape sequences (ECMA-48), which it does not before Windows 10. It has to be asked to.
pub(crate) fn obeys_escapes() -> bool {
    anstyle_query::windows::enable_ansi_colors() == Some(true)
}
