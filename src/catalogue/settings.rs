//! An application's settings, in the form that it wants them.

use std::fmt::Write as _;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::tree::{Tree, yaml_key};
use super::{Filled, Setting, Settings, ini, properties, shell, variables};
use crate::authelia::single_quoted;
use crate::error::{CatalogueError, Error};
use crate::line::is_one_line;

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

    /// Whether the labels are paths.
    fn has_paths(self) -> bool {
        matches!(self, Self::Compose | Self::Yaml | Self::Json | Self::Toml | Self::Ini)
    }
}

/// A setting whose templates are filled in.
pub(super) struct Set {
    pub(super) label: String,
    /// One text, or those of a list.
    pub(super) texts: Zeroizing<Vec<String>>,
    pub(super) is_list: bool,
    /// Whether the catalogue has the texts as they are, with nothing filled in.
    pub(super) is_literal: bool,
}

/// A setting that its form cannot carry, by its label, and the reason.
#[derive(Debug)]
pub(super) struct Refused {
    label: String,
    why: &'static str,
}

impl Set {
    /// The value in one line.
    pub(super) fn line(&self) -> Zeroizing<String> {
        Zeroizing::new(self.texts.join(if self.is_list { ", " } else { "" }))
    }

    pub(super) fn refused(&self, why: &'static str) -> Refused {
        Refused { label: self.label.clone(), why }
    }

    /// Whether a text is a number or a truth value, which has no quotes.
    ///
    /// Only the catalogue says so: a secret of digits, or an answer `true`, is text.
    pub(super) fn is_bare(&self, text: &str) -> bool {
        let is_number = || text.parse::<u32>().is_ok_and(|number| number.to_string() == text);
        self.is_literal && (text == "true" || text == "false" || is_number())
    }

    /// The value in one line, with the texts between quotes and a list between brackets.
    pub(super) fn quoted(&self, quote: impl Fn(&str) -> String) -> String {
        let texts = self.texts.iter();
        let texts = texts.map(|text| if self.is_bare(text) { text.clone() } else { quote(text) });
        let texts: Vec<_> = texts.collect();
        if self.is_list { format!("[{}]", texts.join(", ")) } else { texts.concat() }
    }

    /// That the name and the value stay on their line.
    fn check(&self) -> Result<(), Refused> {
        /// YAML ends the name of a key here (YAML 1.2.2 §7.4.2: 1024, with the quotes).
        const LONGEST: usize = 1000;
        if !self.texts.iter().all(|text| is_one_line(text)) {
            return Err(self.refused("its value has a control character or a line break"));
        }
        if !is_one_line(&self.label) || self.label.len() > LONGEST {
            let why = "its name has a control character, a line break or more than 1000 bytes";
            return Err(Refused { label: self.label.chars().take(50).collect(), why });
        }
        Ok(())
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
    /// [`CatalogueError::Unrepresentable`] for a value that the form cannot carry, and
    /// [`Error::Random`] if the system's random generator fails.
    pub fn settings_text(
        &self,
        settings: &Settings,
        secret: &str,
    ) -> Result<Zeroizing<String>, Error> {
        let sets = self.sets(settings, secret)?;
        let templates = settings.values.iter().map(|(label, _)| &**label);
        let checked = check(settings.form, &sets, templates);
        let text = checked.and_then(|()| written(settings.form, &self.application().slug, sets));
        text.map(Zeroizing::new).map_err(|Refused { label, why }| {
            CatalogueError::Unrepresentable { form: settings.form.name(), label, why }.into()
        })
    }
}

/// That each setting stays on its line, and at its place.
fn check<'a>(
    form: Form,
    sets: &[Set],
    templates: impl Iterator<Item = &'a str>,
) -> Result<(), Refused> {
    let structure = |label: &str| label.matches(['.', '[', ']', '>']).count();
    for (set, template) in sets.iter().zip(templates) {
        set.check()?;
        if form.has_paths() && structure(&set.label) != structure(template) {
            return Err(set.refused("an answer in its name has one of . [ ] >, which divide paths"));
        }
    }
    Ok(())
}

fn written(form: Form, slug: &str, mut sets: Vec<Set>) -> Result<String, Refused> {
    let is_tree = sets.iter().any(|set| set.label.starts_with("services."));
    if is_tree && form == Form::Compose {
        into_services(&mut sets);
    }
    Ok(match form {
        Form::Gui => gui(&sets),
        Form::Env => lines(&sets, |set| variables::assignment(&set.label, &set.line()))?,
        Form::Compose if !is_tree => compose(slug, &sets)?,
        Form::Yaml | Form::Compose => {
            let documents = Tree::of(&sets, form)?;
            documents.iter().map(Tree::yaml).collect::<Vec<_>>().join("---\n")
        }
        Form::Json => Tree::of(&sets, form)?.iter().map(Tree::json).collect(),
        Form::Toml => lines(&sets, toml)?,
        Form::Ini => ini::sections(&sets)?,
        Form::Properties => lines(&sets, |set| properties::line(&set.label, &set.line()))?,
        Form::Flat => lines(&sets, |set| {
            Ok(format!("{}: {}", yaml_key(&set.label), set.quoted(single_quoted)))
        })?,
        Form::List => lines(&sets, |set| Ok(format!("{} = {}", set.label, *set.line())))?,
        Form::Cli => lines(&sets, |set| shell::argument(&set.label, &set.line()))?,
    })
}

fn lines(
    sets: &[Set],
    line: impl Fn(&Set) -> Result<String, &'static str>,
) -> Result<String, Refused> {
    sets.iter().map(|set| Ok(line(set).map_err(|why| set.refused(why))? + "\n")).collect()
}

