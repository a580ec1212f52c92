//! The lines of a text, which may end in LF, CR LF or CR (YAML 1.2.2 §5.4).

use std::ops::Range;

use super::error::ConfigError;

/// The line breaks of YAML 1.1 (§4.2) that YAML 1.2 no longer has: NEL, LS and PS.
const OLD_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Refuses a text with a character that is a line break for Authelia's parser alone, except in scalars in
/// quotes: these end at the same place for both.
///
/// Authelia's parser follows YAML 1.1 here, ours follows YAML 1.2: a comment, another scalar or an entry would
/// end at another place. Why not take them as line feeds? The file would still differ for every other reader of
/// YAML 1.2, and nobody writes them on purpose.
///
/// # Errors
/// [`ConfigError::LineBreak`] with the place of the first one.
pub(super) fn ensure_same_breaks(text: &str, quoted: &[Range<usize>]) -> Result<(), ConfigError> {
    // Nearly every text is ASCII, which is known many times faster.
    if text.is_ascii() {
        return Ok(());
    }
    let is_quoted = |at: &usize| quoted.iter().any(|place| place.contains(at));
    let mut breaks = text.match_indices(OLD_BREAKS).map(|(at, _)| at);
    let Some(at) = breaks.find(|at| !is_quoted(at)) else { return Ok(()) };
    let (before, start) = (&text[..at], line_start(text, at));
    let ends = before.matches(['\n', '\r']).count() - before.matches("\r\n").count();
    let (line, column) = (ends as u64 + 1, text[start..at].chars().count() as u64 + 1);
    let character = text[at..].chars().next().unwrap_or_default();
    Err(ConfigError::LineBreak { line, column, character })
}

/// Returns the line end of a text: that of its first line.
pub(super) fn line_end(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// Returns the start of the line of a byte.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// Returns the start of the line after that of a byte, or the end of the text.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    match rest.find(['\n', '\r']) {
        Some(end) if rest[end..].starts_with("\r\n") => at + end + 2,
        Some(end) => at + end + 1,
        None => text.len(),
    }
}
