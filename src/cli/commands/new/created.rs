//! A created client in the output formats of `new`.

use std::fmt::Write as _;

use clap::ValueEnum;
use oidc_secret::Provider;
use oidc_secret::authelia::{Endpoints, ExtraConfig, NewEntry, Schema};
use oidc_secret::catalogue::{Setting, SettingsFormat};
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use super::left::Left;
use super::role::Role;
use crate::cli::csv;
use crate::cli::failure::Failure;
use crate::cli::json::{self, tenths};
use crate::cli::terminal::visible::{visible, visible_lines};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// A JSON object, for one client
    Json,
    /// A JSON object a line
    Jsonl,
    /// A YAML item for Authelia's list of clients
    Authelia,
    /// Shell variables
    Env,
    /// A Kubernetes Secret
    K8s,
    /// Values of Authelia's Helm chart
    Helm,
    /// Values of the chart that refer to a Secret, and the Secret
    HelmExistingSecret,
    /// A Kubernetes `ConfigMap` with a configuration of clients
    #[value(name = "configmap")]
    ConfigMap,
    /// Comma-separated values with a header
    Csv,
}

impl Format {
    /// Whether it has a configuration or values, with all that the clients need there.
    pub(super) fn has_configuration(self) -> bool {
        matches!(self, Self::Helm | Self::HelmExistingSecret | Self::ConfigMap | Self::K8s)
    }

    /// Whether it has only what is for the provider, so without the secret.
    pub(super) fn is_for_provider(self) -> bool {
        matches!(self, Self::Authelia | Self::Helm | Self::HelmExistingSecret | Self::ConfigMap)
    }
}

/// A client with its id, secret and digest.
pub(crate) struct CreatedClient {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    /// Secret and digest; `None` for a public client.
    pub(crate) credentials: Option<Credentials>,
    /// File that holds the secret, which is not printed then.
    pub(crate) secret_file: Option<String>,
    /// File that holds the digest too.
    pub(crate) digest_file: Option<String>,
    /// Authelia's endpoints, if its URL is known and the application is not in the catalogue.
    pub(crate) endpoints: Option<Endpoints>,
    pub(crate) provider: Provider,
    /// Entropy of the id in bits; `None` for a chosen id.
    pub(crate) id_bits: Option<f64>,
    pub(crate) entry: NewEntry,
    /// Other parts of the configuration that all clients of this run need: with the first client only.
    pub(crate) parts: ExtraConfig,
    /// Names of the keys in the entry.
    pub(crate) schema: Schema,
    /// Configuration that the entry was written to.
    pub(crate) written: Option<String>,
    pub(crate) application: Option<ApplicationSide>,
}

/// A secret and its digest.
pub(crate) struct Credentials {
    pub(crate) secret: Zeroizing<String>,
    /// Digest in the provider's format.
    pub(crate) digest: String,
    /// Entropy of a random secret, in bits.
    pub(crate) bits: Option<f64>,
}

/// Application's side of a client of the catalogue.
pub(crate) struct ApplicationSide {
    pub(crate) name: String,
    /// Whether the application has several clients.
    pub(crate) is_one_of_several: bool,
    /// Difference from the application's documentation.
    pub(crate) note: Option<String>,
    /// All notes, including that one.
    pub(crate) notes: Vec<String>,
    /// YAML that Authelia needs outside of the list of clients.
    pub(crate) extra_config: Option<String>,
    pub(crate) methods: Vec<Method>,
    /// Settings that the application needs too, and that are not printed.
    pub(super) left: Vec<Left>,
    /// Where the settings of the only requested format go; `None` if they are printed with the rest.
    pub(crate) apart: Option<Apart>,
}

/// Place of settings that are apart from the rest of the output.
pub(crate) enum Apart {
    /// Standard output; the rest goes to standard error.
    Stdout,
    /// A new file; the rest goes to standard output.
    File(String),
}

/// Settings of an application, with all values.
#[derive(Serialize)]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) kind: SettingsFormat,
    pub(crate) file: Option<String>,
    /// Whether they do the same as the settings before them.
    pub(crate) alternative: bool,
    pub(crate) settings: Vec<(String, Setting)>,
    /// Settings in the application's format; empty if they are not printed.
    #[serde(skip_serializing_if = "is_empty", serialize_with = "as_text")]
    pub(crate) text: Zeroizing<String>,
    #[serde(skip)]
    pub(crate) has_secret: bool,
    #[serde(skip)]
    pub(crate) role: Role,
    /// Formats of alternatives that are not printed.
    #[serde(skip)]
    pub(crate) other_forms: Vec<SettingsFormat>,
}

fn is_empty(text: &Zeroizing<String>) -> bool {
    text.is_empty()
}

fn as_text<S: Serializer>(text: &Zeroizing<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// A client in JSON.
#[derive(Serialize)]
struct Json<'a> {
    version: u32,
    client_id: &'a str,
    client_name: Option<&'a str>,
    client_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_file: Option<&'a str>,
    client_secret_digest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_digest_file: Option<&'a str>,
    entropy_bits: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoints: Option<&'a Endpoints>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authelia: Option<&'a NewEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<JsonApplication<'a>>,
}

