//! Questions whose answers are no secrets, on a terminal.
//!
//! The crate inquire edits the line and filters the list. Secrets are asked for by
//! [`crate::cli::platform::prompt`], which holds signals back and wipes what was typed.

use std::fmt::Display;
use std::io::{IsTerminal, stderr, stdin, stdout};
use std::panic::{self, AssertUnwindSafe};

use inquire::error::{InquireError, InquireResult};
use inquire::ui::RenderConfig;
use inquire::validator::Validation;
use inquire::{Confirm, Select, Text};

use crate::cli::failure::Failure;
use crate::cli::platform::line_editing::LineEditing;
use crate::cli::terminal::output;

/// The number of the signal that Ctrl-C sends.
const SIGINT: i32 = 2;

/// Whether questions can be asked: a script has no terminal, and a pipe would get no answer.
pub(crate) fn can_ask() -> bool {
    stdin().is_terminal() && stdout().is_terminal() && stderr().is_terminal()
}

/// Whether only the redirection of standard output keeps questions from being asked.
pub(crate) fn is_redirected() -> bool {
    stdin().is_terminal() && stderr().is_terminal() && !stdout().is_terminal()
}

/// Asks for a text that passes a check, and shows a proposal that Enter takes.
pub(crate) fn text(
    question: &str,
    proposal: Option<&str>,
    check: impl Fn(&str) -> Result<(), String> + Clone + 'static,
) -> Result<String, Failure> {
    let validator = move |text: &str| {
        Ok(match check(text.trim()) {
            Ok(()) => Validation::Valid,
            Err(reason) => Validation::Invalid(reason.into()),
        })
    };
    let mut text = Text::new(question).with_render_config(colours()).with_validator(validator);
    if let Some(proposal) = proposal {
        text = text.with_default(proposal);
    }
    ask(|| text.prompt()).map(|text| text.trim().to_owned())
}

/// Asks for one of several, which typing filters.
pub(crate) fn choice<T: Display>(
    question: &str,
    options: Vec<T>,
    filter: &str,
) -> Result<T, Failure> {
    let select = Select::new(question, options)
        .with_render_config(colours())
        .with_starting_filter_input(filter)
        .with_help_message("type to filter, Enter to choose");
    ask(|| select.prompt())
}

/// Asks for yes or no.
pub(crate) fn confirm(question: &str) -> Result<bool, Failure> {
    let confirm = Confirm::new(question).with_render_config(colours()).with_default(true);
    ask(|| confirm.prompt())
}

/// Returns the colours of questions. Those of the crate would obey `NO_COLOR` only.
fn colours() -> RenderConfig<'static> {
    if output::colours_messages() { RenderConfig::default_colored() } else { RenderConfig::empty() }
}

/// Asks a question. However it ends, the terminal has its settings again.
///
/// The crate termion, which reads the keys, panics at a key sequence with a number above 255, as in `ESC [ 300 ~`
/// (version 4.0.6). No keyboard sends one, but a pasted text may contain it.
fn ask<T>(question: impl FnOnce() -> InquireResult<T>) -> Result<T, Failure> {
    let _restored = LineEditing::begin()?;
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let answer = panic::catch_unwind(AssertUnwindSafe(question));
    panic::set_hook(hook);
    let unreadable = |_| Failure::new("the answer contains an invalid key sequence");
    answer.map_err(unreadable)?.map_err(unanswered)
}

/// Describes why there is no answer.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn unanswered(error: InquireError) -> Failure {
    match error {
        InquireError::OperationInterrupted => Failure::Interrupted { signal: SIGINT },
        InquireError::OperationCanceled => Failure::new("nothing was done: the question was left"),
        error => Failure::new(format!("cannot use the terminal: {error}"))
            .hint("give the values as flags, with --no-input"),
    }
}
