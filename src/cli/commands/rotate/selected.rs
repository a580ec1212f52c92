//! A client to rotate.

use oidc_secret::authelia::edit::SecretPlace;

use crate::cli::terminal::output::warn;

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
        if secret.is_public {
            warn(&format!(
                "line {}: {id} is a public client, which must not have a secret: Authelia does not \
                 start; remove {}, or set public to false",
                secret.line, secret.key
            ));
        }
        let needs_plaintext = secret.plaintext_for.is_some();
        Self { id: id.to_owned(), line: secret.line, needs_plaintext }
    }
}
