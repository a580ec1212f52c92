//! The terminal while the crate inquire edits a line on it: every key reaches the program at once, without echo.
//!
//! The crate puts the settings back when a question ends, but not if a signal ends the process.

use std::io::{self, Write, stderr, stdin};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::signals::before_end;
use crate::cli::failure::{Failure, reason};

/// A question that is being asked, until dropped.
pub(crate) struct LineEditing(());

impl LineEditing {
    /// Notes the settings of the terminal.
    pub(crate) fn begin() -> Result<Self, Failure> {
        before_end("line editing", restore).map_err(|error| unusable(&error))?;
        let settings = tcgetattr(stdin()).map_err(|error| unusable(&error.into()))?;
        *before() = Some(settings);
        Ok(Self(()))
    }
}

impl Drop for LineEditing {
    fn drop(&mut self) {
        *before() = None;
    }
}

/// The settings before the question that is being asked. A static, because a signal is for the whole process.
fn before() -> MutexGuard<'static, Option<Termios>> {
    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts back the settings of the terminal and shows the cursor, if a question is being asked. If the terminal is
/// gone, nothing can be done.
fn restore() {
    let before = before();
    if let Some(settings) = &*before {
        let _ = tcsetattr(stdin(), OptionalActions::Flush, settings);
        let _ = stderr().write_all(b"\x1b[?25h\n");
    }
    // It stays locked, so that no other question begins before the process ends.
    std::mem::forget(before);
}

fn unusable(error: &io::Error) -> Failure {
    Failure::new(format!("cannot use the terminal: {}", reason(error)))
}
