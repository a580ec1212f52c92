//! Text of XML, between two tags or in an attribute.

/// Escapes a text.
///
/// `>` is escaped too, because `]]>` is not allowed in a text, and both quotes, because a template may
/// have the text in an attribute. Blanks at the ends are written as references, because readers may drop
/// a text of blanks.
pub(super) fn text(text: &str) -> String {
    let inner = text.trim_matches(' ');
    let lead = text.len() - text.trim_start_matches(' ').len();
    let trail = text.len() - lead - inner.len();
    let escaped = inner.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let escaped = escaped.replace('"', "&quot;").replace('\'', "&#39;");
    format!("{}{escaped}{}", "&#32;".repeat(lead), "&#32;".repeat(trail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_quotes_and_blanks_at_the_ends_are_escaped() {
        assert_eq!(text("a & b</x>]]>'\""), "a &amp; b&lt;/x&gt;]]&gt;&#39;&quot;");
        assert_eq!(text(" a b  "), "&#32;a b&#32;&#32;");
        assert_eq!(text("  "), "&#32;&#32;");
        assert_eq!(text(""), "");
    }
}
