//! The functions of Authelia's templates that change a text.
//!
//! Read from its package `internal/templates`, and measured on 4.39.20.

use std::fmt::Write as _;

use zeroize::Zeroizing;

/// An argument of a function.
pub(super) enum Argument {
    Text(Zeroizing<String>),
    Number(usize),
}

type Text = Zeroizing<String>;

/// Whether a function is known here; it may still not accept its arguments.
pub(super) fn is_known(name: &str) -> bool {
    const NAMES: [&str; 14] = [
        "trim",
        "trimAll",
        "trimPrefix",
        "trimSuffix",
        "replace",
        "lower",
        "upper",
        "default",
        "quote",
        "squote",
        "mquote",
        "msquote",
        "indent",
        "nindent",
    ];
    NAMES.contains(&name) || name == "mindent"
}

/// Returns the result of a function; `None` for one that is not known, or for other arguments than
/// it takes.
pub(super) fn call(name: &str, arguments: &[Argument]) -> Option<Text> {
    use Argument::{Number, Text};
    let owned = |text: &str| Some(Zeroizing::new(text.to_owned()));
    match (name, arguments) {
        ("trim", [Text(text)]) => owned(text.trim()),
        ("trimAll", [Text(set), Text(text)]) => owned(text.trim_matches(|c| set.contains(c))),
        ("trimPrefix", [Text(start), Text(text)]) => {
            owned(text.strip_prefix(start.as_str()).unwrap_or(text))
        }
        ("trimSuffix", [Text(end), Text(text)]) => {
            owned(text.strip_suffix(end.as_str()).unwrap_or(text))
        }
        ("replace", [Text(old), Text(new), Text(text)]) => {
            Some(Zeroizing::new(text.replace(old.as_str(), new)))
        }
        ("lower", [Text(text)]) => Some(Zeroizing::new(text.to_lowercase())),
        ("upper", [Text(text)]) => Some(Zeroizing::new(text.to_uppercase())),
        ("default", [Text(default), Text(text)]) => {
            owned(if text.is_empty() { default } else { text })
        }
        ("quote", [Text(text)]) => Some(quote(text)),
        // Texts of several lines get no quotes.
        ("mquote" | "msquote", [Text(text)]) if text.contains('\n') => owned(text),
        ("mquote", [Text(text)]) => Some(Zeroizing::new(format!("\"{}\"", **text))),
        // Quotes in the text are not escaped.
        ("squote" | "msquote", [Text(text)]) => Some(Zeroizing::new(format!("'{}'", **text))),
        ("indent", [Number(width), Text(text)]) => indent(*width, "", text),
        ("nindent", [Number(width), Text(text)]) => indent(*width, "\n", text),
        ("mindent", [Number(_), Text(_), Text(text)]) if !text.contains('\n') => owned(text),
        ("mindent", [Number(width), Text(header), Text(text)]) => {
            indent(*width, &format!("{}\n", **header), text)
        }
        _ => None,
    }
}

fn indent(width: usize, before: &str, text: &str) -> Option<Text> {
    /// Deeper than any configuration is: the number comes from the file.
    const MAX_WIDTH: usize = 1000;
    let padding = " ".repeat((width <= MAX_WIDTH).then_some(width)?);
    let lines = Zeroizing::new(text.replace('\n', &format!("\n{padding}")));
    Some(Zeroizing::new(format!("{before}{padding}{}", *lines)))
}

/// Quotes a text as Go's `%q` does.
fn quote(text: &str) -> Text {
    let mut quoted = Zeroizing::new(String::with_capacity(2 * text.len() + 2));
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_ascii_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\x{:02x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_give_what_authelia_gives() {
        let text = |text: &str| Argument::Text(Zeroizing::new(text.to_owned()));
        for (name, given, expected) in [
            ("trim", vec![text(" a\r\n")], "a"),
            ("squote", vec![text("it's")], "'it's'"),
            ("quote", vec![text("a\"\\\r\n")], r#""a\"\\\r\n""#),
            ("msquote", vec![text("a\r")], "'a\r'"),
            ("msquote", vec![text("a\nb")], "a\nb"),
            ("nindent", vec![Argument::Number(2), text("a\nb")], "\n  a\n  b"),
            ("mindent", vec![Argument::Number(2), text("|"), text("a\nb")], "|\n  a\n  b"),
            ("mindent", vec![Argument::Number(2), text("|"), text("a")], "a"),
        ] {
            assert!(is_known(name));
            assert_eq!(*call(name, &given).unwrap(), expected, "{name}");
        }
        assert!(call("trim", &[]).is_none() && call("nope", &[text("")]).is_none());
        assert!(call("nindent", &[Argument::Number(usize::MAX), text("")]).is_none());
    }
}
