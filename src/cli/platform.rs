//! The systems that the command line runs on. Only this folder knows which one it is: `unix` and `windows` have the
//! same modules with the same functions, and the rest of the command line calls those.
//!
//! The functions are as small as they can be, so that the protocol of the files and the texts of the messages are
//! written once, above this folder.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as system;

#[cfg(not(any(unix, windows)))]
compile_error!(
    "the command line needs Unix or Windows; the library alone builds with --no-default-features"
);

pub(crate) use system::{
    attributes, core_dump, file_type, line_editing, lock, mount, ownership, path, permissions,
    prompt, signals, status, streams, terminal, unsupported,
};
