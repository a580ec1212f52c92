//! Messages, prompts and progress on a terminal.

pub(crate) mod output;
pub(crate) mod progress;
pub(crate) mod questions;
pub(crate) mod visible;
