//! Messages, prompts and progress on a terminal.

pub(crate) mod line_editing;
pub(crate) mod output;
pub(crate) mod progress;
pub(crate) mod prompt;
pub(crate) mod questions;
pub(crate) mod signals;
pub(crate) mod visible;