#[derive(Serialize)]
struct JsonApplication<'a> {
    name: &'a str,
    note: Option<&'a str>,
    extra_config: Option<&'a str>,
    methods: &'a [Method],
}

impl CreatedClient {
    /// Formats this client. The text holds the secret; the process's allocator wipes it.
    pub(crate) fn render(&self, format: Format, first: bool) -> Result<Vec<u8>, Failure> {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = match format {
            Format::Json | Format::Jsonl => return self.json(),
            Format::Text if self.settings_apart().is_some() => self.settings(&mut text),
            Format::Text if self.application.is_some() => self.both_sides(&mut text, first),
            Format::Text => self.text(&mut text, first),
            Format::Authelia => {
                text = self.entry.yaml(self.schema);
                Ok(())
            }
            Format::Env => self.env(&mut text, first),
            Format::K8s => self.k8s(&mut text, first),
            Format::Helm => self.helm(&mut text, first),
            Format::HelmExistingSecret => self.helm_existing_secret(&mut text),
            Format::ConfigMap => self.config_map(&mut text, first),
            Format::Csv => {
                self.refuse_formulas()?;
                self.csv(&mut text, first)
            }
        };
        Ok(text.into_bytes())
    }

    /// Returns the secret, unless a file holds it.
    pub(super) fn shown_secret(&self) -> Option<&str> {
        let credentials = self.credentials.as_ref().filter(|_| self.secret_file.is_none());
        credentials.map(|credentials| &**credentials.secret)
    }

    /// Whether the entry has more than an id, a name and a secret.
    fn has_settings(&self) -> bool {
        const OWN: [&str; 3] = ["client_id", "client_name", "client_secret"];
        self.provider == Provider::Authelia && self.entry.keys().any(|(key, _)| !OWN.contains(&key))
    }

    /// Whether the text has the entry instead of the digest alone.
    fn shows_entry(&self) -> bool {
        self.has_settings() && self.written.is_none()
    }

    fn digest(&self) -> Option<&str> {
        self.credentials.as_ref().map(|credentials| &*credentials.digest)
    }

    fn bits(&self) -> Option<f64> {
        self.credentials.as_ref()?.bits.map(tenths)
    }

    fn text(&self, out: &mut String, first: bool) -> std::fmt::Result {
        if !first {
            writeln!(out)?;
        }
        if let Some(name) = &self.name {
            writeln!(out, "{}\n", visible(name))?;
        }
        let id_bits = match self.id_bits {
            Some(bits) => format!("{bits:.0} bits of entropy"),
            None => "chosen".to_owned(),
        };
        writeln!(out, "Client id: for the application and the provider ({id_bits})")?;
        writeln!(out, "  {}", self.id)?;
        self.credentials_text(out)?;
        if self.shows_entry() {
            let gap = if self.credentials.is_some() { "" } else { "\n" };
            self.entry_text(out, gap)?;
        }
        if let Some(path) = &self.digest_file {
            writeln!(out, "\nThe digest is also in the file {}.", visible(path))?;
        }
        let Some(endpoints) = &self.endpoints else { return Ok(()) };
        writeln!(out, "\nAuthelia's endpoints: for the application")?;
        let mut labelled = endpoints.labelled().into_iter();
        labelled.try_for_each(|(label, url)| writeln!(out, "  {label}: {url}"))
    }

    /// Formats the entry for people, with its place.
    fn entry_text(&self, out: &mut String, gap: &str) -> std::fmt::Result {
        let place = "Authelia, under identity_providers.oidc.clients";
        writeln!(out, "{gap}{place}:\n\n{}", self.entry.yaml(self.schema).trim_end())
    }

    fn credentials_text(&self, out: &mut String) -> std::fmt::Result {
        let Some(Credentials { secret, digest, bits }) = &self.credentials else {
            return Ok(());
        };
        let bits = bits.unwrap_or_default();
        writeln!(out, "\nClient secret: for the application only ({bits:.0} bits of entropy)")?;
        match &self.secret_file {
            Some(path) => writeln!(out, "  in the file {}\n", visible(path))?,
            None => writeln!(out, "  {}\n", **secret)?,
        }
        if self.shows_entry() {
            return Ok(());
        }
        match (&self.written, self.provider) {
            (Some(path), _) => writeln!(out, "Digest: goes into {}", visible(path))?,
            (None, Provider::Authelia) => writeln!(
                out,
                "Digest: for the provider only, as client_secret between single quotes"
            )?,
            (None, other) => writeln!(out, "Digest: for {} only", other.title())?,
        }
        writeln!(out, "  {digest}")
    }

