//! Location of a client's digest: the configuration, or a file that it refers to.

use std::fs;
use std::path::{Path, PathBuf};

use oidc_secret::Digest;
use oidc_secret::authelia::edit::Editor;
use oidc_secret::authelia::{Form, Reference};
use oidc_secret::catalogue::built_into;
use oidc_secret::error::{EditError, Error};
use zeroize::Zeroizing;

use super::selected::Selected;
use crate::cli::args::resolve::FileArgs;
use crate::cli::configuration::{edit_failure, known_ids};
use crate::cli::failure::Failure;
use crate::cli::files::replace::regular_file;
use crate::cli::input::encrypted;

/// Location of digests.
pub(super) enum DigestLocation<'e> {
    /// The configuration itself, with the client if one is named.
    Configuration(Option<Selected>),
    /// A file with one digest, to which a client of the configuration refers.
    DigestFile(DigestFile<'e>),
}

/// A file with one digest.
pub(super) struct DigestFile<'e> {
    pub(super) path: PathBuf,
    client: String,
    /// Whether Authelia needs the plaintext secret there.
    needs_plaintext: bool,
    /// Configuration that refers to the file.
    pub(super) config: &'e Editor<'e>,
}

impl<'e> DigestLocation<'e> {
    /// Finds the digest of a client. Those of several clients are in the configuration.
    pub(super) fn find(
        config: &'e Editor<'e>,
        file: &Path,
        client: Option<&str>,
        files: Option<&FileArgs>,
    ) -> Result<Self, Failure> {
        let Some(client) = client else { return Ok(Self::Configuration(None)) };
        let secret =
            config.secret(client).map_err(|error| not_found(error, config, file, client))?;
        let at = |failure: Failure| {
            failure.at(format!("{}, line {}, client {client}", file.display(), secret.line))
        };
        if let Some(application) = built_into(client) {
            let text = format!("the secret is built into {}", application.name);
            return Err(at(Failure::new(text).hint("it cannot be replaced")));
        }
        match (secret.reference(), files.filter(|files| files.is_on())) {
            (Some(Reference::File("")), _) => Err(at(Failure::new("the template names no file"))),
            (Some(Reference::File(path)), Some(files)) => {
                let path = files.here(path);
                regular_file(&path).map_err(|failure| at(failure.hint(files.hint())))?;
                if let Some(other) = sharing(config, client, &path, files)? {
                    let text =
                        format!("{} also holds the digest of the client {other}", path.display());
                    return Err(at(Failure::new(text)));
                }
                Ok(Self::DigestFile(DigestFile {
                    path,
                    client: client.to_owned(),
                    needs_plaintext: secret.plaintext_for.is_some(),
                    config,
                }))
            }
            (Some(Reference::File(path)), None) => {
                let text = format!("the secret is read from {path} when Authelia starts");
                let hint = if config.location().form() == Form::Chart {
                    "it is a Kubernetes Secret: put the digest of a new secret there, which `oidc-secret \
                     new` or `hash` makes, or change a copy of the file with --map /secrets=FOLDER"
                } else {
                    "add --resolve to change that file"
                };
                Err(at(Failure::new(text).hint(hint)))
            }
            (Some(Reference::Variable(name)), _) => {
                let text = format!("the secret is read from the environment variable {name}");
                Err(at(Failure::new(text).hint(
                    "make a new one with `oidc-secret new`, and set the variable to its digest",
                )))
            }
            (None, _) if secret.is_template() => {
                let text = "the secret comes from a template that cannot be resolved";
                Err(at(Failure::new(text).hint("make a new one with `oidc-secret new`")))
            }
            (None, _) => Ok(Self::Configuration(Some(Selected::new(client, &secret)))),
        }
    }
}

impl DigestFile<'_> {
    /// Returns the client; its digest is in line 1 of the file.
    pub(super) fn selected(&self) -> Selected {
        Selected { id: self.client.clone(), line: 1, needs_plaintext: self.needs_plaintext }
    }

    /// Returns the file's text with a new digest.
    pub(super) fn replaced(&self, text: &str, new: &str) -> Result<Zeroizing<String>, Failure> {
        if let Some(failure) = encrypted(text.as_bytes(), &self.path.display().to_string()) {
            return Err(failure);
        }
        if text.trim().contains(['\n', '\r']) || text.trim_start().starts_with(['{', '[']) {
            let text = format!("{} holds more than a digest", self.path.display());
            return Err(Failure::new(text).hint("change it yourself"));
        }
        let end = &text[text.trim_end().len()..];
        let kept = Zeroizing::new(format!("{new}{end}"));
        // The line end is dropped where Authelia would read it as part of the digest.
        let is_read = self.digest(&kept).is_ok_and(|read| *read == new);
        Ok(if is_read { kept } else { Zeroizing::new(new.to_owned()) })
    }

    /// Returns the digest that Authelia reads from a text of this file.
    pub(super) fn digest(&self, text: &str) -> Result<Zeroizing<String>, Failure> {
        let read = self.config.secret_from_file(&self.client, text);
        read.map_err(|error| edit_failure(error, &self.path))
    }

    /// Returns a text of this file without secrets.
    pub(super) fn redacted(text: &str) -> String {
        let is_digest = text.trim().parse().is_ok_and(|digest: Digest| !digest.is_plain());
        if is_digest { text.to_owned() } else { "(not shown)\n".to_owned() }
    }
}

/// Describes why a client has no secret that can be changed. If it does not exist, the hint names those
/// that do.
fn not_found(error: Error, config: &Editor<'_>, file: &Path, client: &str) -> Failure {
    let ids = match &error {
        Error::Edit(EditError::NoClient { .. }) => config.ids().unwrap_or_default(),
        _ => Vec::new(),
    };
    match &ids[..] {
        [] => edit_failure(error, file),
        ids => edit_failure(error, file).hint(known_ids(client, ids)),
    }
}

/// Returns another client that refers to the same file.
fn sharing(
    config: &Editor<'_>,
    client: &str,
    path: &Path,
    files: &FileArgs,
) -> Result<Option<String>, Error> {
    let others = config.secrets()?.into_iter().filter(|(id, _)| id != client);
    // Paths are compared after links are resolved.
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let ours = real(path);
    let mut shares = others.filter_map(|(id, secret)| {
        let secret = secret.ok()?;
        matches!(secret.reference(), Some(Reference::File(other)) if real(&files.here(other)) == ours)
            .then_some(id)
    });
    Ok(shares.next())
}
