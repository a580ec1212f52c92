//! A verdict as a word, and as an exit code.

use oidc_secret::Verdict;

use crate::cli::failure::Failure;
use crate::cli::terminal::output::Stdout;

/// Returns the word and the exit code of a verdict.
pub(crate) const fn words(verdict: Verdict) -> (&'static str, u8) {
    match verdict {
        Verdict::Match => ("match", 0),
        Verdict::Mismatch => ("mismatch", 1),
    }
}

/// Prints a result whose exit code is a verdict too: if the output was closed early, the code still
/// tells it.
pub(crate) fn write(bytes: &[u8], code: u8) -> Result<(), Failure> {
    match Stdout::open().and_then(|mut stdout| stdout.write(bytes)) {
        Err(Failure::BrokenPipe) if code != 0 => Ok(()),
        other => other,
    }
}
