//! The keys at the top level of Authelia's configuration, by which it is recognised.

use super::document::Node;
use super::path::PATH;

/// The keys of Authelia's configuration, since the first version with OpenID Connect.
const KEYS: [&str; 30] = [
    "access_control",
    "authentication_backend",
    "certificates_directory",
    "default_2fa_method",
    "default_redirection_url",
    "definitions",
    "duo_api",
    "host",
    "identity_providers",
    "identity_validation",
    "jwt_secret",
    "log",
    "log_level",
    "log_file_path",
    "log_format",
    "logs_level",
    "notifier",
    "ntp",
    "password_policy",
    "port",
    "privacy_policy",
    "regulation",
    "server",
    "session",
    "storage",
    "telemetry",
    "theme",
    "tls_cert",
    "totp",
    "webauthn",
];

/// Whether a document has a key of Authelia's, or no keys at all.
pub(super) fn is_configuration(root: &Node) -> bool {
    root.pairs().is_empty() || has_own_key(root)
}

/// Whether a mapping has a key of Authelia's.
pub(super) fn has_own_key(mapping: &Node) -> bool {
    own_keys(mapping) > 0
}

/// Whether a mapping inside another document is Authelia's configuration. One key is not enough: many
/// programs have one called `server` or `log`.
pub(super) fn has_own_keys(mapping: &Node) -> bool {
    own_keys(mapping) > 1
}

fn own_keys(mapping: &Node) -> usize {
    let keys = mapping.pairs().iter().filter_map(|(key, _)| key.text());
    keys.filter(|key| KEYS.contains(key)).count()
}

/// Whether a key is one of Authelia's at the top level.
pub(crate) fn is_root(key: &str) -> bool {
    KEYS.contains(&key)
}

/// Whether a key is nearly `identity_providers`, the key that Authelia's clients are below.
///
/// ```
/// use oidc_secret::authelia::is_misspelt_root;
///
/// assert!(is_misspelt_root("identify_provider") && !is_misspelt_root("identity_providers"));
/// ```
#[must_use]
pub fn is_misspelt_root(key: &str) -> bool {
    /// In 18 letters; no key of Authelia's own is as near.
    const MAX_SLIPS: usize = 3;
    key != PATH[0] && strsim::osa_distance(key, PATH[0]) <= MAX_SLIPS
}