    /// Formats the provider's entry and the application's settings.
    pub(super) fn both_sides(&self, out: &mut String, first: bool) -> std::fmt::Result {
        let Some(application) = &self.application else { return Ok(()) };
        let gap = if first { "" } else { "\n" };
        if let Some(path) = &self.written {
            writeln!(out, "{gap}Authelia: the client {} goes into {}", self.id, visible(path))?;
        } else {
            self.entry_text(out, gap)?;
        }
        if let Some(yaml) = &application.extra_config {
            writeln!(out, "\nAuthelia, elsewhere in its configuration:\n\n{}", yaml.trim_end())?;
        }
        self.methods(out)?;
        match (&self.secret_file, &self.credentials) {
            (Some(path), _) => {
                writeln!(out, "\nThe client secret is in the file {}.", visible(path))?;
            }
            // A built-in secret has no entropy.
            (None, Some(Credentials { secret, bits: Some(bits), .. }))
                if !self.has_settings_with_secret() =>
            {
                let name = visible(&application.name);
                let whose = format!("for {name} only ({bits:.0} bits of entropy)");
                writeln!(out, "\nClient secret of {}: {whose}\n\n{}", self.id, **secret)?;
            }
            _ => {}
        }
        let notes = application.notes.iter();
        notes.map(|note| visible_lines(note)).try_for_each(|note| writeln!(out, "\nNote: {note}"))
    }

    fn has_settings_with_secret(&self) -> bool {
        self.application.iter().flat_map(|application| &application.methods).any(|m| m.has_secret)
    }

    fn json(&self) -> Result<Vec<u8>, Failure> {
        let application = self.application.as_ref().map(|application| JsonApplication {
            name: &application.name,
            note: application.note.as_deref(),
            extra_config: application.extra_config.as_deref(),
            methods: &application.methods,
        });
        let json = Json {
            version: 1,
            client_id: &self.id,
            client_name: self.name.as_deref(),
            client_secret: self.shown_secret(),
            client_secret_file: self.secret_file.as_deref(),
            client_secret_digest: self.digest(),
            client_secret_digest_file: self.digest_file.as_deref(),
            entropy_bits: self.bits(),
            endpoints: self.endpoints.as_ref(),
            authelia: Some(&self.entry).filter(|_| application.is_some() || self.has_settings()),
            application,
        };
        json::line(&json)
    }

    fn env(&self, out: &mut String, first: bool) -> std::fmt::Result {
        if !first {
            writeln!(out)?;
        }
        writeln!(out, "OIDC_CLIENT_ID={}", variable(&self.id))?;
        if let Some(name) = &self.name {
            writeln!(out, "OIDC_CLIENT_NAME={}", variable(name))?;
        }
        let Some(Credentials { secret, digest, .. }) = &self.credentials else {
            // Otherwise a shell would keep those of the client before it.
            return writeln!(out, "OIDC_CLIENT_SECRET=\nOIDC_CLIENT_SECRET_DIGEST=");
        };
        match &self.secret_file {
            Some(path) => writeln!(out, "OIDC_CLIENT_SECRET_FILE={}", shell(path))?,
            None => writeln!(out, "OIDC_CLIENT_SECRET={}", variable(secret))?,
        }
        writeln!(out, "OIDC_CLIENT_SECRET_DIGEST={}", shell(digest))
    }

    /// Refuses an id and a secret that a spreadsheet would execute, because they cannot be changed. Those that
    /// are generated do not begin like this.
    fn refuse_formulas(&self) -> Result<(), Failure> {
        let secret = self.shown_secret().unwrap_or_default();
        for (what, text) in [("id", &*self.id), ("secret", secret)] {
            if csv::is_formula(text) {
                let text = format!(
                    "--format csv: the {what} of the client {} begins like a formula, which a spreadsheet \
                     executes",
                    self.id
                );
                return Err(Failure::new(text).hint("use --format jsonl"));
            }
        }
        Ok(())
    }

    fn csv(&self, out: &mut String, first: bool) -> std::fmt::Result {
        if first {
            writeln!(out, "client_id,client_name,client_secret,client_secret_digest,entropy_bits")?;
        }
        let secret = self.shown_secret().unwrap_or_default();
        let (name, digest) = (self.name.as_deref().unwrap_or_default(), self.digest());
        // Programs read all fields, but a name is for people.
        let name = csv::text_field(name);
        let [id, secret, digest] = [&self.id, secret, digest.unwrap_or_default()].map(csv::field);
        write!(out, "{id},{name},{secret},{digest},")?;
        writeln!(out, "{}", self.bits().map(|bits| bits.to_string()).unwrap_or_default())
    }
}

/// Returns the value of a variable, with quotes only if a shell needs them: `docker run --env-file` does not
/// remove them. A tilde is the home folder at the start.
fn variable(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let needs_none = !text.starts_with('~') && text.chars().all(is_plain);
    if needs_none { text.to_owned() } else { shell(text) }
}

/// Returns a shell word in single quotes.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_keeps_what_is_special() {
        assert_eq!(shell("it's $x"), r"'it'\''s $x'");
        assert_eq!(variable("a-._~1"), "a-._~1");
        assert_eq!(variable("~a"), "'~a'");
        assert_eq!(variable("a b"), "'a b'");
    }
}
