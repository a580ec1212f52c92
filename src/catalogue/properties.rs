//! Lines of `name: value` for Java's `java.util.Properties`.

use std::fmt::Write as _;

pub(super) fn line(name: &str, value: &str) -> Result<String, &'static str> {
    if name.is_empty() {
        return Err("its name is empty");
    }
    if value.contains("${") {
        return Err("its value has `${`, which Java programs often replace");
    }
    let name = escaped(name, |_, c| " :=#!".contains(c));
    // A blank at the start of the value would go to the separator.
    let value = escaped(value, |index, c| index == 0 && c == ' ');
    Ok(if value.is_empty() { format!("{name}:") } else { format!("{name}: {value}") })
}

/// Escapes backslashes, what is special at its place, and what is not ASCII: files were once
/// read as ISO 8859-1, and some still are.
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
    fn java_reads_what_was_written() {
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
