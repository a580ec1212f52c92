//! An application's settings, in the form that it wants them.

use std::fmt::Write as _;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::tree::Tree;
use super::{Filled, Setting, Settings};
use crate::authelia::single_quoted;
use crate::error::Error;

/// How settings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Fields of a page, by their labels.
    Gui,
    /// A file of variables.
    Env,
    /// The variables of a service in a Compose file.
    Compose,
    /// YAML; the labels are paths.
    Yaml,
    /// JSON; the labels are paths.
    Json,
    /// TOML; the labels are paths.
    Toml,
    /// Sections of `name = value`; the labels are paths.
    Ini,
    /// Lines of `name: value`.
    Properties,
    /// YAML with one level, whose names have dots.
    Flat,
    /// Names and values of a file that is a program, or is written by hand.
    List,
    /// Arguments of a command.
    Cli,
}

impl Form {
    /// Every form, with its name.
    pub const ALL: [(&'static str, Self); 11] = [
        ("gui", Self::Gui),
        ("env", Self::Env),
        ("compose", Self::Compose),
        ("yaml", Self::Yaml),
        ("json", Self::Json),
        ("toml", Self::Toml),
        ("ini", Self::Ini),
        ("properties", Self::Properties),
        ("flat", Self::Flat),
        ("list", Self::List),
        ("cli", Self::Cli),
    ];

    /// The name, as files of the catalogue have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, form)| *form == self).map_or("", |(name, _)| name)
    }
}

/// A setting whose templates are filled in.
pub(super) struct Set {
    pub(super) label: String,
    /// One text, or those of a list.
    pub(super) texts: Zeroizing<Vec<String>>,
    pub(super) is_list: bool,
}

impl Set {
    /// The value in one line.
    fn line(&self) -> Zeroizing<String> {
        Zeroizing::new(self.texts.join(if self.is_list { ", " } else { "" }))
    }
}

impl Filled {
    /// What is set, and to what, with this secret of the first client in it.
    ///
    /// # Errors
    /// [`Error::Random`] if the system's random generator fails.
    pub fn settings_values(
        &self,
        settings: &Settings,
        secret: &str,
    ) -> Result<Vec<(String, Setting)>, Error> {
        let sets = self.sets(settings, secret)?.into_iter().map(|set| {
            let setting = if set.is_list {
                Setting::List(set.texts.to_vec())
            } else {
                Setting::Text(set.texts.concat())
            };
            (set.label, setting)
        });
        Ok(sets.collect())
    }

    /// The settings as text, with this secret of the first client in them.
    ///
    /// # Errors
    /// [`Error::Random`] if the system's random generator fails.
    pub fn settings_text(
        &self,
        settings: &Settings,
        secret: &str,
    ) -> Result<Zeroizing<String>, Error> {
        let mut sets = self.sets(settings, secret)?;
        let is_tree = sets.iter().any(|set| set.label.starts_with("services."));
        if is_tree && settings.form == Form::Compose {
            into_services(&mut sets);
        }
        Ok(Zeroizing::new(match settings.form {
            Form::Gui => gui(&sets),
            Form::Env => lines(&sets, |set| format!("{}={}", set.label, variable(&set.line()))),
            Form::Compose if !is_tree => compose(&self.application().slug, &sets),
            Form::Yaml | Form::Compose => {
                Tree::of(&sets).iter().map(Tree::yaml).collect::<Vec<_>>().join("---\n")
            }
            Form::Json => Tree::of(&sets).iter().map(Tree::json).collect(),
            Form::Toml => lines(&sets, |set| format!("{} = {}", set.label, toml(set))),
            Form::Ini => ini(&sets),
            Form::Properties => lines(&sets, |set| format!("{}: {}", set.label, *set.line())),
            Form::Flat => lines(&sets, |set| format!("{}: {}", set.label, yaml(set))),
            Form::List => lines(&sets, |set| format!("{} = {}", set.label, *set.line())),
            Form::Cli => lines(&sets, argument),
        }))
    }
}

fn lines(sets: &[Set], line: impl Fn(&Set) -> String) -> String {
    sets.iter().map(|set| line(set) + "\n").collect()
}

/// Labels and values side by side; the items of a list below each other.
fn gui(sets: &[Set]) -> String {
    let width = sets.iter().map(|set| set.label.chars().count() + 2).max().unwrap_or_default();
    let mut text = String::new();
    for set in sets {
        let label = format!("{}:", set.label);
        let value = Zeroizing::new(set.texts.join(&format!("\n{:width$}", "")));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", format!("{label:width$}{}", *value).trim_end());
    }
    text
}

/// A value in a file of variables: between single quotes if anything in it may be special.
fn variable(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/@,+=%".contains(c);
    if value.chars().all(is_plain) {
        value.to_owned()
    } else if value.contains('\'') {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$"))
    } else {
        format!("'{value}'")
    }
}

/// Puts variables among the paths of a Compose file to those of the service.
fn into_services(sets: &mut [Set]) {
    let service =
        sets.iter().find_map(|set| set.label.strip_prefix("services.")?.split('.').next());
    let service = service.unwrap_or_default().to_owned();
    for set in sets {
        if !set.label.contains('.') {
            set.label = format!("services.{service}.environment.{}", set.label);
        }
        for text in set.texts.iter_mut() {
            *text = text.replace('$', "$$");
        }
    }
}

