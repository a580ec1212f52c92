//! Words that need no quotes, for files of `name = value` such as Dovecot's and Postfix's.
//!
//! Why no quotes and escapes? Postfix has none. Dovecot has, but its versions differ in where they
//! replace `$name` and `%{name}`, and its value may be a URL, in which other characters need escapes.

/// Returns the word unchanged, or refuses it.
pub(super) fn word(text: &str) -> Result<String, &'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:".contains(c);
    if text.is_empty() || !text.chars().all(is_plain) {
        return Err(
            "its value is empty, or has characters other than letters, digits and - . _ ~ :",
        );
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_special_character_is_refused() {
        assert_eq!(word("a-b_c.d~e:1"), Ok("a-b_c.d~e:1".to_owned()));
        for special in ["", "a b", "$a", "%a", "a@b", "a/b", "a#b", "é", "'a'"] {
            assert!(word(special).is_err(), "{special}");
        }
    }
}
