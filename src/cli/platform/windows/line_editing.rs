//! The console while the crate inquire edits a line on it.

use crate::cli::failure::Failure;

/// A question that is being asked, until dropped. Here the crate itself restores the console: Ctrl-C is a key while
/// a line is edited, not a signal.
pub(crate) struct LineEditing(());

impl LineEditing {
    #[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
    pub(crate) fn begin() -> Result<Self, Failure> {
        Ok(Self(()))
    }
}
