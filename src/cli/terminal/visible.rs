//! Escapes for text from files, arguments and the environment.
//!
//! A terminal obeys what it is shown: escape sequences move the cursor, set the clipboard or send
//! answers as if typed, and bidirectional marks change the order of the text. Every such text is
//! escaped here before it is printed for people, and by [`escape_json`] before it is printed as
//! JSON.

use std::fmt::Write as _;

use oidc_secret::is_invisible;

/// Escapes a text that stays on one line: `\u{1b}` and the like for each invisible character.
pub(crate) fn visible(text: &str) -> String {
    escaped(text, |_| false)
}

/// Pads a text with spaces to a width in characters.
///
/// Why not a width in `format!`? Above 65,535 it panics, and a file may have longer names.
pub(crate) fn padded(text: &str, width: usize) -> String {
    text.to_owned() + &" ".repeat(width.saturating_sub(text.chars().count()))
}

/// Escapes a text of several lines.
pub(crate) fn visible_lines(text: &str) -> String {
    escaped(text, |character| character == '\n')
}

fn escaped(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if is_kept(character) || !is_invisible(character) {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_default());
        }
    }
    escaped
}

/// Escapes each invisible character of a JSON text. In JSON's own grammar only blanks are
/// invisible, and `serde_json` escapes only characters below U+0020.
pub(crate) fn escape_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    let mut units = [0; 2];
    for character in json.chars() {
        if is_invisible(character) {
            for unit in character.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_escaped() {
        assert_eq!(visible("Büro – 🔑 \u{a0}x"), "Büro – 🔑 \u{a0}x");
        assert_eq!(
            visible("a\n\u{1b}[2J\u{9b}\u{202e}\u{200b}"),
            r"a\n\u{1b}[2J\u{9b}\u{202e}\u{200b}"
        );
        assert_eq!(visible_lines("a\nb\r\n"), "a\nb\\r\n");
    }

    #[test]
    fn escaped_json_says_the_same() {
        let value = serde_json::json!({"\u{202e}\u{7f}": "\u{e0041}\u{9b}\u{feff} ü\n\t\"\\"});
        let escaped = escape_json(&value.to_string());
        assert!(!escaped.chars().any(is_invisible), "{escaped}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
    }
}
