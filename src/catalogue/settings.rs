//! Settings as text, in their format.
//!
//! Why own writers instead of a crate for each format? A serializer writes for its own reader, but these
//! files have other readers, which differ: `rust-ini` 0.21, for example, escapes with backslashes that
//! the readers of Go and Python keep, and no crate writes variables for shells, python-dotenv and
//! Compose alike. A serializer also writes every value, while a value that a reader would change must be
//! refused here, and that check needs the readers' rules anyway. JSON has one set of rules, so
//! `serde_json` writes it.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::application::Settings;
use super::compose;
use super::error::CatalogueError;
use super::format::SettingsFormat;
use super::literal::literal;
use super::resolve::{ResolvedApplication, ResolvedPart};
use super::setting::{ResolvedSetting, Setting, Unrepresentable, ensure_unique, lines};
use super::template::Template;
use super::tree::Tree;
use super::yaml::yaml_key;
use super::{ini, json_text, properties, shell, variables};
use crate::authelia::single_quoted;
use crate::error::Error;
use crate::line::is_one_line;

impl ResolvedApplication {
    /// Returns the labels and values of settings, with this secret of the first client.
    ///
    /// # Errors
    /// [`Error::Random`] if the system's random generator fails.
    pub fn settings_values(
        &self,
        settings: &Settings,
        secret: &str,
    ) -> Result<Vec<(String, Setting)>, Error> {
        let resolved = self.resolved_settings(settings, secret)?.into_iter().map(|setting| {
            let value = if setting.is_list {
                Setting::List(setting.texts.to_vec())
            } else {
                Setting::Text(setting.texts.concat())
            };
            (setting.label, value)
        });
        Ok(resolved.collect())
    }

    /// Returns settings as text, with this secret of the first client.
    ///
    /// # Errors
    /// [`CatalogueError::Unrepresentable`] for a value that the format cannot carry, and
    /// [`Error::Random`] if the system's random generator fails.
    pub fn settings_text(
        &self,
        settings: &Settings,
        secret: &str,
    ) -> Result<Zeroizing<String>, Error> {
        let format = settings.format;
        if let Some(template) = &settings.template {
            return self.filled(template, format, secret);
        }
        let resolved = self.resolved_settings(settings, secret)?;
        let templates = settings.values.iter().map(|(label, _)| &**label);
        let checked = check(format, &resolved, templates);
        let checked = checked.and_then(|()| check_variables(settings, &resolved));
        let text = checked.and_then(|()| text(format, &self.application().slug, resolved));
        text.map(Zeroizing::new).map_err(|Unrepresentable { label, why }| {
            CatalogueError::Unrepresentable { format, label, why }.into()
        })
    }

    /// Fills in a template.
    fn filled(
        &self,
        template: &Template,
        format: SettingsFormat,
        secret: &str,
    ) -> Result<Zeroizing<String>, Error> {
        let mut filled = Zeroizing::new(String::new());
        for part in self.resolved_parts(template, secret)? {
            match part {
                ResolvedPart::Verbatim(text) => filled.push_str(&text),
                ResolvedPart::Literal { template: label, text } => {
                    let literal = checked_literal(format, &text).map(Zeroizing::new);
                    let refused = |why| CatalogueError::Unrepresentable { format, label, why };
                    filled.push_str(&literal.map_err(refused)?);
                }
            }
        }
        Ok(filled)
    }
}

fn checked_literal(format: SettingsFormat, text: &str) -> Result<String, &'static str> {
    if is_one_line(text) {
        literal(format, text)
    } else {
        Err("its value has a control character or a line break")
    }
}

/// Checks that each setting stays on its line and at its place.
fn check<'a>(
    format: SettingsFormat,
    settings: &[ResolvedSetting],
    templates: impl Iterator<Item = &'a str>,
) -> Result<(), Unrepresentable> {
    let structure = |label: &str| label.matches(['.', '[', ']', '>']).count();
    for (setting, template) in settings.iter().zip(templates) {
        setting.check()?;
        let has_path = format.has_paths() || template.contains(">.");
        if has_path && structure(&setting.label) != structure(template) {
            let why = "an input in its name has one of . [ ] >, which divide paths";
            return Err(setting.unrepresentable(why));
        }
    }
    Ok(())
}

