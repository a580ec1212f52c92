//! Names of characters that are easily lost or not seen.

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
