//! Comma-separated values. The csv crate is not used here, because its buffers are not wiped.

/// Returns a field of comma-separated values (RFC 4180 §2).
pub(crate) fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Returns a field for people to read: a text that a spreadsheet would execute gets an apostrophe, with which
/// spreadsheets begin a text.
pub(crate) fn text_field(text: &str) -> String {
    if is_formula(text) { field(&format!("'{text}")) } else { field(text) }
}

/// Whether a spreadsheet executes a field as a formula. Quotes around the field do not prevent it
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
pub(crate) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_keeps_what_is_special() {
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(field("a\nb"), "\"a\nb\"");
        assert_eq!(field("plain"), "plain");
    }

    #[test]
    fn a_formula_becomes_a_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"] {
            assert_eq!(text_field(formula), format!("'{formula}"));
        }
        assert_eq!(text_field("\t=1"), "'\t=1");
        assert_eq!(text_field("-a,b"), "\"'-a,b\"");
        for text in ["a=1", "1-1", "'=1", ""] {
            assert_eq!(text_field(text), text);
        }
    }
}