/// Refuses a `$` where the application replaces variables.
///
/// Why is it not escaped? Each application has another escape or none: Gatus reads `$$` as `$`, Jenkins has
/// `^${`, and Dex calls Go's `os.ExpandEnv`, which has none. A refused random secret is generated again. A
/// text of the catalogue itself may be a variable on purpose.
fn check_variables(
    settings: &Settings,
    resolved: &[ResolvedSetting],
) -> Result<(), Unrepresentable> {
    let is_replaced = |setting: &&ResolvedSetting| {
        !setting.is_literal && setting.texts.iter().any(|text| text.contains('$'))
    };
    match resolved.iter().find(is_replaced).filter(|_| settings.replaces_variables) {
        Some(setting) => {
            Err(setting
                .unrepresentable("its value has a $, and the application replaces variables"))
        }
        None => Ok(()),
    }
}

fn text(
    format: SettingsFormat,
    slug: &str,
    settings: Vec<ResolvedSetting>,
) -> Result<String, Unrepresentable> {
    Ok(match format {
        SettingsFormat::Gui => gui(&settings),
        SettingsFormat::Env => {
            let settings = json_text::join(settings)?;
            lines(&settings, |setting| variables::assignment(&setting.label, &setting.line()))?
        }
        SettingsFormat::Compose => compose::services(slug, json_text::join(settings)?)?,
        SettingsFormat::Yaml => {
            let documents = Tree::documents(&settings)?;
            documents.iter().map(Tree::yaml).collect::<Vec<_>>().join("---\n")
        }
        SettingsFormat::Json => Tree::document(&settings)?.json(),
        SettingsFormat::Toml => {
            Tree::document(&settings)?;
            lines(&settings, toml)?
        }
        SettingsFormat::Ini => {
            ensure_unique(&settings)?;
            ini::sections(&settings)?
        }
        SettingsFormat::Properties => {
            ensure_unique(&settings)?;
            lines(&settings, |setting| properties::line(&setting.label, &setting.line()))?
        }
        SettingsFormat::Flat => {
            ensure_unique(&settings)?;
            lines(&settings, |setting| {
                Ok(format!("{}: {}", yaml_key(&setting.label), setting.quoted(single_quoted)))
            })?
        }
        // A format that is a syntax has a template, which was filled in before.
        _ => lines(&settings, |setting| shell::argument(&setting.label, &setting.line()))?,
    })
}

/// Labels and values in two columns; the items of a list are below each other.
fn gui(settings: &[ResolvedSetting]) -> String {
    let widths = settings.iter().map(|setting| setting.label.chars().count() + 2);
    let width = widths.max().unwrap_or_default();
    let mut text = String::new();
    for setting in settings {
        let label = format!("{}:", setting.label);
        let value = Zeroizing::new(setting.texts.join(&format!("\n{}", " ".repeat(width))));
        // Writing to a string cannot fail.
        let _ = if value.is_empty() {
            writeln!(text, "{label}")
        } else {
            let gap = " ".repeat(width - label.chars().count());
            writeln!(text, "{label}{gap}{}", *value)
        };
    }
    text
}

