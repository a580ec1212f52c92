//! Core dumps.

/// Does nothing: Windows writes a dump of a program that crashed only if an administrator asked for it, and a
/// program cannot refuse.
pub(crate) fn forbid() {}
