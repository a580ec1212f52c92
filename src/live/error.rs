//! The error of this module.

/// The error of parsing the URL of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// The text is not the URL of a provider.
    #[error("{reason}")]
    Invalid {
        /// Its defect.
        reason: &'static str,
    },
    /// The URL has the scheme `http` and another machine's host.
    #[error("the URL must begin with https://: a secret would be sent unencrypted")]
    Unencrypted,
}
