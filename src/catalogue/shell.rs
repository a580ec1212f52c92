//! Words of a shell's command line.

/// Whether a text means itself without quotes, to shells and to readers of variables.
///
/// Shells expand a `~` at the start of a word, and in assignments also after `:` and `=`. zsh expands
/// a `=` in the same places, to the path of a command.
pub(super) fn is_plain(text: &str) -> bool {
    let mut before = ':';
    text.chars().all(|c| {
        let expands = "~=".contains(c) && ":=".contains(before);
        before = c;
        !expands && (c.is_ascii_alphanumeric() || "-._~:/@,+=%".contains(c))
    })
}

/// Quotes a text as one word.
pub(super) fn word(text: &str) -> String {
    if is_plain(text) && !text.is_empty() {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Writes an option with its value.
pub(super) fn argument(option: &str, value: &str) -> Result<String, &'static str> {
    let (name, quoted) = (word(option), word(value));
    if value.is_empty() {
        Ok(name)
    } else if !value.starts_with('-') {
        Ok(format!("{name} {quoted}"))
    } else if option.starts_with("--") {
        // Many parsers take a separate word that begins with a hyphen for the next option.
        Ok(format!("{name}={quoted}"))
    } else {
        Err("its value begins with a hyphen, as options do")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_shell_expands_is_quoted() {
        for plain in ["a", "a~b", "https://a.example.com/x", "a=b", "100%"] {
            assert_eq!(word(plain), plain);
        }
        for special in ["", "~", "~root", "a:~", "a=~b", "=ls", "a b", "$x", "é", "a\\"] {
            assert_eq!(word(special), format!("'{special}'"));
        }
        assert_eq!(word("it's"), r"'it'\''s'");
    }

    #[test]
    fn a_value_that_begins_with_a_hyphen_is_joined_to_its_option() {
        assert_eq!(argument("--name", "-x y"), Ok("--name='-x y'".to_owned()));
        assert_eq!(argument("-y", ""), Ok("-y".to_owned()));
        assert!(argument("-n", "-x").is_err());
    }
}
