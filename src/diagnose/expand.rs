//! The effect of programs that expand `$VARIABLE` on a text whose `$` are not variables.

/// A program that expands unset variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expander {
    /// A shell between double quotes, and Go's `os.Expand`: `$name` and `$3` vanish.
    Shell,
    /// Compose and `envsubst`: `$name` vanishes, `$3` stays.
    Compose,
    /// `make`: the one character after each `$` vanishes with it, and `$$` becomes `$`.
    Make,
}

/// Expands all variables of a text to nothing.
pub(super) fn without_variables(text: &str, expander: Expander) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        left.push_str(before);
        let name = name_length(after, expander);
        if name == 0 || expander == Expander::Make && after.starts_with('$') {
            left.push('$');
        }
        rest = &after[name..];
    }
    left + rest
}

/// Returns the length of the variable's name at the start of a text, in bytes; 0 without one.
fn name_length(text: &str, expander: Expander) -> usize {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    match text.bytes().next() {
        Some(_) if expander == Expander::Make => text.chars().next().map_or(0, char::len_utf8),
        Some(b'0'..=b'9') if expander == Expander::Shell => 1,
        Some(b'0'..=b'9') => 0,
        Some(b'{') => match text.find('}') {
            Some(end) if text[1..end].bytes().all(|byte| is_word(&byte)) => end + 1,
            _ => 0,
        },
        _ => text.bytes().take_while(|byte| is_word(byte)).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_expand_to_nothing() {
        let digest = "$pbkdf2-sha512$310000$c8p78n7p.x$JNRB/y";
        assert_eq!(without_variables(digest, Expander::Shell), "-sha51210000.x/y");
        assert_eq!(without_variables(digest, Expander::Compose), "-sha512$310000.x/y");
        assert_eq!(without_variables(digest, Expander::Make), "bkdf2-sha512100008p78n7p.xNRB/y");
        assert_eq!(without_variables("a$$b$é", Expander::Make), "a$b");
        assert_eq!(without_variables("a$ b${X}c$/", Expander::Shell), "a$ bc$/");
    }
}
