//! Selection of the clients to rotate.

use std::path::Path;

use oidc_secret::authelia::edit::{Editor, SecretPlace};
use oidc_secret::catalogue::built_into;
use oidc_secret::error::EditError;
use oidc_secret::{Algorithm, ClientId, Digest, Parameters};

use crate::cli::configuration::edit_failure;
use crate::cli::failure::Failure;
use crate::cli::terminal::output::warn;

/// Clients to rotate.
#[derive(clap::Args)]
pub(super) struct SelectionArgs {
    /// The client's id
    #[arg(value_name = "CLIENT", required_unless_present_any = ["all", "older_format"],
          allow_hyphen_values = true)]
    pub(super) client: Option<String>,
    /// Rotate every client's secret
    #[arg(long, conflicts_with_all = ["client", "older_format", "resolve", "root", "map"])]
    all: bool,
    /// Rotate secrets that are plaintext or have an outdated digest
    #[arg(long, conflicts_with_all = ["client", "resolve", "root", "map"])]
    older_format: bool,
}

/// A client to rotate.
#[derive(Clone)]
pub(super) struct Selected {
    pub(super) id: String,
    /// Line of the old secret, counted from 1.
    pub(super) line: usize,
    /// Whether Authelia needs the plaintext secret.
    pub(super) needs_plaintext: bool,
}

impl Selected {
    pub(super) fn new(id: &str, secret: &SecretPlace) -> Self {
        let needs_plaintext = secret.plaintext_for.is_some();
        Self { id: id.to_owned(), line: secret.line, needs_plaintext }
    }
}

impl SelectionArgs {
    /// Returns the clients whose secrets are in the configuration itself: all, or those of an older
    /// format.
    pub(super) fn clients(
        &self,
        config: &Editor<'_>,
        path: &Path,
        algorithm: Option<Algorithm>,
        parameters: &Parameters,
    ) -> Result<Vec<Selected>, Failure> {
        let mut chosen = Vec::new();
        for (id, secret) in config.secrets().map_err(|error| edit_failure(error, path))? {
            let secret = match secret {
                // A public client.
                Err(EditError::NoSecret { .. }) => continue,
                other => other.map_err(|error| edit_failure(error.into(), path))?,
            };
            if secret.is_template() {
                warn(&format!(
                    "line {}: the secret of {id} is filled in from elsewhere, and is not replaced; for \
                     a file there is `oidc-secret rotate --resolve FILE {id}`",
                    secret.line
                ));
                continue;
            }
            if let Some(application) = built_into(&id) {
                let (line, name) = (secret.line, application.name);
                warn(&format!(
                    "line {line}: the secret of {id} is built into {name}, and is not replaced"
                ));
                continue;
            }
            let is_older = || is_older(&secret, algorithm, parameters);
            if self.older_format && !is_older() {
                continue;
            }
            if id.parse::<ClientId>().is_err() || id == "." || id == ".." {
                let text =
                    format!("line {}: the id `{id}` cannot be the name of a file", secret.line);
                return Err(Failure::new(text)
                    .at(path.display())
                    .hint("rotate each client by itself, with --secret-out FILE"));
            }
            chosen.push(Selected::new(&id, &secret));
        }
        Ok(chosen)
    }
}

/// Whether a secret should be replaced: needless plaintext, an obsolete format, another algorithm
/// than the requested one, or a lower cost than the default.
fn is_older(secret: &SecretPlace, asked_for: Option<Algorithm>, parameters: &Parameters) -> bool {
    let digest = match secret.value.trim().parse::<Digest>() {
        Ok(digest) if !digest.is_plain() => digest,
        _ => return secret.plaintext_for.is_none(),
    };
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