/// In a Compose file each `$` is doubled, or it would be taken for a variable.
fn compose(service: &str, sets: &[Set]) -> String {
    let variables = lines(sets, |set| {
        let value = Zeroizing::new(set.line().replace('$', "$$"));
        format!("      {}: {}", set.label, single_quoted(&value))
    });
    format!("services:\n  {service}:\n    environment:\n{variables}")
}

fn ini(sets: &[Set]) -> String {
    let (mut text, mut current) = (String::new(), "");
    for set in sets {
        let (section, name) = set.label.rsplit_once('.').unwrap_or(("", &set.label));
        let gap = if text.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        if section != current {
            let _ = writeln!(text, "{gap}[{section}]");
        }
        let _ = writeln!(text, "{}", format!("{name} = {}", *set.line()).trim_end());
        current = section;
    }
    text
}

fn toml(set: &Set) -> String {
    let quoted = |text: &String| match scalar(text) {
        Scalar::Text => serde_json::Value::from(&**text).to_string(),
        Scalar::Other => text.clone(),
    };
    let texts: Vec<_> = set.texts.iter().map(quoted).collect();
    if set.is_list { format!("[{}]", texts.join(", ")) } else { texts.concat() }
}

/// A value of YAML, in one line.
pub(super) fn yaml(set: &Set) -> String {
    let quoted = |text: &String| match scalar(text) {
        Scalar::Text => single_quoted(text),
        Scalar::Other => text.clone(),
    };
    let texts: Vec<_> = set.texts.iter().map(quoted).collect();
    if set.is_list { format!("[{}]", texts.join(", ")) } else { texts.concat() }
}

/// What a text stands for where numbers and truth values have no quotes.
#[derive(PartialEq, Eq)]
pub(super) enum Scalar {
    Text,
    /// A number or a truth value.
    Other,
}

pub(super) fn scalar(text: &str) -> Scalar {
    let is_number = text.parse::<u32>().is_ok_and(|number| number.to_string() == text);
    if is_number || text == "true" || text == "false" { Scalar::Other } else { Scalar::Text }
}

/// An argument with its value, for a shell.
fn argument(set: &Set) -> String {
    let value = set.line();
    if value.is_empty() {
        return set.label.clone();
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/@,+=%".contains(c);
    let word = if value.chars().all(is_plain) {
        value.to_string()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    };
    format!("{} {word}", set.label)
}

#[cfg(test)]
mod tests {
    use super::super::{Application, Values};

    /// What becomes of settings in a form.
    fn written(form: &str, values: &str) -> String {
        let toml = format!(
            "name = 'X'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n[[settings]]\nname = 'S'\n\
             form = '{form}'\nvalues = [{values}]"
        );
        let application = Application::parse("x", &toml).unwrap();
        let filled = application.fill(&Values::default()).unwrap();
        filled.settings_text(&filled.settings[0], "it's $ecret").unwrap().to_string()
    }

    #[test]
    fn each_form_quotes_as_its_reader_unquotes() {
        let values = "['a', '{client_secret}'], ['b.c', 'true'], ['b.d', ['x', 'y']]";
        assert_eq!(written("gui", values), "a:   it's $ecret\nb.c: true\nb.d: x\n     y\n");
        assert_eq!(
            written("env", "['A', '{client_secret}'], ['B', 'x y'], ['C', 'x']"),
            "A=\"it's \\$ecret\"\nB='x y'\nC=x\n"
        );
        assert_eq!(
            written("compose", "['A', '{client_secret}']"),
            "services:\n  x:\n    environment:\n      A: 'it''s $$ecret'\n"
        );
        assert_eq!(
            written(
                "compose",
                "['services.y.image', 'z'], ['A', '{client_secret}'], ['B', 'true']"
            ),
            "services:\n  y:\n    image: 'z'\n    environment:\n      A: 'it''s $$ecret'\n      B: 'true'\n"
        );
        assert_eq!(
            written("yaml", values),
            "a: 'it''s $ecret'\nb:\n  c: true\n  d:\n    - 'x'\n    - 'y'\n"
        );
        assert_eq!(
            written("json", values),
            "{\n  \"a\": \"it's $ecret\",\n  \"b\": {\n    \"c\": true,\n    \"d\": [\n      \"x\",\n      \"y\"\n    ]\n  }\n}\n"
        );
        assert_eq!(
            written("toml", values),
            "a = \"it's $ecret\"\nb.c = true\nb.d = [\"x\", \"y\"]\n"
        );
        assert_eq!(written("ini", values), "a = it's $ecret\n\n[b]\nc = true\nd = x, y\n");
        assert_eq!(written("flat", "['b.c', 'x']"), "b.c: 'x'\n");
        assert_eq!(
            written("cli", "['--a', '{client_secret}'], ['-y', '']"),
            "--a 'it'\\''s $ecret'\n-y\n"
        );
    }
}
