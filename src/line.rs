//! Text that is one line in every format that it is written in.

/// Whether a character does not belong in a line of text.
///
/// Control characters are refused by YAML and TOML, and obeyed by terminals. YAML 1.1 and JavaScript
/// end a line at U+2028 and U+2029. U+FFFE and U+FFFF are not characters, and YAML refuses them.
pub(crate) fn is_unwritable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text is a single line for every reader: without control characters and line breaks.
///
/// Names and settings that end up in YAML, TOML, JavaScript or a terminal should be checked with it:
/// the catalogue accepts no others. `str::lines` would not do: it knows only two of the characters
/// that end a line.
///
/// ```
/// use oidc_secret::is_one_line;
///
/// assert!(is_one_line("Büro – 🔑"));
/// assert!(!is_one_line("two\nlines") && !is_one_line("two\u{2028}lines"));
/// ```
#[must_use]
pub fn is_one_line(text: &str) -> bool {
    !text.contains(is_unwritable)
}
