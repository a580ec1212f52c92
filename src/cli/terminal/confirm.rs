//! A question on the terminal.

use std::io::{IsTerminal, Write};

use crate::cli::failure::{Failure, reason};
use crate::cli::terminal::visible::visible;

/// Asks a question that is answered with yes or no. Without a terminal the answer is no.
///
/// An empty answer is a no as well: a flag does the same without a question.
pub(crate) fn confirm(question: &str) -> Result<bool, Failure> {
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Ok(false);
    }
    let fail = |error: std::io::Error| {
        Failure::new(format!("cannot ask on the terminal: {}", reason(&error)))
    };
    let mut stderr = std::io::stderr();
    write!(stderr, "oidc-secret: {} [y/N] ", visible(question)).map_err(fail)?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(fail)?;
    Ok(matches!(&*answer.trim().to_lowercase(), "y" | "yes"))
}
