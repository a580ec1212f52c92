//! Sections of `name = value`.
//!
//! INI has no standard, and no escape works in two of its readers. A value is therefore written
//! unchanged or refused. Three readers were tested with random hostile values and their defaults:
//!
//! - gopkg.in/ini 1.66.2 for Go (its parser.go and key.go), which Gitea, Forgejo, Grafana, ezBookkeeping
//!   and `WriteFreely` use: `#` and `;` begin a comment, quotes around the value are dropped, a backtick
//!   or `"""` begins a value of several lines, a backslash at the end continues the value in the next line,
//!   and `%(name)s` is replaced.
//! - Python's configparser: a `%` is replaced, or is an error.
//! - The npm package ini 6.0.0 (its lib/ini.js), which Trilium uses: `\\`, `\;` and `\#` are unescaped.
//!
//! Grafana itself also replaces `${NAME}` and `$__provider{…}`.

use std::fmt::Write as _;

use super::setting::{ResolvedSetting, Unrepresentable};

/// Writes sections in the order of their first settings.
///
/// A section that comes back after another one is refused: readers merge or replace the earlier one.
pub(super) fn sections(settings: &[ResolvedSetting]) -> Result<String, Unrepresentable> {
    let (mut text, mut seen) = (String::new(), vec![""]);
    for setting in settings {
        let (section, name) = setting.label.rsplit_once('.').unwrap_or(("", &setting.label));
        check_names(section, name).map_err(|why| setting.unrepresentable(why))?;
        let value = setting.line();
        check_value(&value).map_err(|why| setting.unrepresentable(why))?;
        let gap = if text.is_empty() { "" } else { "\n" };
        if seen.last() != Some(&section) {
            if seen.contains(&section) {
                return Err(setting
                    .unrepresentable("another section is between it and the rest of its section"));
            }
            seen.push(section);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{gap}[{section}]");
        }
        let space = if value.is_empty() { "" } else { " " };
        let _ = writeln!(text, "{name} ={space}{}", *value);
    }
    Ok(text)
}

fn check_names(section: &str, name: &str) -> Result<(), &'static str> {
    let is_plain = |text: &str| {
        text.trim() == text && text.chars().all(|c| c.is_alphanumeric() || "-_./ ".contains(c))
    };
    if name.is_empty() || !is_plain(name) || !is_plain(section) {
        return Err("its name has characters other than letters, digits, blanks and - _ . /");
    }
    Ok(())
}

fn check_value(value: &str) -> Result<(), &'static str> {
    // JavaScript counts the byte order mark as a blank.
    let is_blank = |c: char| c.is_whitespace() || c == '\u{feff}';
    let refusals = [
        (value.contains(['#', ';']), "its value has # or ;, which begin a comment"),
        (value.contains('%'), "its value has a %, which some readers replace"),
        (
            value.contains("${") || value.contains("$__"),
            "its value has `${` or `$__`, which some readers replace",
        ),
        (value.starts_with(['"', '\'', '`']), "its value begins with a quote, which readers drop"),
        (
            value.starts_with(is_blank) || value.ends_with(is_blank),
            "its value begins or ends with a blank, which readers drop",
        ),
        (
            value.ends_with('\\') || value.contains(r"\\"),
            "its value has two backslashes in a row or one at its end, which readers differ on",
        ),
    ];
    let refusal = refusals.into_iter().find(|(is_so, _)| *is_so);
    refusal.map_or(Ok(()), |(_, why)| Err(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_readers_change_is_refused() {
        for value in ["", "it's $ecret", "a=b: [c] \"d\" `e`", r"a\b", "é🔑", "!&*?"] {
            assert_eq!(check_value(value), Ok(()), "{value}");
        }
        for value in
            ["a#b", "a;b", "100%", "${x}", "$__env{x}", "\"a\"", "'a", "`a", " a", "a ", "a\\"]
        {
            assert!(check_value(value).is_err(), "{value}");
        }
        for name in ["", "a=b", "a:b", "[a", "#a", " a"] {
            assert!(check_names("x", name).is_err(), "{name}");
        }
        assert!(check_names("a]b", "c").is_err());
    }
}
