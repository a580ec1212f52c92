//! Names of anchors that Authelia's parser reads otherwise.
//!
//! In YAML 1.2 (§6.9.2) a name goes on to the next space. For Authelia's parser it is letters, digits, `-` and
//! `_` alone, and what follows may be the value: `&a?b` is the anchor `a` of the text `?b`.

use granit_parser::{Scanner, StrInput, TokenType};

use super::error::ConfigError;

/// Refuses a text in which a name has another character; `line` is that of a text that is part of another one.
///
/// Only texts with anchors need this second look at their tokens. The events have no names.
///
/// # Errors
/// [`ConfigError::Yaml`] with the place of the first one.
pub(super) fn check(yaml: &str, line: Option<u32>) -> Result<(), ConfigError> {
    for token in Scanner::new(StrInput::new(yaml)).map_while(Result::ok) {
        let (TokenType::Anchor(name) | TokenType::Alias(name)) = token.token_type() else {
            continue;
        };
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            let start = token.span().start;
            let line = line.map_or(start.line() as u64, u64::from);
            let message =
                "Authelia reads only letters, digits, - and _ in the name of an anchor".to_owned();
            return Err(ConfigError::Yaml { line, column: start.col() as u64 + 1, message });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_at_the_same_character_for_both_parsers() {
        for text in ["a: &b-1_C x\nd: *b-1_C\n", "a: b&c?\n", "a: '&c?'\n", "a: b # &c?\n"] {
            assert_eq!(check(text, None), Ok(()), "{text}");
        }
        for (text, place) in [
            ("a: &b?c x\n", (1, 4)),
            ("- &b x\n- *b: y\n", (2, 3)),
            ("a:\n  &b. x\n", (2, 3)),
            ("&ä x\n", (1, 1)),
        ] {
            let Err(ConfigError::Yaml { line, column, .. }) = check(text, None) else {
                panic!("{text}")
            };
            assert_eq!((line, column), place, "{text}");
        }
    }

    #[test]
    fn a_text_in_another_one_has_its_line() {
        let error = check("- x\n- &b? y\n", Some(7));
        assert!(matches!(error, Err(ConfigError::Yaml { line: 7, column: 3, .. })), "{error:?}");
    }
}