/// Returns a line of TOML with a dotted key.
///
/// The writer of the crate `toml` would turn dotted keys into tables, and so change the order.
fn toml(setting: &ResolvedSetting) -> Result<String, &'static str> {
    let is_bare = |key: &str| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    if !setting.label.split('.').all(is_bare) {
        return Err("its name has characters other than letters, digits, hyphens and underscores");
    }
    // TOML reads JSON's escapes. It also requires one for U+007F, which JSON does not escape, but a
    // value with control characters was refused before.
    let value = setting.quoted(|text| serde_json::Value::from(text).to_string());
    Ok(format!("{} = {value}", setting.label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::application::Application;
    use crate::catalogue::values::Values;

    /// Settings in a format.
    fn written(format: &str, values: &str) -> String {
        text(format, values).unwrap().to_string()
    }

    fn text(format: &str, values: &str) -> Result<Zeroizing<String>, Error> {
        let toml = format!(
            "name = 'X'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n[[settings]]\nname = 'S'\n\
             format = '{format}'\nvalues = [{values}]"
        );
        let application = Application::parse("x", &toml).unwrap();
        let resolved = application.resolve(&Values::default()).unwrap();
        resolved.settings_text(&resolved.settings[0], "it's $ecret")
    }

    #[test]
    fn each_format_quotes_as_its_readers_unquote() {
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
    fn only_literals_of_the_catalogue_are_numbers_truth_values_or_json() {
        let toml = "name = 'X'\n[inputs.q]\nabout = 'Q'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n\
                    [[settings]]\nname = 'S'\nformat = 'json'\nvalues = [['a', '{input:q}'], ['b', '{client_secret}'], \
                    ['c', '12'], ['d', '{}']]";
        let application = Application::parse("x", toml).unwrap();
        let inputs = [("q".to_owned(), "true".to_owned())].into();
        let resolved = application.resolve(&Values { inputs, ..Values::default() }).unwrap();
        let json = resolved.settings_text(&resolved.settings[0], "{}").unwrap();
        assert_eq!(
            *json,
            "{\n  \"a\": \"true\",\n  \"b\": \"{}\",\n  \"c\": 12,\n  \"d\": {}\n}\n"
        );
    }

    #[test]
    fn an_unrepresentable_setting_is_named_without_its_value() {
        for (format, values, label) in [
            ("env", "['A', '{client_secret}']", "A"),
            ("env", "['A B', 'x']", "A B"),
            ("ini", "['a.b', '100%']", "a.b"),
            ("toml", "['a b', 'x']", "a b"),
            ("properties", "['a', '${x}']", "a"),
            ("cli", "['-a', '-x']", "-a"),
            ("json", "['a', 'x'], ['a.b', 'x']", "a.b"),
        ] {
            let error = text(format, values).unwrap_err();
            let Error::Catalogue(CatalogueError::Unrepresentable {
                format: found,
                label: named,
                ..
            }) = &error
            else {
                panic!("{error}")
            };
            assert_eq!((found.name(), &**named), (format, label));
            assert!(!error.to_string().contains("ecret"), "{error}");
        }
    }

    #[test]
    fn a_dollar_sign_is_refused_where_the_application_replaces_variables() {
        let text = |keys: &str, values: &str, secret: &str| {
            let toml = format!(
                "name = 'X'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n[[settings]]\n\
                 name = 'S'\nformat = 'yaml'\nvalues = [{values}]\n{keys}"
            );
            let application = Application::parse("x", &toml).unwrap();
            let resolved = application.resolve(&Values::default()).unwrap();
            resolved.settings_text(&resolved.settings[0], secret).map(|text| text.to_string())
        };
        let values = "['a', '${HOME}'], ['b', 'x{client_secret}']";
        let replaces = "replaces_variables = true";
        assert_eq!(text("", values, "$y").unwrap(), "a: '${HOME}'\nb: 'x$y'\n");
        assert_eq!(text(replaces, values, "y").unwrap(), "a: '${HOME}'\nb: 'xy'\n");
        let error = text(replaces, values, "$y").unwrap_err().to_string();
        assert!(error.contains("setting b ") && error.contains("has a $, and"), "{error}");
    }

    #[test]
    fn a_second_setting_at_the_same_place_is_refused() {
        let same = "['a', 'x'], ['a', 'y']";
        for format in ["env", "compose", "yaml", "json", "toml", "ini", "properties", "flat"] {
            let error = text(format, same).unwrap_err().to_string();
            assert!(error.contains("setting a ") && error.contains("taken"), "{format}: {error}");
        }
        for format in ["yaml", "json", "toml"] {
            for within in ["['a', 'x'], ['a.b', 'y']", "['a.b', 'x'], ['a', 'y']"] {
                let error = text(format, within).unwrap_err().to_string();
                assert!(error.contains("taken"), "{format}: {error}");
            }
        }
        for format in ["env", "compose"] {
            assert!(text(format, "['A>.a', 'x'], ['B', 'y'], ['A>.b', 'z']").is_err(), "{format}");
        }
        for format in ["gui", "cli"] {
            assert!(text(format, same).is_ok(), "{format}");
        }
    }

    #[test]
    fn an_input_does_not_move_a_setting_to_another_place() {
        let toml = "name = 'X'\n[inputs.q]\nabout = 'Q'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n\
                    [[settings]]\nname = 'S'\nformat = 'yaml'\nvalues = [['a.{input:q}', 'v']]";
        let application = Application::parse("x", toml).unwrap();
        let text = |value: &str| {
            let inputs = [("q".to_owned(), value.to_owned())].into();
            let resolved = application.resolve(&Values { inputs, ..Values::default() }).unwrap();
            resolved.settings_text(&resolved.settings[0], "")
        };
        assert_eq!(*text("b: c").unwrap(), "a:\n  'b: c': 'v'\n");
        for value in ["b.c", "b[0]", "b>"] {
            assert!(text(value).is_err(), "{value}");
        }
    }
}
