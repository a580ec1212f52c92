//! Windows. What it does not have, such as modes and owners, is neither checked nor copied here.

pub(crate) mod attributes;
pub(crate) mod core_dump;
pub(crate) mod file_type;
pub(crate) mod line_editing;
pub(crate) mod lock;
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
