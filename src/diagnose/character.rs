//! Characters that are easily lost or not seen: their kinds and names.

/// Returns the common name of a character, or the kind of character.
pub(super) fn name(character: char) -> &'static str {
    match character {
        ' ' => "a space",
        '\n' => "a line feed",
        '\r' => "a carriage return",
        '\t' => "a tab",
        '\0' => "a NUL byte",
        '\u{a0}' => "a non-breaking space",
        '\u{ad}' => "a soft hyphen",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' => "a zero-width joiner or non-joiner",
        '\u{2060}' => "a word joiner",
        '\u{feff}' => "a byte order mark",
        '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => "a typographic quote",
        '\u{2010}'..='\u{2015}' => "a typographic hyphen or dash",
        _ if character.is_whitespace() => "an unusual space",
        _ if character.is_control() => "a control character",
        _ => "a character that is not ASCII",
    }
}

/// Names the first character that a change removed or replaced, and its place. A printable ASCII
/// character is not named: it may be part of the secret.
pub(super) fn first_changed(before: &str, after: &str) -> Option<String> {
    let kept = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    let character = before.chars().nth(kept).filter(|c| !matches!(c, ' '..='~'))?;
    let place = if kept == 0 {
        "at the beginning".to_owned()
    } else if kept == after.chars().count() {
        "at the end".to_owned()
    } else {
        format!("at position {}", kept + 1)
    };
    Some(format!("{} {place}", name(character)))
}

/// Whether a character is white space or invisible.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || is_zero_width(character)
}

fn is_zero_width(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Replaces typographic spaces, quotes and hyphens by plain ones, and removes invisible characters.
pub(super) fn straight(text: &str) -> String {
    let straight = |character| match character {
        _ if is_zero_width(character) => None,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => Some('\''),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => Some('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        other => Some(other),
    };
    text.chars().filter_map(straight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_character_is_named_with_its_place() {
        let named = |before, after| first_changed(before, after);
        assert_eq!(named("\u{feff}ab", "ab").unwrap(), "a byte order mark at the beginning");
        assert_eq!(named("ab#", "ab"), None);
        assert_eq!(named("ab\u{a0} ", "ab").unwrap(), "a non-breaking space at the end");
        assert_eq!(named("a\u{200b}b", "ab").unwrap(), "a zero-width space at position 2");
        assert_eq!(named("ab ", "ab"), None);
        assert_eq!(named("ab", "abc"), None);
    }
}
