//! The client that a provider is asked about.

use std::time::Duration;

use crate::secret::Secret;

/// A client, as the configuration or the application has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Client<'a> {
    /// The id.
    pub id: &'a str,
    /// The secret of the application.
    pub secret: Option<&'a Secret>,
    /// The method of client authentication, such as `client_secret_basic`.
    pub method: Option<&'a str>,
    /// Whether it is a public client, which has no secret.
    pub is_public: bool,
    /// Whether the secret matches the configuration's digest.
    pub matches: Option<bool>,
    /// The time that the configuration's digest takes.
    pub cost: Option<Duration>,
    /// The redirect URI of the application.
    pub redirect_uri: Option<&'a str>,
    /// The scopes of the application; empty for `openid`.
    pub scopes: &'a [&'a str],
    /// Whether the application is known not to use PKCE.
    pub is_without_pkce: bool,
}
