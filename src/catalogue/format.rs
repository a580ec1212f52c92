//! The formats of settings.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

/// The format that an application wants its settings in.
///
/// ```
/// use oidc_secret::catalogue::SettingsFormat;
///
/// assert_eq!("env".parse(), Ok(SettingsFormat::Env));
/// assert_eq!(SettingsFormat::Env.to_string(), "env");
/// assert!("html".parse::<SettingsFormat>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
#[non_exhaustive]
pub enum SettingsFormat {
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
    /// Lines of `name: value` for Java.
    Properties,
    /// YAML with one level, whose names have dots.
    Flat,
    /// Arguments of a command.
    Cli,
    /// Commands of a POSIX shell.
    Shell,
    /// Lines of `name = value` whose syntax has no quotes that all versions read alike.
    Conf,
    /// PHP.
    Php,
    /// Ruby.
    Ruby,
    /// Python.
    Python,
    /// JavaScript.
    JavaScript,
    /// Elixir.
    Elixir,
    /// XML.
    Xml,
}

/// The name of a format that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown settings format `{name}`; the formats: {}", names())]
pub struct UnknownFormat {
    name: String,
}

impl SettingsFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[
        Self::Gui,
        Self::Env,
        Self::Compose,
        Self::Yaml,
        Self::Json,
        Self::Toml,
        Self::Ini,
        Self::Properties,
        Self::Flat,
        Self::Cli,
        Self::Shell,
        Self::Conf,
        Self::Php,
        Self::Ruby,
        Self::Python,
        Self::JavaScript,
        Self::Elixir,
        Self::Xml,
    ];

    /// Returns the name that the files of the catalogue and the command line use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gui => "gui",
            Self::Env => "env",
            Self::Compose => "compose",
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Toml => "toml",
            Self::Ini => "ini",
            Self::Properties => "properties",
            Self::Flat => "flat",
            Self::Cli => "cli",
            Self::Shell => "shell",
            Self::Conf => "conf",
            Self::Php => "php",
            Self::Ruby => "ruby",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::Elixir => "elixir",
            Self::Xml => "xml",
        }
    }

    /// Whether the settings are a template in this syntax instead of labels and values.
    ///
    /// Files in these syntaxes are programs or documents with a structure of their own, which labels and
    /// values do not describe.
    #[must_use]
    pub fn is_syntax(self) -> bool {
        matches!(
            self,
            Self::Shell
                | Self::Conf
                | Self::Php
                | Self::Ruby
                | Self::Python
                | Self::JavaScript
                | Self::Elixir
                | Self::Xml
        )
    }

    /// Returns the characters that begin a comment line.
    ///
    /// GUI settings are not read by a program, and JSON has no comments. Those of XML have an end that a
    /// name may contain. In PHP a comment before `<?php` would be output.
    #[must_use]
    pub fn comment(self) -> Option<&'static str> {
        match self {
            Self::Gui | Self::Json | Self::Xml | Self::Php => None,
            Self::JavaScript => Some("//"),
            _ => Some("#"),
        }
    }

    /// Whether the labels are paths.
    pub(super) fn has_paths(self) -> bool {
        matches!(self, Self::Compose | Self::Yaml | Self::Json | Self::Toml | Self::Ini)
    }
}

impl fmt::Display for SettingsFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for SettingsFormat {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.iter().find(|format| format.name() == name);
        found.copied().ok_or_else(|| UnknownFormat { name: name.to_owned() })
    }
}

impl Serialize for SettingsFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// For serde, so that the names are in one place.
impl TryFrom<String> for SettingsFormat {
    type Error = UnknownFormat;

    fn try_from(name: String) -> Result<Self, UnknownFormat> {
        name.parse()
    }
}

fn names() -> String {
    let names: Vec<_> = SettingsFormat::ALL.iter().map(|format| format.name()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_parses_from_its_name() {
        for format in SettingsFormat::ALL {
            assert_eq!(format.to_string().parse(), Ok(*format));
        }
        let error = "html".parse::<SettingsFormat>().unwrap_err().to_string();
        assert!(error.contains("`html`") && error.contains("gui, env"), "{error}");
    }
}
