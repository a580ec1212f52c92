//! Text that comes from files, arguments and the environment, made fit for a terminal.
//!
//! A terminal obeys what it is shown: escape sequences move the cursor, set the clipboard or answer
//! as if typed, and bidirectional marks change the order of what is read. Every such text goes through
//! here before it is printed for people, and through [`escape_json`] before it is printed as JSON.

use std::fmt::Write as _;

/// The text on one line, with an escape such as `\u{1b}` for each character that is not visible.
pub(crate) fn visible(text: &str) -> String {
    escaped(text, |_| false)
}

/// The same for a text of several lines.
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

/// JSON that says the same, with an escape for each invisible character. JSON's own grammar has none
/// but blanks outside of strings, and `serde_json` escapes none but those below U+0020.
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

/// Whether a character is not seen: those that a token endpoint refuses, and the Hangul fillers, which
/// are letters to Unicode and to Authelia, and blank.
pub(crate) fn is_invisible(character: char) -> bool {
    is_unsendable(character)
        || matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// Whether a character is a control, format, separator or private one (Unicode's Cc, Cf, Zl, Zp
/// and Co, as far as they are in use).
pub(crate) fn is_unsendable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
                | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}' | '\u{f0000}'..='\u{10ffff}'
        )
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
