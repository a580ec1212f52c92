//! Results of asking a provider.

use crate::finding::Finding;

/// Whether the running provider accepts a client's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SecretStatus {
    /// The provider accepts it, which proves that it has its digest.
    Accepted,
    /// The provider accepts the client as a public one, which has no secret.
    Public,
    /// The provider rejects it, or does not know the client.
    Rejected,
    /// It was not sent, or the answer does not tell.
    #[default]
    Unknown,
}

/// Whether the running provider accepts an authorization request of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RequestStatus {
    /// The provider accepts the redirect URI, the scopes and PKCE.
    Accepted,
    /// The provider refuses one of them.
    Refused,
    /// It was not sent, or the answer does not tell.
    #[default]
    Unknown,
}

/// The answers of a provider, and their causes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Report {
    /// The secret.
    pub secret: SecretStatus,
    /// The redirect URI, the scopes and PKCE.
    pub request: RequestStatus,
    /// Whether the provider does not allow the client the grant `authorization_code`. Only a client of
    /// another kind, such as one for `client_credentials`, can do without it.
    pub is_grant_refused: bool,
    /// The findings, the likeliest cause first.
    pub findings: Vec<Finding>,
}
