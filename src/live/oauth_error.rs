//! Error answers of OAuth 2.0 (RFC 6749 §5.2).

use std::borrow::Cow;

use serde::Deserialize;

use super::answer::Answer;

/// The registered names of errors. A message shows only these, never a text of the answer.
const NAMES: [&str; 11] = [
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "invalid_request",
    "invalid_scope",
    "unsupported_grant_type",
    "unsupported_response_type",
    "invalid_redirect_uri",
    "access_denied",
    "server_error",
    "temporarily_unavailable",
];

/// An error answer. It has no `Debug`, since the description may repeat the secret.
#[derive(Deserialize)]
pub(super) struct OAuthError<'a> {
    #[serde(borrow)]
    error: Cow<'a, str>,
    #[serde(borrow, default)]
    error_description: Option<Cow<'a, str>>,
}

impl<'a> OAuthError<'a> {
    /// Parses the body of an answer; `None` if it is not an error of OAuth 2.0.
    pub(super) fn of(answer: &'a Answer) -> Option<Self> {
        serde_json::from_slice(answer.body.as_ref()?).ok()
    }

    /// Returns the registered name of the error.
    pub(super) fn name(&self) -> Option<&'static str> {
        NAMES.into_iter().find(|name| *name == self.error)
    }

    /// Whether the description has one of these texts.
    pub(super) fn mentions(&self, texts: &[&str]) -> bool {
        let description = self.error_description.as_deref().unwrap_or_default();
        texts.iter().any(|text| description.contains(text))
    }
}
