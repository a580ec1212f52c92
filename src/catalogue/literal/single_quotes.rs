//! Literals between single quotes, for PHP, Ruby, Python and JavaScript.
//!
//! Between double quotes PHP and Ruby would replace `$name` and `#{…}`. Between single quotes the four
//! differ in which escapes they know, but all of them read `\\` and `\'`, and nothing else is special
//! once every backslash is doubled.

/// Returns a literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_backslashes_and_single_quotes_are_escaped() {
        assert_eq!(literal(r#"it's \u0041 #{x} $x "é""#), r#"'it\'s \\u0041 #{x} $x "é"'"#);
        assert_eq!(literal("a\\"), r"'a\\'");
        assert_eq!(literal(""), "''");
    }
}
