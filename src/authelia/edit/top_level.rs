//! The keys at the top level of Authelia's configuration, by which it is recognised.

use super::super::document::Node;

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
    let keys = || root.pairs().iter().filter_map(|(key, _)| key.text());
    keys().next().is_none() || keys().any(|key| KEYS.contains(&key))
}
