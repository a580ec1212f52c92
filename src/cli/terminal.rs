//! Messages, prompts and progress on a terminal.

pub(crate) mod confirm;
pub(crate) mod output;
pub(crate) mod progress;
pub(crate) mod prompt;
pub(crate) mod visible;
