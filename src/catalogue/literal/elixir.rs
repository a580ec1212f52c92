//! Strings of Elixir.
//!
//! Single quotes would not do: between them is a list of characters, which the readers of the
//! configuration do not take for text.

use std::fmt::Write as _;

/// Returns a string.
pub(super) fn literal(text: &str) -> String {
    let mut literal = "\"".to_owned();
    for c in text.chars() {
        if is_bidirectional(c) {
            // Writing to a string cannot fail.
            let _ = write!(literal, "\\u{{{:X}}}", u32::from(c));
            continue;
        }
        // A `#` begins an interpolation if a `{` follows.
        if "\\\"#".contains(c) {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal + "\""
}

/// Whether Elixir refuses the character in source text, because it changes the order of the text.
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpolation_is_escaped() {
        assert_eq!(literal(r##"it's \n "#{x}""##), r#""it's \\n \"\#{x}\"""#);
        assert_eq!(literal("a\u{202e}é"), "\"a\\u{202E}é\"");
    }
}
