//! A client's entry for Authelia's configuration, as text.

use std::fmt::Write as _;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The names of the keys, which changed with version 4.38.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Schema {
    /// `client_id`, `client_name`, `client_secret`, `userinfo_signed_response_alg`.
    #[default]
    Current,
    /// `id`, `description`, `secret`, `userinfo_signing_algorithm`.
    Legacy,
    /// The current names, with the secret in `client_secret.value`, as in the values of the Helm chart.
    Chart,
    /// The same, with the path of a file that has the secret in `client_secret.path`.
    ChartPath,
}

/// The keys that changed: their names since 4.38, and before.
const RENAMED: [(&str, &str); 4] = [
    ("client_id", "id"),
    ("client_name", "description"),
    ("client_secret", "secret"),
    ("userinfo_signed_response_alg", "userinfo_signing_algorithm"),
];

impl Schema {
    /// Returns the name of a key, given by its name since 4.38.
    #[must_use]
    pub fn key(self, key: &str) -> &str {
        let renamed = RENAMED.iter().find(|(current, _)| *current == key);
        match renamed {
            Some((_, legacy)) if self == Self::Legacy => legacy,
            _ => key,
        }
    }

    /// Returns the key below a key that has the value, if the value is not the key's own.
    pub(super) fn key_below(self, key: &str) -> Option<&'static str> {
        match self {
            Self::Chart if key == "client_secret" => Some("value"),
            Self::ChartPath if key == "client_secret" => Some("path"),
            _ => None,
        }
    }
}

/// The value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// Text, written between single quotes.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A list of texts.
    List(Vec<String>),
}

/// A client's entry: keys, by their names since 4.38, and values, in order.
///
/// ```
/// use oidc_secret::authelia::{NewEntry, Schema, Value};
///
/// let mut entry = NewEntry::default();
/// entry.set("client_id", Value::Text("kasm".to_owned()));
/// entry.set("scopes", Value::List(vec!["openid".to_owned()]));
/// assert_eq!(entry.yaml(Schema::Legacy), "- id: 'kasm'\n  scopes:\n    - 'openid'\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewEntry {
    keys: Vec<(String, Value)>,
    /// The comment after the secret.
    comment: Option<String>,
}

impl NewEntry {
    /// Returns the keys and their values, in order.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.keys.iter().map(|(key, value)| (&**key, value))
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.keys().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Returns the text of a key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Sets a key, which keeps its place or becomes the last.
    pub fn set(&mut self, key: &str, value: Value) {
        match self.keys.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.keys.push((key.to_owned(), value)),
        }
    }

    /// Returns the key that makes Authelia need the secret itself instead of a digest.
    #[must_use]
    pub fn needs_plaintext(&self) -> Option<&str> {
        let texts = self.keys().filter_map(|(key, _)| Some((key, self.text(key)?)));
        needs_plaintext(texts)
    }

    /// Sets the secret, in the form that the provider has it, with a comment. It comes after the name,
    /// where people put it.
    pub fn set_secret(&mut self, digest: &str, comment: Option<String>) {
        self.comment = comment;
        let value = Value::Text(digest.to_owned());
        let named = |(key, _): &(String, Value)| key == "client_name" || key == "client_id";
        let after = self.keys.iter().rposition(named).map_or(0, |index| index + 1);
        self.keys.insert(after, ("client_secret".to_owned(), value));
    }

    /// Returns an item of the list of clients, in YAML's block style, two spaces a level.
    #[must_use]
    pub fn yaml(&self, schema: Schema) -> String {
        let mut yaml = String::new();
        for (index, (key, value)) in self.keys().enumerate() {
            let lead = if index == 0 { "- " } else { "  " };
            let comment = match &self.comment {
                Some(comment) if key == "client_secret" => format!("  # {comment}"),
                _ => String::new(),
            };
            let below = schema.key_below(key).map(|below| format!("\n    {below}:"));
            let key = format!("{}:{}", schema.key(key), below.unwrap_or_default());
            // Writing to a string cannot fail.
            let _ = match value {
                Value::Text(text) => {
                    writeln!(yaml, "{lead}{key} {}{comment}", single_quoted(text))
                }
                Value::Flag(flag) => writeln!(yaml, "{lead}{key} {flag}"),
                Value::List(texts) if texts.is_empty() => writeln!(yaml, "{lead}{key} []"),
                Value::List(texts) => {
                    let items = texts.iter().map(|text| format!("    - {}\n", single_quoted(text)));
                    writeln!(yaml, "{lead}{key}\n{}", items.collect::<String>().trim_end())
                }
            };
        }
        yaml
    }

    /// Returns an item of the list of clients, in YAML's flow style, which JSON is a part of.
    #[must_use]
    pub fn json(&self, schema: Schema) -> String {
        let pairs = self.keys().map(|(key, value)| {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            let value = match value {
                Value::Text(text) => quoted(text),
                Value::Flag(flag) => flag.to_string(),
                Value::List(texts) => {
                    format!("[{}]", texts.iter().map(|t| quoted(t)).collect::<Vec<_>>().join(", "))
                }
            };
            let value = match schema.key_below(key) {
                Some(below) => format!("{{{}: {value}}}", quoted(below)),
                None => value,
            };
            format!("{}: {value}", quoted(schema.key(key)))
        });
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
    }
}

impl Serialize for NewEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.keys.len()))?;
        for (key, value) in self.keys() {
            match value {
                Value::Text(text) => map.serialize_entry(key, text)?,
                Value::Flag(flag) => map.serialize_entry(key, flag)?,
                Value::List(texts) => map.serialize_entry(key, texts)?,
            }
        }
        map.end()
    }
}

/// Returns the first of these keys whose value makes Authelia need the secret itself: to sign,
/// encrypt, verify or decrypt something with it.
pub(crate) fn needs_plaintext<'key, 'value>(
    mut keys: impl Iterator<Item = (&'key str, &'value str)>,
) -> Option<&'key str> {
    let is_symmetric = |algorithm: &str| {
        algorithm.starts_with("HS")
            || algorithm == "dir"
            || algorithm.starts_with('A') && algorithm.contains("KW")
            || algorithm.starts_with("PBES2")
    };
    let needs = |key: &str, value: &str| match key {
        _ if key.ends_with("_endpoint_auth_method") => value == "client_secret_jwt",
        _ => (key.ends_with("_alg") || key.ends_with("_algorithm")) && is_symmetric(value),
    };
    keys.find(|(key, value)| needs(key, value)).map(|(key, _)| key)
}

/// Returns a YAML scalar between single quotes, in which only the quote itself is special (YAML
/// 1.2.2 §7.3.2).
///
/// ```
/// assert_eq!(oidc_secret::authelia::single_quoted("it's $x"), "'it''s $x'");
/// ```
#[must_use]
pub fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
