//! Prompt for a secret on the console, without echo.
//!
//! Why is this not the prompt of Unix? There the terminal edits the line and echo is a flag of it. Here the crate
//! inquire reads single keys, of which Ctrl-C is one, and restores the console however the question ends.

use std::fs::OpenOptions;

use inquire::ui::RenderConfig;
use inquire::{InquireError, Password, PasswordDisplayMode};
use zeroize::Zeroizing;

use crate::cli::failure::Failure;

/// The number of the signal that Ctrl-C is on other systems.
const SIGINT: i32 = 2;

/// The console of this process.
pub(crate) struct Prompt(());

impl Prompt {
    /// Checks that there is a console.
    pub(crate) fn open() -> Result<Self, Failure> {
        match OpenOptions::new().read(true).write(true).open("CONIN$") {
            Ok(_) => Ok(Self(())),
            Err(_) => Err(Failure::new("no terminal to prompt for the secret")
                .hint("use --secret-file PATH, --secret-env NAME or a pipe")),
        }
    }

    /// Prints a question and reads the answer, without its line end.
    #[expect(clippy::unused_self, reason = "on Unix the settings of the terminal are in it")]
    pub(crate) fn ask(&mut self, question: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let password = Password::new(question)
            .with_render_config(RenderConfig::empty())
            .with_display_mode(PasswordDisplayMode::Hidden)
            .without_confirmation();
        match password.prompt() {
            Ok(secret) => Ok(Zeroizing::new(secret.into_bytes())),
            Err(InquireError::OperationInterrupted) => Err(Failure::Interrupted { signal: SIGINT }),
            Err(InquireError::OperationCanceled) => Err(Failure::new("no secret was entered")),
            Err(error) => Err(Failure::new(format!("cannot use the terminal: {error}"))
                .hint("use --secret-file PATH, --secret-env NAME or a pipe")),
        }
    }
}
