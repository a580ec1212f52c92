//! The settings of an application that have the client secret, by the names that people look for.

use serde::Serialize;

use super::application::Settings;
use super::format::SettingsFormat;
use super::template::{Part, Template};

/// The placeholder of the secret.
const SECRET: &str = "{client_secret}";

/// A setting of an application that has the client secret.
///
/// In JSON its keys are `name`, `file`, `format`, `setting`, `alternative` and `whole_value`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SecretSetting {
    /// The name of the place with the settings.
    pub name: String,
    /// The file that has them.
    pub file: Option<String>,
    /// The format of the settings.
    pub format: SettingsFormat,
    /// The label or key. Names that the administrator chooses are between `<` and `>`.
    #[serde(rename = "setting")]
    pub label: Option<String>,
    /// Whether it does the same as the setting before it, so that only one of them is needed.
    pub alternative: bool,
    /// Whether the secret is the whole value. Otherwise other text is around it.
    #[serde(rename = "whole_value")]
    pub is_whole: bool,
}

impl Settings {
    /// Returns the settings that have the client secret.
    ///
    /// ```
    /// let kasm = oidc_secret::catalogue::application("kasm-workspaces")?;
    /// let found = kasm.settings[0].secret_settings();
    /// assert_eq!(found[0].label.as_deref(), Some("Client Secret"));
    /// assert!(found[0].is_whole);
    /// # Ok::<(), oidc_secret::Error>(())
    /// ```
    #[must_use]
    pub fn secret_settings(&self) -> Vec<SecretSetting> {
        let labelled = self.values.iter().filter_map(|(label, setting)| {
            let has_secret = setting.texts().iter().any(|text| text.contains(SECRET));
            has_secret.then(|| labelled(label, setting.texts()))
        });
        let in_template = self.template.iter().flat_map(in_template);
        let found = labelled.chain(in_template).map(|(label, is_whole)| SecretSetting {
            name: self.name.clone(),
            file: self.file.as_deref().map(shown),
            format: self.format,
            label,
            alternative: self.alternative,
            is_whole,
        });
        found.collect()
    }
}

/// Returns the label, and whether the secret is the whole value. `NAME>.a.b` is the key `a.b` in the text
/// that is the value of `NAME`.
fn labelled(label: &str, texts: &[String]) -> (Option<String>, bool) {
    let is_whole = matches!(texts, [only] if only == SECRET) && !label.contains(">.");
    (Some(shown(&label.replace(">.", ", key "))), is_whole)
}

/// Returns a text with `<NAME>` for the input of that name. The default of an input is not filled in,
/// because another name may have been chosen.
fn shown(text: &str) -> String {
    let mut parts = text.split("{input:");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        shown.extend(["<", name, ">", rest]);
    }
    shown
}

/// Finds the secret in the lines of a template: the key before it, and whether it is the whole value.
fn in_template(template: &Template) -> Vec<(Option<String>, bool)> {
    let (mut found, mut line) = (Vec::new(), String::new());
    let parts = template.parts();
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Verbatim(text) => match text.rsplit_once('\n') {
                Some((_, last)) => last.clone_into(&mut line),
                None => line.push_str(text),
            },
            Part::Literal(text) => {
                if let Some((before, _)) = text.split_once(SECRET) {
                    let is_whole = text == SECRET && ends_value(parts.get(index + 1));
                    found.push((key(&format!("{line}{before}")), is_whole));
                }
                line.push_str(text);
            }
        }
    }
    found
}

/// Whether a value ends where this part of a template begins.
fn ends_value(next: Option<&Part>) -> bool {
    match next {
        Some(Part::Verbatim(text)) => {
            text.chars().next().is_none_or(|c| c.is_whitespace() || ",;<)]}".contains(c))
        }
        Some(Part::Literal(_)) => false,
        None => true,
    }
}

/// Returns the key of a line, given the text before its value; `None` for a value in a line of its own.
fn key(before: &str) -> Option<String> {
    let assignments = ["=>", " = ", ": "];
    let end = assignments.iter().filter_map(|assignment| before.find(assignment)).min();
    let key = before[..end.unwrap_or(before.len())].trim();
    let key = key.trim_end_matches(['=', ':']).trim_matches(['\'', '"']);
    (!key.is_empty()).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::embedded::applications;

    fn lines(text: &str) -> Vec<(Option<String>, bool)> {
        in_template(&Template::try_from(text.to_owned()).unwrap())
    }

    #[test]
    fn the_key_before_the_secret_names_the_line() {
        for (line, name, is_whole) in [
            ("  secret: {\"{client_secret}\"},", "secret", true),
            ("'a_secret' => {\"{client_secret}\"},", "a_secret", true),
            ("$config['secret'] = {\"{client_secret}\"};", "$config['secret']", true),
            ("<OidSecret>{\"{client_secret}\"}</OidSecret>", "<OidSecret>", true),
            ("secret: process.env.X || {\"{client_secret}\"},", "secret", true),
            ("  --secret={\"{client_secret}\"} \\", "--secret", true),
            ("  --from={\"client-secret={client_secret}\"}", "--from=client-secret", false),
            ("url = https://{\"{client_id}\"}:{\"{client_secret}\"}@x", "url", false),
        ] {
            let found = lines(&format!("other = 1\n{line}\n"));
            assert_eq!(found, [(Some(name.to_owned()), is_whole)], "{line}");
        }
        assert_eq!(lines("a(\n{\"{client_secret}\"}\n)"), [(None, true)]);
    }

    #[test]
    fn a_name_that_the_administrator_chooses_is_marked() {
        let whole = [SECRET.to_owned()];
        let label = |text: &str| labelled(text, &whole);
        assert_eq!(label("a.{input:provider}.b"), (Some("a.<provider>.b".to_owned()), true));
        assert_eq!(label("VAR>.a[0].b"), (Some("VAR, key a[0].b".to_owned()), false));
        assert!(!labelled("a", &[format!("--secret={SECRET}")]).1);
    }

    #[test]
    fn all_settings_with_the_secret_name_their_setting() {
        for application in applications() {
            for settings in &application.settings {
                let found = settings.secret_settings();
                assert_eq!(!found.is_empty(), settings.has_secret(), "{}", application.slug);
                for setting in found {
                    let label = setting.label.unwrap();
                    assert!(label.len() < 80 && !label.contains(['{', '\n']), "{label}");
                }
            }
        }
    }
}
