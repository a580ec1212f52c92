//! A client that was just created, in the formats of `new`.

use std::fmt::Write as _;

use clap::ValueEnum;
use oidc_secret::Provider;
use serde::Serialize;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::record;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One object a line
    Json,
    /// A YAML item for Authelia's list of clients
    Authelia,
    /// Shell variables
    Env,
    /// Comma-separated values with a header
    Csv,
}

/// A client that was just created.
pub(crate) struct Client<'a> {
    pub(crate) id: String,
    pub(crate) name: Option<&'a str>,
    pub(crate) secret: Zeroizing<String>,
    /// Where the secret is, if it is not to be shown.
    pub(crate) secret_file: Option<String>,
    pub(crate) provider: Provider,
    /// As the provider wants it.
    pub(crate) digest: String,
    pub(crate) secret_bits: f64,
    /// `None` for an id that was chosen.
    pub(crate) id_bits: Option<f64>,
}

/// A client as JSON has it.
#[derive(Serialize)]
struct Json<'a> {
    version: u32,
    client_id: &'a str,
    client_name: Option<&'a str>,
    client_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_file: Option<&'a str>,
    client_secret_digest: &'a str,
    entropy_bits: f64,
}

impl Client<'_> {
    /// The output for this client. What is built here holds the secret for a moment; the
    /// process's allocator wipes it.
    pub(crate) fn render(&self, format: Format, first: bool) -> Result<Vec<u8>, Failure> {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = match format {
            Format::Json => return self.json(),
            Format::Text => self.text(&mut text, first),
            Format::Authelia => self.authelia(&mut text),
            Format::Env => self.env(&mut text, first),
            Format::Csv => self.csv(&mut text, first),
        };
        Ok(text.into_bytes())
    }

    /// The secret, if it is to be shown.
    fn shown_secret(&self) -> Option<&str> {
        self.secret_file.is_none().then_some(&self.secret)
    }

    fn text(&self, out: &mut String, first: bool) -> std::fmt::Result {
        if !first {
            writeln!(out)?;
        }
        if let Some(name) = self.name {
            writeln!(out, "{name}\n")?;
        }
        let id_bits = match self.id_bits {
            Some(bits) => format!("{bits:.0} bits of entropy"),
            None => "chosen".to_owned(),
        };
        writeln!(out, "Client id: for the application and the provider ({id_bits})")?;
        writeln!(out, "  {}\n", self.id)?;
        let bits = self.secret_bits;
        writeln!(out, "Client secret: for the application only ({bits:.0} bits of entropy)")?;
        match &self.secret_file {
            Some(path) => writeln!(out, "  in the file {path}\n")?,
            None => writeln!(out, "  {}\n", *self.secret)?,
        }
        match self.provider {
            Provider::Authelia => writeln!(
                out,
                "Digest: for the provider only, as client_secret between single quotes"
            )?,
            other => writeln!(out, "Digest: for {other} only")?,
        }
        writeln!(out, "  {}", self.digest)
    }

    fn json(&self) -> Result<Vec<u8>, Failure> {
        let json = Json {
            version: 1,
            client_id: &self.id,
            client_name: self.name,
            client_secret: self.shown_secret(),
            client_secret_file: self.secret_file.as_deref(),
            client_secret_digest: &self.digest,
            entropy_bits: tenths(self.secret_bits),
        };
        record::line(&json)
    }

    fn authelia(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "- client_id: {}", yaml(&self.id))?;
        if let Some(name) = self.name {
            writeln!(out, "  client_name: {}", yaml(name))?;
        }
        writeln!(out, "  client_secret: {}", yaml(&self.digest))
    }

    fn env(&self, out: &mut String, first: bool) -> std::fmt::Result {
        if !first {
            writeln!(out)?;
        }
        writeln!(out, "OIDC_CLIENT_ID={}", shell(&self.id))?;
        if let Some(name) = self.name {
            writeln!(out, "OIDC_CLIENT_NAME={}", shell(name))?;
        }
        match &self.secret_file {
            Some(path) => writeln!(out, "OIDC_CLIENT_SECRET_FILE={}", shell(path))?,
            None => writeln!(out, "OIDC_CLIENT_SECRET={}", shell(&self.secret))?,
        }
        writeln!(out, "OIDC_CLIENT_SECRET_DIGEST={}", shell(&self.digest))
    }

    fn csv(&self, out: &mut String, first: bool) -> std::fmt::Result {
        if first {
            writeln!(out, "client_id,client_name,client_secret,client_secret_digest,entropy_bits")?;
        }
        let secret = self.shown_secret().unwrap_or_default();
        for field in [&self.id, self.name.unwrap_or_default(), secret, &self.digest] {
            write!(out, "{},", csv(field))?;
        }
        writeln!(out, "{}", tenths(self.secret_bits))
    }
}

/// Rounded to a tenth: more digits would say nothing.
fn tenths(bits: f64) -> f64 {
    (bits * 10.0).round() / 10.0
}

/// A YAML scalar between single quotes, in which only the quote itself is special (YAML 1.2.2
/// §7.3.2).
fn yaml(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A shell word between single quotes.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A field of comma-separated values (RFC 4180 §2).
fn csv(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_keeps_what_is_special() {
        assert_eq!(yaml("it's $x"), "'it''s $x'");
        assert_eq!(shell("it's $x"), r"'it'\''s $x'");
        assert_eq!(csv("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv("plain"), "plain");
    }
}
