//! Files of variables, which a shell, Compose and libraries of many languages read.
//!
//! The format has no standard. This text means the same to three readers: the POSIX shell, which
//! executes backticks and `$(…)` between double quotes; python-dotenv, which expands `${NAME}` and
//! unescapes `\\` and `\'` between single quotes; and Compose (compose-go, dotenv/parser.go), which
//! unescapes `\'` there. `docker run --env-file` is not supported: it keeps the quotes that a shell
//! needs.

use super::shell::is_plain;

/// Writes a line that sets a variable.
pub(super) fn assignment(name: &str, value: &str) -> Result<String, &'static str> {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_later = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.starts_with(is_first) || !name.chars().all(is_later) {
        return Err(
            "its name has characters other than letters, digits and underscores, or a digit first",
        );
    }
    Ok(format!("{name}={}", quoted(value)?))
}

/// Quotes a value so that every reader finds the same text.
fn quoted(value: &str) -> Result<String, &'static str> {
    if is_plain(value) {
        Ok(value.to_owned())
    } else if value.contains("${") {
        Err("its value has `${`, which some readers expand even between single quotes")
    } else if is_literal_in_single_quotes(value) {
        Ok(format!("'{value}'"))
    } else if !value.contains(['"', '$', '`', '\\']) {
        Ok(format!("\"{value}\""))
    } else if value.contains('\'') {
        Err("its value has a single quote and one of \" $ ` \\, so neither kind of quotes works")
    } else {
        Err("its value has two backslashes in a row or one at its end, which readers differ on")
    }
}

fn is_literal_in_single_quotes(value: &str) -> bool {
    !value.contains('\'') && !value.contains(r"\\") && !value.ends_with('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_readers_would_differ_on_is_refused() {
        for (value, expected) in [
            ("", ""),
            ("plain-._~:/@,+=%", "plain-._~:/@,+=%"),
            ("x y", "'x y'"),
            ("~root", "'~root'"),
            ("`id` $(id) $HOME \"x\" \\n", "'`id` $(id) $HOME \"x\" \\n'"),
            ("it's", "\"it's\""),
        ] {
            assert_eq!(quoted(value).unwrap(), expected);
        }
        for refused in ["it's `id`", "it's $x", "it's \"", "it's \\", "${x}", "a\\", "a\\\\b"] {
            assert!(quoted(refused).is_err(), "{refused}");
        }
        for name in ["", "1A", "A B", "A=B", "A-B", "é", "A$(id)"] {
            assert!(assignment(name, "x").is_err(), "{name}");
        }
    }
}
