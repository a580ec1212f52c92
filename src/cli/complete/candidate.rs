//! Values that a shell may offer.

use clap_complete::engine::CompletionCandidate;
use oidc_secret::is_invisible;

use crate::cli::terminal::visible::visible;

/// Returns a value with its description, or `None` for a value that does not fit on a line: it comes from
/// a file, and the shell reads one value a line.
pub(super) fn candidate(value: &str, description: Option<&str>) -> Option<CompletionCandidate> {
    if value.is_empty() || value.contains(is_invisible) {
        return None;
    }
    let description = description.map(|text| visible(text).into());
    Some(CompletionCandidate::new(value).help(description))
}
