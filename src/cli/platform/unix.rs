//! Unix: Linux, on which everything is tested, and the others.

pub(crate) mod attributes;
pub(crate) mod core_dump;
pub(crate) mod file_type;
pub(crate) mod line_editing;
pub(crate) mod lock;
#[cfg(target_os = "linux")]
mod lock_holder;
pub(crate) mod mount;
pub(crate) mod ownership;
pub(crate) mod path;
pub(crate) mod permissions;
pub(crate) mod prompt;
pub(crate) mod signals;
pub(crate) mod status;
pub(crate) mod streams;
pub(crate) mod terminal;
pub(crate) mod unsupported;
