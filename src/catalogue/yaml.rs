//! Settings as YAML.
//!
//! Why not a crate: a generic emitter leaves texts without quotes where its own version of YAML allows
//! that, and the readers of these files have other versions. It also cannot write a block of YAML inside a
//! text of YAML, which Argo CD needs.

use std::fmt::Write as _;

use super::setting::ResolvedSetting;
use super::tree::Tree;
use crate::authelia::single_quoted;

impl Tree<'_> {
    /// Writes YAML in block style.
    pub(super) fn yaml(&self) -> String {
        let mut text = String::new();
        self.write_yaml(&mut text, 0, false);
        text
    }

    /// Writes the lines. After a dash the first one is already indented.
    fn write_yaml(&self, text: &mut String, indent: usize, after_dash: bool) {
        let lead = |first: bool| " ".repeat(if first && after_dash { 0 } else { indent });
        // Writing to a string cannot fail.
        match self {
            Self::Mapping(pairs) | Self::Block(pairs) => {
                for (index, (key, child)) in pairs.iter().enumerate() {
                    let _ = write!(text, "{}{}:", lead(index == 0), yaml_key(key));
                    child.write_after_key(text, indent);
                }
            }
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let _ = write!(text, "{}- ", lead(index == 0));
                    item.write_yaml(text, indent + 2, true);
                }
            }
            Self::Value(setting) => {
                let _ = writeln!(text, "{}", yaml_value(setting));
            }
        }
    }

    fn write_after_key(&self, text: &mut String, indent: usize) {
        match self {
            Self::Value(setting) if setting.is_list && !setting.texts.is_empty() => {
                text.push('\n');
                for item in setting.texts.iter() {
                    let item =
                        if setting.is_bare(item) { item.clone() } else { single_quoted(item) };
                    let _ = writeln!(text, "{}- {item}", " ".repeat(indent + 2));
                }
            }
            Self::Value(setting) if setting.is_list => text.push_str(" []\n"),
            Self::Value(_) => {
                text.push(' ');
                self.write_yaml(text, indent, true);
            }
            Self::Block(_) => {
                text.push_str(" |\n");
                self.write_yaml(text, indent + 2, false);
            }
            _ => {
                text.push('\n');
                self.write_yaml(text, indent + 2, false);
            }
        }
    }
}

/// Returns a value as YAML, in one line.
fn yaml_value(setting: &ResolvedSetting) -> String {
    // Compose refuses a variable that is a truth value of YAML.
    let is_variable =
        setting.label.starts_with("services.") && setting.label.contains(".environment.");
    if is_variable && !setting.is_list {
        single_quoted(&setting.line())
    } else {
        setting.quoted(single_quoted)
    }
}

/// Returns a key of YAML, quoted unless every version of YAML reads it as text.
pub(super) fn yaml_key(name: &str) -> String {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if is_name && !is_word(name) { name.to_owned() } else { single_quoted(name) }
}

/// Whether a text may be written without quotes or in any kind of them: every version of YAML reads the same
/// text. Decimal numbers and truth values are accepted too, since they have one meaning without quotes.
pub(super) fn is_same_in_quotes(text: &str) -> bool {
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "-._".contains(c));
    let is_name = text.starts_with(|c: char| c.is_alphabetic() || c == '_') && !is_word(text);
    let is_number = text.parse::<u64>().is_ok_and(|number| number.to_string() == text);
    let is_text = is_plain && (is_name || is_text_with_digit(text));
    is_number || text == "true" || text == "false" || is_text
}

/// Whether a text that begins with a digit is no number or date in any version of YAML: a host, a UUID, an IP
/// address. A number has no letter but `a` to `f`, `o` and `x`, one dash and one dot; a date has two dashes.
fn is_text_with_digit(text: &str) -> bool {
    let is_of_text = |c: char| matches!(c, 'g'..='z' | 'G'..='Z') && !"oxOX".contains(c);
    let has = |character, count| text.matches(character).count() >= count;
    text.starts_with(|c: char| c.is_ascii_digit())
        && (text.contains(is_of_text) || has('-', 3) || has('.', 2))
}

/// Whether YAML 1.1 reads a word as a truth value or as null.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    WORDS.contains(&&*text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_quoted_unless_it_is_a_plain_name() {
        for plain in ["a", "d-e_f/g", "GF_AUTH", "a.b"] {
            assert_eq!(yaml_key(plain), plain);
        }
        for quoted in ["on", "No", "null", "1", "b: c", "", "<<", "é", "-a"] {
            assert_eq!(yaml_key(quoted), format!("'{quoted}'"));
        }
    }

    #[test]
    fn a_word_of_yaml_1_1_is_not_the_same_in_quotes() {
        let uuid = "12345678-1234-1234-1234-123456789012";
        for same in [
            "a",
            "über",
            "_x",
            "x-1.2",
            "12",
            "0",
            "true",
            "3d.example.com",
            "10.0.0.1",
            "1password",
            uuid,
        ] {
            assert!(is_same_in_quotes(same), "{same}");
        }
        for other in [
            "",
            "no",
            "NO",
            "y",
            "Null",
            "True",
            "0o17",
            "017",
            "1_000",
            "1e3",
            "2020-01-01",
            ".inf",
            "-1",
        ] {
            assert!(!is_same_in_quotes(other), "{other}");
        }
    }
}
