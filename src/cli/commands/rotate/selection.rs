//! Selection of the clients to rotate.

use std::path::Path;

use oidc_secret::authelia::Reference;
use oidc_secret::authelia::edit::{Editor, SecretPlace};
use oidc_secret::catalogue::built_into;
use oidc_secret::error::EditError;
use oidc_secret::{Algorithm, ClientId, Code, Digest, Parameters, inspect};

use super::location::DigestLocation;
use super::selected::Selected;
use crate::cli::configuration::{edit_failure, known_ids};
use crate::cli::failure::Failure;
use crate::cli::terminal::output::{hint, warn};

/// Clients to rotate.
#[derive(clap::Args)]
pub(super) struct SelectionArgs {
    /// The client's id; the only client of the file needs none
    // Apart from the others, since an id may begin with `-`, and a list of such values would take every
    // flag after it.
    #[arg(value_name = "CLIENT", allow_hyphen_values = true)]
    pub(super) client: Option<String>,
    /// More ids; put `--` before one that begins with a hyphen
    #[arg(value_name = "CLIENT")]
    more: Vec<String>,
    /// Rotate every client's secret
    #[arg(long, conflicts_with_all = ["client", "older_format", "resolve", "root", "map"])]
    all: bool,
    /// Rotate secrets that are plaintext or have an outdated digest
    #[arg(long, conflicts_with_all = ["client", "resolve", "root", "map"])]
    older_format: bool,
}

impl SelectionArgs {
    /// Whether several clients are rotated, or may be.
    pub(super) fn is_several(&self) -> bool {
        self.all || self.older_format || !self.more.is_empty()
    }

    /// Returns the id of the one client that is rotated: the named one, or the only one there is.
    pub(super) fn one(&self, config: &Editor<'_>, path: &Path) -> Result<Option<String>, Failure> {
        if self.is_several() {
            return Ok(None);
        }
        if self.client.is_some() {
            return Ok(self.client.clone());
        }
        let ids = config.ids().map_err(|error| edit_failure(error, path))?;
        match &ids[..] {
            [id] => Ok(Some(id.clone())),
            ids => {
                Err(Failure::new("no client is named").at(path.display()).hint(known_ids("", ids)))
            }
        }
    }

    /// Returns the clients whose secrets are in the configuration itself: all, or those of an older
    /// format.
    pub(super) fn clients(
        &self,
        config: &Editor<'_>,
        path: &Path,
        algorithm: Option<Algorithm>,
        parameters: &Parameters,
    ) -> Result<Vec<Selected>, Failure> {
        if self.client.is_some() {
            return self.named(config, path);
        }
        let mut chosen = Vec::new();
        for (id, secret) in config.secrets().map_err(|error| edit_failure(error, path))? {
            let secret = match secret {
                // A public client.
                Err(EditError::NoSecret { .. }) => continue,
                other => other.map_err(|error| edit_failure(error.into(), path))?,
            };
            if is_set_elsewhere(&id, &secret, path) {
                continue;
            }
            let is_older = || is_older(&secret, algorithm, parameters);
            if self.older_format && !is_older() {
                continue;
            }
            chosen.push(Selected::new(&id, &secret));
            ensure_file_name(&id, secret.line, path)?;
        }
        Ok(chosen)
    }

    /// Returns the clients that are named, each once.
    fn named(&self, config: &Editor<'_>, path: &Path) -> Result<Vec<Selected>, Failure> {
        let mut chosen: Vec<Selected> = Vec::new();
        for id in self.client.iter().chain(&self.more) {
            if chosen.iter().any(|client| client.id == *id) {
                continue;
            }
            match DigestLocation::find(config, path, Some(id), None)? {
                DigestLocation::Configuration(Some(client)) => {
                    ensure_file_name(id, client.line, path)?;
                    chosen.push(client);
                }
                DigestLocation::Configuration(None) | DigestLocation::DigestFile(_) => {}
            }
        }
        Ok(chosen)
    }
}

/// Whether a secret comes from another place than the configuration, with a warning that it is kept.
fn is_set_elsewhere(id: &str, secret: &SecretPlace, path: &Path) -> bool {
    let line = format!("{}, line {}", path.display(), secret.line);
    if secret.is_template() {
        warn(&format!("{line}: {id}: not rotated: the secret is not in this file"));
        if matches!(secret.reference(), Some(Reference::File(_))) {
            hint(&format!("use `oidc-secret rotate --resolve {} {id}`", path.display()));
        }
        return true;
    }
    let application = built_into(id);
    if let Some(application) = &application {
        let name = &application.name;
        warn(&format!("{line}: {id}: not rotated: the secret is built into {name}"));
    }
    application.is_some()
}

/// Checks that an id can be the name of the file with the client's secret.
fn ensure_file_name(id: &str, line: usize, path: &Path) -> Result<(), Failure> {
    if id.parse::<ClientId>().is_ok() && id != "." && id != ".." {
        return Ok(());
    }
    let text = format!("line {line}: the id `{id}` cannot be the name of a file");
    let failure = Failure::new(text).at(path.display());
    Err(failure.hint("rotate each client by itself, with --secret-out FILE"))
}

/// Whether a secret should be replaced: needless plaintext, an obsolete format, a truncated key,
/// another algorithm than the requested one, or a lower cost than the default.
fn is_older(secret: &SecretPlace, asked_for: Option<Algorithm>, parameters: &Parameters) -> bool {
    let digest = match secret.value.trim().parse::<Digest>() {
        Ok(digest) if !digest.is_plain() => digest,
        _ => return secret.plaintext_for.is_none(),
    };
    if is_truncated(&secret.value) {
        return true;
    }
    let algorithm = digest.algorithm();
    if algorithm == parameters.algorithm() {
        return parameters.cost_more_than(&digest);
    }
    match Parameters::try_from(algorithm) {
        Ok(usual) if digest.read_by_authelia() => {
            asked_for.is_some() || usual.cost_more_than(&digest)
        }
        _ => true,
    }
}

/// Whether a digest has lost a part of its key. It still matches its secret, but other secrets match it
/// more easily.
fn is_truncated(text: &str) -> bool {
    let is_short = |code| matches!(code, Code::KeyTruncated | Code::KeyTooShort);
    inspect(text).is_ok_and(|found| found.findings.iter().any(|finding| is_short(finding.code)))
}
