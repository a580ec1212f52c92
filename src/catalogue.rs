#![doc = include_str!("../docs/catalogue.md")]

mod check;
mod embedded;
mod fill;
mod ini;
mod properties;
mod recognise;
mod settings;
mod shell;
mod tree;
mod variables;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::authelia::{NewEntry, Value};
use crate::error::{CatalogueError, Error};

pub use fill::{Filled, Url, Values};
pub(crate) use recognise::recognise;
pub use settings::Form;

/// An application.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The name on the command line, which is that of its file.
    #[serde(skip)]
    pub slug: String,
    /// Its name, as people write it.
    pub name: String,
    /// The version of it that this is known to work with.
    pub tested: Option<String>,
    /// The version of Authelia that this is known to work with.
    pub authelia: Option<String>,
    /// The subdomain that it usually has.
    pub subdomain: Option<String>,
    /// What must be asked for, by name.
    #[serde(default)]
    pub ask: BTreeMap<String, Question>,
    /// Its clients.
    pub clients: Vec<Registration>,
    /// Its settings.
    #[serde(default)]
    pub settings: Vec<Settings>,
}

/// What must be asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What it is.
    pub about: String,
    /// What it is if nobody says.
    pub default: Option<String>,
}

/// A client of an application.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The variant that it belongs to.
    pub variant: Option<String>,
    /// What differs from the source, and why.
    pub note: Option<String>,
    /// A secret that is built into the application, and so is known to everybody.
    pub fixed_secret: Option<String>,
    /// What else the provider's configuration needs, as YAML.
    pub also: Option<String>,
    /// What gives the ID token claims, for an application that looks for them there, as YAML.
    pub claims: Option<String>,
    /// The entry, without the secret.
    #[serde(deserialize_with = "entry")]
    pub entry: NewEntry,
}

/// Settings of an application, in one place.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where they are.
    pub name: String,
    /// How they are written.
    pub form: Form,
    /// The file that they stand in.
    pub file: Option<String>,
    /// The variant that they belong to; those of all without one.
    pub variant: Option<String>,
    /// What is set, and to what, in order.
    pub values: Vec<(String, Setting)>,
}

/// What something is set to.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged, expecting = "a setting is text or a list of texts")]
pub enum Setting {
    /// Text, which may stand for a number or a truth value.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl Application {
    /// Reads the file of the application with this slug.
    ///
    /// # Errors
    /// [`CatalogueError::Malformed`] for text that is not TOML of this form, and for names and texts
    /// that have control characters.
    pub fn parse(slug: &str, toml: &str) -> Result<Self, Error> {
        let malformed = |error: toml::de::Error| CatalogueError::Malformed {
            slug: slug.to_owned(),
            line: error.span().map_or(0, |span| toml[..span.start].lines().count().max(1)),
            message: error.message().replace('\n', " "),
        };
        let application: Self = toml::from_str(toml).map_err(malformed)?;
        let application = Self { slug: slug.to_owned(), ..application };
        match application.unwritable() {
            Some(place) => {
                let message =
                    format!("{place} is empty, or has a line break or another control character");
                Err(CatalogueError::Malformed { slug: slug.to_owned(), line: 0, message }.into())
            }
            None => Ok(application),
        }
    }

    /// The names of the variants, if it has any.
    #[must_use]
    pub fn variants(&self) -> Vec<&str> {
        let mut variants: Vec<&str> =
            self.clients.iter().filter_map(|client| client.variant.as_deref()).collect();
        variants.dedup();
        variants
    }
}

impl Registration {
    /// Whether the client is public: without a secret.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.entry.get("public") == Some(&Value::Flag(true))
    }
}

/// The applications of the catalogue, in the order of their slugs.
///
/// ```
/// let names: Vec<_> = oidc_secret::catalogue::applications().map(|app| app.name).collect();
/// assert!(names.contains(&"Kasm Workspaces".to_owned()));
/// ```
pub fn applications() -> impl Iterator<Item = Application> {
    embedded::FILES.iter().filter_map(|(slug, toml)| Application::parse(slug, toml).ok())
}

/// The application that a client's secret is built into, by the client's id: with another secret it
/// would no longer work.
///
/// ```
/// use oidc_secret::catalogue::built_into;
///
/// let desktop = "xdXOt13JKxym1B1QcEncf2XDkLAexMBFwiT9j6EfhhHFJhs2KM9jbjTmf8JBXE69";
/// assert_eq!(built_into(desktop).unwrap().slug, "ocis");
/// assert!(built_into("kasm").is_none());
/// ```
#[must_use]
pub fn built_into(client: &str) -> Option<Application> {
    let is_it = |registration: &Registration| {
        registration.fixed_secret.is_some() && registration.entry.text("client_id") == Some(client)
    };
    // Most files need not be read for it.
    let files = embedded::FILES.iter().filter(|(_, toml)| toml.contains(client));
    let mut applications = files.filter_map(|(slug, toml)| Application::parse(slug, toml).ok());
    applications.find(|application| application.clients.iter().any(is_it))
}

/// The application with this slug.
///
/// # Errors
/// [`CatalogueError::Unknown`], with the slugs that resemble it.
pub fn application(slug: &str) -> Result<Application, Error> {
    match embedded::FILES.iter().find(|(name, _)| *name == slug) {
        Some((slug, toml)) => Application::parse(slug, toml),
        None => Err(unknown(slug).into()),
    }
}

fn unknown(slug: &str) -> CatalogueError {
    let (slug, wanted) = (slug.to_owned(), slug.to_lowercase());
    let resembles = |name: &&str| {
        name.contains(&*wanted)
            || wanted.contains(*name)
            || wanted.get(..3).is_some_and(|start| name.starts_with(start))
    };
    let names = embedded::FILES.iter().map(|(name, _)| *name);
    let similar = names.filter(resembles).map(ToOwned::to_owned).collect();
    CatalogueError::Unknown { slug, similar }
}

/// Reads an entry, whose values are texts, truth values and lists of texts.
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
        let value = match value.try_into().map_err(serde::de::Error::custom)? {
            Raw::Flag(flag) => Value::Flag(flag),
            Raw::Text(text) => Value::Text(text),
            Raw::List(texts) => Value::List(texts),
        };
        entry.set(&key, value);
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_embedded_and_reads() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names
            .filter_map(|name| name.into_string().unwrap().strip_suffix(".toml").map(str::to_owned))
            .collect();
        names.sort();
        let embedded: Vec<_> = embedded::FILES.iter().map(|(slug, _)| *slug).collect();
        assert_eq!(embedded, names);
        for (slug, toml) in embedded::FILES {
            let application = Application::parse(slug, toml).unwrap();
            assert!(!application.clients.is_empty(), "{slug}");
        }
        assert_eq!(applications().count(), names.len());
    }

    #[test]
    fn what_is_malformed_is_named() {
        let error = Application::parse("x", "name = 'X'\nclients = 1").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
        let error = Application::parse("x", "name = 'X'\nclients = []\nother = 1").unwrap_err();
        assert!(error.to_string().contains("other"), "{error}");
        let error = application("grafanna").unwrap_err();
        assert!(error.to_string().contains("grafana"), "{error}");
    }
}
