//! Causes of refused requests.

use std::borrow::Cow;

use crate::finding::{Code, Finding};

/// The cause of a refused request, as a line of the log gives it. Its texts are names from
/// standards or a redacted URI, since a request may have a secret in any parameter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The client's secret did not match.
    WrongSecret,
    /// No client is registered with the id of the request.
    UnknownClient,
    /// The client authenticated with another method than the registered one.
    WrongMethod {
        /// The key that registers the method, such as `token_endpoint_auth_method`.
        key: &'static str,
        /// The method of the request.
        sent: Option<&'static str>,
        /// The registered method.
        registered: Option<&'static str>,
    },
    /// A confidential client sent no secret.
    NoSecretSent {
        /// The key that registers the method, such as `token_endpoint_auth_method`.
        key: &'static str,
        /// The registered method.
        registered: Option<&'static str>,
    },
    /// A public client sent a secret.
    SecretForPublicClient {
        /// The method of the request.
        sent: Option<&'static str>,
    },
    /// The client authenticated with several methods at once.
    SeveralMethods,
    /// The client is registered without a secret, but authenticated with one.
    NoRegisteredSecret,
    /// The id or the secret was not form-encoded in the header.
    NotFormEncoded,
    /// The redirect URI is not registered.
    RedirectUri {
        /// The URI of the request, without the values of its query; `None` if the line does not
        /// have it, or if it may contain a password.
        requested: Option<String>,
    },
    /// The redirect URI of the token request is not the one of the authorization request.
    RedirectUriChanged,
    /// The scope is not registered.
    Scope {
        /// The scope of the request.
        requested: Option<String>,
    },
    /// The grant type is not registered.
    Grant {
        /// The grant type of the request.
        requested: Option<&'static str>,
    },
    /// The client must use PKCE, but did not.
    PkceMissing,
    /// The method of PKCE is not allowed.
    PkceMethod {
        /// The method of the request.
        sent: Option<&'static str>,
        /// The required method.
        required: Option<&'static str>,
    },
    /// The verifier of PKCE does not match the challenge.
    PkceMismatch,
    /// The authorization code was used before.
    CodeReused,
    /// The authorization code or refresh token is unknown, expired, revoked or another client's.
    InvalidGrant,
    /// The address sent too many requests.
    RateLimit,
}

impl Cause {
    /// Returns its kind of finding.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::WrongSecret => Code::WrongSecret,
            Self::UnknownClient => Code::UnknownClient,
            Self::WrongMethod { .. } => Code::WrongMethod,
            Self::NoSecretSent { .. } => Code::NoSecretSent,
            Self::SecretForPublicClient { .. } => Code::SecretForPublicClient,
            Self::SeveralMethods => Code::SeveralMethods,
            Self::NoRegisteredSecret => Code::MissingSecret,
            Self::NotFormEncoded => Code::FormEncoding,
            Self::RedirectUri { .. } | Self::RedirectUriChanged => Code::RedirectMismatch,
            Self::Scope { .. } => Code::ScopeNotAllowed,
            Self::Grant { .. } => Code::GrantNotAllowed,
            Self::PkceMissing => Code::PkceMissing,
            Self::PkceMethod { .. } => Code::PkceMethod,
            Self::PkceMismatch => Code::PkceMismatch,
            Self::CodeReused => Code::CodeReused,
            Self::InvalidGrant => Code::InvalidGrant,
            Self::RateLimit => Code::RateLimit,
        }
    }

    /// Returns the finding. It does not name the client, which is not part of the cause.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let code = self.code();
        let message = self.details().unwrap_or_else(|| code.meaning().to_owned());
        Finding::new(code, message, self.fix())
    }

    fn fix(&self) -> Cow<'static, str> {
        let fix = match self {
            Self::WrongMethod { key, sent, .. } => {
                let method = sent.unwrap_or("the method that the application uses");
                return format!("Set {key} to {method}, or change the application.").into();
            }
            Self::RedirectUriChanged => {
                "Let the application send the same redirect_uri in both requests."
            }
            Self::NotFormEncoded => {
                "Form-encode the id and the secret in the application, or use a secret of A-Z a-z 0-9 - . _ ~, which no encoding changes."
            }
            _ => self.code().fix(),
        };
        fix.into()
    }

    /// Returns the message with the data of the line; `None` if the code's meaning says it all.
    fn details(&self) -> Option<String> {
        Some(match self {
            Self::WrongMethod { key, sent: Some(sent), registered: Some(registered) } => {
                format!("the application uses {sent}, but {key} is {registered}")
            }
            Self::WrongMethod { key, sent: Some(sent), registered: None } => {
                format!("the application uses {sent}, which {key} does not allow")
            }
            Self::NoSecretSent { key, registered: Some(registered) } => {
                format!("the application sent no secret, but {key} is {registered}")
            }
            Self::SecretForPublicClient { sent: Some(sent) } => {
                format!("the application sent a secret with {sent}, but the client is public")
            }
            Self::NotFormEncoded => {
                "the id or the secret in the Authorization header is not form-encoded".to_owned()
            }
            Self::RedirectUri { requested: Some(uri) } => {
                format!("the redirect URI {uri} is not in redirect_uris")
            }
            Self::RedirectUriChanged => {
                "the token request has another redirect URI than the authorization request"
                    .to_owned()
            }
            Self::Scope { requested: Some(scope) } => format!("the scope {scope} is not in scopes"),
            Self::Grant { requested: Some(grant) } => {
                format!("the grant type {grant} is not in grant_types")
            }
            Self::PkceMethod { sent, required: Some(required) } => {
                let sent = sent.unwrap_or("another");
                format!("the application uses the PKCE method {sent}, but {required} is required")
            }
            _ => return None,
        })
    }
}
