//! A client to rotate.

use oidc_secret::authelia::edit::SecretPlace;

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
