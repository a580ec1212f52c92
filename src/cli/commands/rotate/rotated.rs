//! A client with its new secret.

use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

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
    pub(super) secret_file: Option<PathBuf>,
}

/// A rotated client in JSON.
#[derive(Serialize)]
struct Json<'a> {
    version: u32,
    client_id: &'a str,
    client_secret: Option<&'a str>,
    client_secret_file: Option<String>,
    client_secret_digest: Option<&'a str>,
    entropy_bits: f64,
    file: String,
    line: usize,
}

impl Rotated {
    /// Formats the client as a line of JSON; `bits` is the entropy of its secret.
    pub(super) fn json(&self, file: &Path, bits: f64) -> Result<Vec<u8>, Failure> {
        json::line(&Json {
            version: 1,
            client_id: &self.id,
            client_secret: self.secret_file.is_none().then_some(&self.secret),
            client_secret_file: self.secret_file.as_ref().map(|path| path.display().to_string()),
            client_secret_digest: (!self.needs_plaintext).then_some(&self.value),
            entropy_bits: tenths(bits),
            file: file.display().to_string(),
            line: self.line,
        })
    }
}
