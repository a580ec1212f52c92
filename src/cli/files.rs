//! Files that are written: whole or not at all.

pub(crate) mod diff;
pub(crate) mod replace;
pub(crate) mod secret_file;
pub(crate) mod temporary;
