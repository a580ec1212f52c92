//! The arguments that several commands share. They know no command.

pub(crate) mod alphabet;
pub(crate) mod digest;
pub(crate) mod digest_source;
pub(crate) mod random_secret;
pub(crate) mod secret;
pub(crate) mod values;
