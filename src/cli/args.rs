//! Arguments that several commands share. No file here imports a command, so that each group can be
//! read on its own.

pub(crate) mod alphabet;
pub(crate) mod at;
pub(crate) mod configuration_files;
pub(crate) mod digest;
pub(crate) mod digest_source;
pub(crate) mod limits;
pub(crate) mod live;
pub(crate) mod random_secret;
pub(crate) mod resolve;
pub(crate) mod secret;
pub(crate) mod secret_command;
pub(crate) mod values;