/// Labels and values side by side; the items of a list below each other.
fn gui(sets: &[Set]) -> String {
    let width = sets.iter().map(|set| set.label.chars().count() + 2).max().unwrap_or_default();
    let mut text = String::new();
    for set in sets {
        let label = format!("{}:", set.label);
        let value = Zeroizing::new(set.texts.join(&format!("\n{:width$}", "")));
        // Writing to a string cannot fail.
        let _ = if value.is_empty() {
            writeln!(text, "{label}")
        } else {
            writeln!(text, "{label:width$}{}", *value)
        };
    }
    text
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
fn compose(service: &str, sets: &[Set]) -> Result<String, Refused> {
    let variables = lines(sets, |set| {
        if set.label.is_empty() || set.label.contains('=') {
            return Err("a variable's name is not empty and has no =");
        }
        let value = Zeroizing::new(set.line().replace('$', "$$"));
        Ok(format!("      {}: {}", yaml_key(&set.label), single_quoted(&value)))
    })?;
    Ok(format!("services:\n  {}:\n    environment:\n{variables}", yaml_key(service)))
}

fn toml(set: &Set) -> Result<String, &'static str> {
    let is_bare = |key: &str| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    if !set.label.split('.').all(is_bare) {
        return Err("its name has characters other than letters, digits, hyphens and underscores");
    }
    // What JSON escapes TOML reads, and what TOML has escaped besides is refused before.
    let value = set.quoted(|text| serde_json::Value::from(text).to_string());
    Ok(format!("{} = {value}", set.label))
}

#[cfg(test)]
mod tests {
    use super::super::{Application, Values};
    use super::*;

    /// What becomes of settings in a form.
    fn written(form: &str, values: &str) -> String {
        text(form, values).unwrap().to_string()
    }

    fn text(form: &str, values: &str) -> Result<Zeroizing<String>, Error> {
        let toml = format!(
            "name = 'X'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n[[settings]]\nname = 'S'\n\
             form = '{form}'\nvalues = [{values}]"
        );
        let application = Application::parse("x", &toml).unwrap();
        let filled = application.fill(&Values::default()).unwrap();
        filled.settings_text(&filled.settings[0], "it's $ecret")
    }

    #[test]
    fn each_form_quotes_as_its_reader_unquotes() {
        let values = "['a', '{client_secret}'], ['b.c', 'true'], ['b.d', ['x', 'y']]";
        assert_eq!(written("gui", values), "a:   it's $ecret\nb.c: true\nb.d: x\n     y\n");
        assert_eq!(
            written("env", "['A', \"it's secret\"], ['B', 'x y'], ['C', 'x']"),
            "A=\"it's secret\"\nB='x y'\nC=x\n"
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
            "services:\n  'y':\n    image: 'z'\n    environment:\n      A: 'it''s $$ecret'\n      B: 'true'\n"
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

    #[test]
    fn only_the_catalogue_has_numbers_truth_values_and_json() {
        let toml = "name = 'X'\n[ask.q]\nabout = 'Q'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n\
                    [[settings]]\nname = 'S'\nform = 'json'\nvalues = [['a', '{ask:q}'], ['b', '{client_secret}'], \
                    ['c', '12'], ['d', '{}']]";
        let application = Application::parse("x", toml).unwrap();
        let answers = [("q".to_owned(), "true".to_owned())].into();
        let filled = application.fill(&Values { answers, ..Values::default() }).unwrap();
        let json = filled.settings_text(&filled.settings[0], "{}").unwrap();
        assert_eq!(
            *json,
            "{\n  \"a\": \"true\",\n  \"b\": \"{}\",\n  \"c\": 12,\n  \"d\": {}\n}\n"
        );
    }

    #[test]
    fn what_a_form_cannot_carry_is_named_without_its_value() {
        for (form, values, label) in [
            ("env", "['A', '{client_secret}']", "A"),
            ("env", "['A B', 'x']", "A B"),
            ("ini", "['a.b', '100%']", "a.b"),
            ("toml", "['a b', 'x']", "a b"),
            ("properties", "['a', '${x}']", "a"),
            ("cli", "['-a', '-x']", "-a"),
            ("json", "['a', 'x'], ['a.b', 'x']", "a.b"),
            ("gui", "['a', \"x\\ny\"]", "a"),
        ] {
            let error = text(form, values).unwrap_err();
            let Error::Catalogue(CatalogueError::Unrepresentable {
                form: found, label: named, ..
            }) = &error
            else {
                panic!("{error}")
            };
            assert_eq!((*found, &**named), (form, label));
            assert!(!error.to_string().contains("ecret"), "{error}");
        }
    }

    #[test]
    fn an_answer_moves_no_setting_to_another_place() {
        let toml = "name = 'X'\n[ask.q]\nabout = 'Q'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n\
                    [[settings]]\nname = 'S'\nform = 'yaml'\nvalues = [['a.{ask:q}', 'v']]";
        let application = Application::parse("x", toml).unwrap();
        let text = |answer: &str| {
            let answers = [("q".to_owned(), answer.to_owned())].into();
            let filled = application.fill(&Values { answers, ..Values::default() }).unwrap();
            filled.settings_text(&filled.settings[0], "")
        };
        assert_eq!(*text("b: c").unwrap(), "a:\n  'b: c': 'v'\n");
        for answer in ["b.c", "b[0]", "b>"] {
            assert!(text(answer).is_err(), "{answer}");
        }
    }
}
