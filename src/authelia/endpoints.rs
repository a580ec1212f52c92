//! The endpoints that an application may ask for instead of the issuer.

use serde::Serialize;

/// Authelia's issuer and endpoints, as its discovery document has them (`OpenID` Connect Discovery 1.0, §3).
///
/// ```
/// use oidc_secret::authelia::Endpoints;
///
/// let endpoints = Endpoints::of("https://auth.example.com");
/// assert_eq!(endpoints.token, "https://auth.example.com/api/oidc/token");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Endpoints {
    /// The issuer, which is Authelia's URL.
    pub issuer: String,
    /// The discovery document.
    pub discovery: String,
    /// The authorization endpoint.
    pub authorization: String,
    /// The token endpoint.
    pub token: String,
    /// The user info endpoint.
    pub userinfo: String,
    /// The key set for signatures of tokens.
    pub jwks: String,
}

impl Endpoints {
    /// Returns the endpoints of an Authelia at this URL, which has no slash at its end.
    #[must_use]
    pub fn of(issuer: &str) -> Self {
        let at = |path: &str| format!("{issuer}{path}");
        Self {
            issuer: issuer.to_owned(),
            discovery: at("/.well-known/openid-configuration"),
            authorization: at("/api/oidc/authorization"),
            token: at("/api/oidc/token"),
            userinfo: at("/api/oidc/userinfo"),
            jwks: at("/jwks.json"),
        }
    }

    /// Returns the endpoints with the names that applications' forms have for them.
    #[must_use]
    pub fn labelled(&self) -> [(&'static str, &str); 6] {
        [
            ("Issuer", &self.issuer),
            ("Discovery document", &self.discovery),
            ("Authorization endpoint", &self.authorization),
            ("Token endpoint", &self.token),
            ("User info endpoint", &self.userinfo),
            ("Key set (JWKS)", &self.jwks),
        ]
    }
}
