//! Where the digest of a client stands: in the configuration, or in a file that it refers to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use oidc_secret::Digest;
use oidc_secret::authelia::Reference;
use oidc_secret::authelia::edit;
use oidc_secret::catalogue::built_into;
use oidc_secret::error::Error;
use zeroize::Zeroizing;

use super::Rotated;
use super::choice::Chosen;
use crate::cli::configuration::{digests, explained, warn_of_document};
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::replace::regular_file;

/// A file that digests stand in.
pub(super) enum Place {
    Configuration(PathBuf),
    /// One of a digest alone, which a client of a configuration refers to.
    DigestFile {
        path: PathBuf,
        /// Whether Authelia needs the secret itself there.
        needs_plaintext: bool,
        client: String,
        configuration: Zeroizing<String>,
    },
}

impl Place {
    /// Where the digest of a client stands; those of several stand in the configuration.
    pub(super) fn find(file: &Path, client: Option<&str>, resolve: bool) -> Result<Self, Failure> {
        let configuration = Self::Configuration(file.to_owned());
        regular_file(file).map_err(|failure| match client {
            Some(client) if !file.exists() && Path::new(client).exists() => {
                failure.hint("the configuration comes first, and then the client's id")
            }
            _ => failure,
        })?;
        let Some(client) = client else { return Ok(configuration) };
        let text = input::config_file(file)?;
        let secret = edit::secret_place(&text, client).map_err(|error| explained(error, file))?;
        let at = |failure: Failure| {
            failure.at(format!("{}, line {}, client {client}", file.display(), secret.line))
        };
        if let Some(application) = built_into(client) {
            let text = format!("the secret is built into {}", application.name);
            return Err(at(Failure::new(text).hint("it cannot be another one")));
        }
        match secret.reference() {
            Some(Reference::File("")) => Err(at(Failure::new("the template names no file"))),
            Some(Reference::File(path)) if resolve => {
                regular_file(path.as_ref())?;
                if let Some(other) = sharing(&text, client, path)? {
                    let text = format!("{path} holds the digest of the client {other} as well");
                    return Err(at(Failure::new(text)));
                }
                Ok(Self::DigestFile {
                    path: PathBuf::from(path),
                    needs_plaintext: secret.plaintext_for.is_some(),
                    client: client.to_owned(),
                    configuration: text.clone(),
                })
            }
            Some(Reference::File(path)) => {
                let text = format!("the secret is filled in from {path} when Authelia starts");
                Err(at(Failure::new(text).hint("add --resolve to change that file")))
            }
            Some(Reference::Variable(name)) => {
                let text = format!("the secret is filled in from the variable {name}");
                Err(at(Failure::new(text).hint(
                    "make a new one with `oidc-secret new`, and set the variable to its digest",
                )))
            }
            None if secret.is_filled_in() => {
                let text = "the secret is filled in by a template that is not understood here";
                Err(at(Failure::new(text).hint("make a new one with `oidc-secret new`")))
            }
            None => Ok(configuration),
        }
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Configuration(path) | Self::DigestFile { path, .. } => path,
        }
    }

    /// The client, as far as it is to be known here.
    pub(super) fn chosen(&self, text: &str, client: &str) -> Result<Chosen, Failure> {
        match self {
            Self::Configuration(path) => {
                let secret =
                    edit::secret_place(text, client).map_err(|error| explained(error, path))?;
                Ok(Chosen::new(client, &secret))
            }
            Self::DigestFile { needs_plaintext, .. } => {
                Ok(Chosen { id: client.to_owned(), line: 1, needs_plaintext: *needs_plaintext })
            }
        }
    }

    /// The text with new digests.
    pub(super) fn replaced(
        &self,
        text: &str,
        rotated: &[Rotated],
    ) -> Result<Zeroizing<String>, Failure> {
        match self {
            Self::Configuration(path) => {
                warn_of_document(text, path)?;
                let values: Vec<(&str, &str)> =
                    rotated.iter().map(|client| (&*client.id, &**client.value)).collect();
                edit::replace_secrets(text, &values).map_err(|error| explained(error, path))
            }
            Self::DigestFile { path, client, configuration, .. } => {
                if text.trim().lines().count() > 1 {
                    let text = format!("{} holds more than a digest", path.display());
                    return Err(Failure::new(text).hint("change it yourself"));
                }
                let new = rotated.first().map_or("", |client| &client.value);
                let end = &text[text.trim_end().len()..];
                let kept = Zeroizing::new(format!("{new}{end}"));
                let read = edit::secret_from_file(configuration, client, &kept);
                // With the old line end Authelia may read something else than the digest.
                let is_read = read.is_ok_and(|read| *read == new);
                Ok(if is_read { kept } else { Zeroizing::new(new.to_owned()) })
            }
        }
    }

    /// The digests that Authelia reads from it, by the ids of the clients.
    pub(super) fn digests(
        &self,
        text: &str,
    ) -> Result<HashMap<String, Zeroizing<String>>, Failure> {
        match self {
            Self::Configuration(_) => digests(text),
            Self::DigestFile { path, client, configuration, .. } => {
                let read = edit::secret_from_file(configuration, client, text)
                    .map_err(|error| explained(error, path))?;
                Ok(HashMap::from([(client.clone(), read)]))
            }
        }
    }

    /// The text as it may be shown.
    pub(super) fn concealed(&self, text: &str) -> Result<String, Failure> {
        match self {
            Self::Configuration(_) => Ok(edit::concealed(text)?),
            Self::DigestFile { .. } => {
                let is_digest = text.trim().parse().is_ok_and(|digest: Digest| !digest.is_plain());
                Ok(if is_digest { text.to_owned() } else { "(not shown)\n".to_owned() })
            }
        }
    }
}

/// Another client whose secret is filled in from the same file.
fn sharing(text: &str, client: &str, path: &str) -> Result<Option<String>, Error> {
    let others = edit::secret_places(text)?.into_iter().filter(|(id, _)| id != client);
    let mut shares = others.filter_map(|(id, secret)| {
        let secret = secret.ok()?;
        (secret.reference() == Some(Reference::File(path))).then_some(id)
    });
    Ok(shares.next())
}
