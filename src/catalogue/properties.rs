//! Lines of `name: value` for Java's `java.util.Properties`, whose documentation of `load` has the rules.
//!
//! The crate `java-properties` writes the same escapes, but brings `regex` and `encoding_rs` for these few
//! lines.

use std::fmt::Write as _;

/// Writes a line.
pub(super) fn line(name: &str, value: &str) -> Result<String, &'static str> {
    if name.is_empty() {
        return Err("its name is empty");
    }
    if value.contains("${") {
        return Err("its value has `${`, which Java programs often replace");
    }
    let name = escaped(name, |_, c| " :=#!".contains(c));
    // Java skips blanks after the separator, so the first one of the value needs an escape.
    let value = escaped(value, |index, c| index == 0 && c == ' ');
    Ok(if value.is_empty() { format!("{name}:") } else { format!("{name}: {value}") })
}

/// Escapes backslashes, characters that are special at their position, and all that are not ASCII:
/// before Java 9 resource bundles were read as ISO 8859-1, and `load(InputStream)` still does so.
fn escaped(text: &str, is_special: impl Fn(usize, char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        if !c.is_ascii() {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04X}");
            }
            continue;
        }
        if c == '\\' || is_special(index, c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_escapes_are_those_of_java() {
        for (value, expected) in [
            ("", "a:"),
            ("x y ", "a: x y "),
            (" x", "a: \\ x"),
            ("\\u0041", "a: \\\\u0041"),
            ("= : # !", "a: = : # !"),
            ("é🔑", "a: \\u00E9\\uD83D\\uDD11"),
        ] {
            assert_eq!(line("a", value).unwrap(), expected);
        }
        assert_eq!(line("a b:c", "x").unwrap(), "a\\ b\\:c: x");
        assert!(line("a", "${x}").is_err() && line("", "x").is_err());
    }
}
