//! A client with its new secret.

use std::path::{Path, PathBuf};

use oidc_secret::catalogue::SecretSetting;
use serde::Serialize;
use zeroize::Zeroizing;

use super::destination::Destination;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::json::tenths;

/// A client with its new secret.
pub(super) struct Rotated {
    pub(super) id: String,
    pub(super) line: usize,
    pub(super) secret: Zeroizing<String>,
    /// New value in the configuration: the digest or, where Authelia needs it, the secret.
    pub(super) value: Zeroizing<String>,
    pub(super) needs_plaintext: bool,
    /// File that holds the secret, which is not printed then.
    pub(super) secret_file: Option<PathBuf>,
    /// File that holds the new value too.
    pub(super) digest_file: Option<PathBuf>,
    pub(super) destination: Destination,
}

/// A rotated client in JSON.
#[derive(Serialize)]
struct Json<'a> {
    version: u32,
    client_id: &'a str,
    client_name: Option<&'a str>,
    client_secret: Option<&'a str>,
    client_secret_file: Option<String>,
    client_secret_digest: Option<&'a str>,
    client_secret_digest_file: Option<String>,
    entropy_bits: f64,
    file: String,
    line: usize,
    application: Option<&'a str>,
    redirect_host: Option<&'a str>,
    places: &'a [SecretSetting],
}

impl Rotated {
    /// Formats the client as a line of JSON; `bits` is the entropy of its secret.
    pub(super) fn json(&self, file: &Path, bits: f64) -> Result<Vec<u8>, Failure> {
        let shown = |path: &Path| path.display().to_string();
        let destination = &self.destination;
        json::line(&Json {
            version: 1,
            client_id: &self.id,
            client_name: destination.client_name.as_deref(),
            client_secret: self.secret_file.is_none().then_some(&self.secret),
            client_secret_file: self.secret_file.as_deref().map(shown),
            client_secret_digest: (!self.needs_plaintext).then_some(&self.value),
            client_secret_digest_file: self.digest_file.as_deref().map(shown),
            entropy_bits: tenths(bits),
            file: shown(file),
            line: self.line,
            application: destination.application,
            redirect_host: destination.redirect_host.as_deref(),
            places: &destination.settings,
        })
    }
}
