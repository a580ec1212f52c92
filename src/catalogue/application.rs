//! The data of an application, as its file has them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::format::SettingsFormat;
use super::setting::Setting;
use super::template::Template;
use crate::authelia::{NewEntry, Value};

/// An application.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Application {
    /// The name of its file, which is also its name on the command line.
    #[serde(skip)]
    pub slug: String,
    /// Its name, as people write it.
    pub name: String,
    /// Other names that people use for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The version of the application that this setup was tested with.
    pub tested: Option<String>,
    /// The version of Authelia that this setup was tested with.
    pub authelia: Option<String>,
    /// Its usual subdomain.
    pub subdomain: Option<String>,
    /// Values that the templates need besides the URLs, by name.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// Its clients.
    pub clients: Vec<ClientTemplate>,
    /// Its settings.
    #[serde(default)]
    pub settings: Vec<Settings>,
}

/// A value that the templates need.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Input {
    /// A description.
    pub about: String,
    /// The value if none is given. It may have placeholders.
    pub default: Option<String>,
}

/// A client of an application.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ClientTemplate {
    /// Its variant. A client without one belongs to every variant.
    pub variant: Option<String>,
    /// Differences from Authelia's integration guide, with the reason.
    pub note: Option<String>,
    /// Whether the authentication method is a setting of the application, or differs between its
    /// versions, so that the entry's is not the only right one.
    #[serde(default)]
    pub configurable_method: bool,
    /// A secret that is built into the application, and so is public.
    pub fixed_secret: Option<String>,
    /// Other parts of the provider's configuration that the client needs, as YAML.
    pub extra_config: Option<String>,
    /// Configuration that puts claims into the ID token, as YAML. Only applications that do not read
    /// the user info endpoint need it.
    pub claims: Option<String>,
    /// The entry, without the secret.
    #[serde(deserialize_with = "entry")]
    pub entry: NewEntry,
}

/// Settings of an application that are made in one place.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The name of the place.
    pub name: String,
    /// Their format.
    pub format: SettingsFormat,
    /// The file that has them.
    pub file: Option<String>,
    /// Their variant. Settings without one belong to every variant.
    pub variant: Option<String>,
    /// Whether they do the same as the settings before them, so that only one of them is needed.
    #[serde(default)]
    pub alternative: bool,
    /// Whether the application replaces variables such as `$NAME` in their values.
    #[serde(default)]
    pub replaces_variables: bool,
    /// The text in the application's own syntax, for formats that are a syntax.
    pub template: Option<Template>,
    /// The labels with their values. The order is that of the application's form or file, so a map
    /// would lose it.
    #[serde(default, deserialize_with = "values")]
    pub values: Vec<(String, Setting)>,
}

impl Application {
    /// Returns the names of the variants, in the order of the file.
    #[must_use]
    pub fn variants(&self) -> Vec<&str> {
        let mut variants = Vec::new();
        for variant in self.clients.iter().filter_map(|client| client.variant.as_deref()) {
            if !variants.contains(&variant) {
                variants.push(variant);
            }
        }
        variants
    }

    /// Returns the formats of the settings, each once, in the order of the file.
    #[must_use]
    pub fn formats(&self) -> Vec<SettingsFormat> {
        let mut formats = Vec::new();
        for settings in &self.settings {
            if !formats.contains(&settings.format) {
                formats.push(settings.format);
            }
        }
        formats
    }
}

impl Settings {
    /// Whether they are for this variant only.
    pub(super) fn is_of(&self, variant: &str) -> bool {
        self.variant.as_deref() == Some(variant)
    }

    /// Whether they contain the secret.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        let values = self.values.iter().flat_map(|(_, setting)| setting.texts());
        let literals = self.template.iter().flat_map(Template::literals);
        let mut texts = values.map(|text| &**text).chain(literals);
        texts.any(|text| text.contains("{client_secret}"))
    }
}

impl ClientTemplate {
    /// Whether the client is public, which means that it has no secret.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.entry.get("public") == Some(&Value::Flag(true))
    }
}

/// Reads an entry, whose values are texts, truth values and lists of texts.
///
/// `Value` itself has no `Deserialize`: everywhere else entries come from YAML with its positions.
fn entry<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<NewEntry, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a value is text, a list of texts, true or false")]
    enum Raw {
        Flag(bool),
        Text(String),
        List(Vec<String>),
    }
    let table = toml::Table::deserialize(deserializer)?;
    let mut entry = NewEntry::default();
    for (key, value) in table {
        let refused = |error: toml::de::Error| {
            serde::de::Error::custom(format!("the key {key}: {}", error.message().trim()))
        };
        let value = match value.try_into().map_err(refused)? {
            Raw::Flag(flag) => Value::Flag(flag),
            Raw::Text(text) => Value::Text(text),
            Raw::List(texts) => Value::List(texts),
        };
        entry.set(&key, value);
    }
    Ok(entry)
}

/// Reads labels with their values. A tuple would ignore a third item, and so lose it.
fn values<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, Setting)>, D::Error> {
    #[derive(Deserialize)]
    #[serde(try_from = "Vec<Setting>")]
    struct Row(String, Setting);
    impl TryFrom<Vec<Setting>> for Row {
        type Error = String;

        fn try_from(items: Vec<Setting>) -> Result<Self, String> {
            match <[Setting; 2]>::try_from(items) {
                Ok([Setting::Text(label), value]) => Ok(Self(label, value)),
                Ok(_) => Err("the label of a setting is text, not a list".to_owned()),
                Err(items) => {
                    Err(format!("a setting has 2 items, a label and a value, not {}", items.len()))
                }
            }
        }
    }
    let rows = Vec::<Row>::deserialize(deserializer)?;
    Ok(rows.into_iter().map(|Row(label, value)| (label, value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_a_label_and_a_value() {
        let parsed = |row: &str| {
            let toml = format!(
                "name = 'X'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n[[settings]]\n\
                 name = 'S'\nformat = 'gui'\nvalues = [\n['A', 'b'],\n{row},\n]"
            );
            Application::parse("x", &toml)
        };
        assert_eq!(parsed("['C', ['d', 'e']]").unwrap().settings[0].values.len(), 2);
        for (row, problem) in [
            ("['C', 'd', 'e']", "a setting has 2 items, a label and a value, not 3"),
            ("['C']", "not 1"),
            ("[['C'], 'd']", "the label of a setting is text"),
            ("['C', 1]", "a setting is text or a list of texts"),
        ] {
            let error = parsed(row).unwrap_err().to_string();
            assert!(error.contains(problem) && error.contains("line"), "{row}: {error}");
        }
    }

    #[test]
    fn each_variant_is_listed_once() {
        let client = |variant: &str| {
            format!("[[clients]]\nvariant = '{variant}'\n[clients.entry]\nclient_id = 'x'\n")
        };
        let toml = ["a", "b", "a"].map(client).concat();
        let application = Application::parse("x", &format!("name = 'X'\n{toml}")).unwrap();
        assert_eq!(application.variants(), ["a", "b"]);
    }
}
