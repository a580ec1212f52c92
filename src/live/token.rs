//! Answers to a token request with a random code.
//!
//! Measured on Authelia 4.39, oidc-provider 9.13 and django-oauth-toolkit 3.4: all three authenticate
//! the client before they look for the code. Only Authelia compares the method with the registered one,
//! and names it in the description.

use super::answer::Answer;
use super::oauth_error::OAuthError;
use super::unclear::unclear;
use crate::finding::Finding;

/// The meaning of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The provider accepted the client, and refused the code.
    Authenticated,
    /// The provider accepted the client, and does not allow it to use codes.
    GrantRefused,
    /// The provider rejected the secret, or does not know the client.
    Rejected,
    /// The provider refused the method, and did not check the secret.
    MethodRefused,
    /// Anything else.
    Unclear(Finding),
}

/// Names of methods, as far as they are no ordinary words. Authelia quotes `none`.
const METHODS: [&str; 4] = ["client_secret_", "private_key_jwt", "'none'", "\"none\""];

/// The description of oidc-provider for a client without the grant; it comes after the authentication.
const GRANT_NOT_ALLOWED: &str = "requested grant type is not allowed for this client";

impl Outcome {
    pub(super) fn of(answer: &Answer) -> Self {
        // An HTML page or a redirect never comes from a token endpoint.
        let error = OAuthError::of(answer).filter(|_| matches!(answer.status, 400 | 401));
        let Some(error) = error else { return Self::unclear(answer) };
        match (answer.status, error.name()) {
            (400, Some("invalid_grant")) => Self::Authenticated,
            (400, Some("unauthorized_client")) => Self::GrantRefused,
            (400, Some("invalid_request")) if error.mentions(&[GRANT_NOT_ALLOWED]) => {
                Self::GrantRefused
            }
            (_, Some("invalid_client")) if error.mentions(&METHODS) => Self::MethodRefused,
            // RFC 6749 §5.2 has 401 for failed authentication only. Keycloak names it unauthorized_client.
            (_, Some("invalid_client")) | (401, Some("unauthorized_client")) => Self::Rejected,
            _ => Self::unclear(answer),
        }
    }

    /// Whether the provider accepted the client.
    pub(super) fn is_authenticated(&self) -> bool {
        matches!(self, Self::Authenticated | Self::GrantRefused)
    }

    fn unclear(answer: &Answer) -> Self {
        Self::Unclear(unclear("the token endpoint", answer))
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let body = Some(Zeroizing::new(body.as_bytes().to_vec()));
        Answer { status, body, ..Answer::default() }
    }

    #[test]
    fn an_answer_tells_whether_the_client_was_authenticated() {
        let named = r#"{"error":"invalid_client","error_description":"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). The request was determined to be using 'token_endpoint_auth_method' method 'client_secret_post', however the OAuth 2.0 client registration does not allow this method."}"#;
        let none = named.replace("client_secret_post", "none");
        let bare = r#"{"error":"invalid_client","error_description":"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)."}"#;
        for (status, body, outcome) in [
            // Authelia.
            (400, r#"{"error":"invalid_grant"}"#, Outcome::Authenticated),
            (400, r#"{"error":"unauthorized_client"}"#, Outcome::GrantRefused),
            (401, bare, Outcome::Rejected),
            (401, named, Outcome::MethodRefused),
            (401, &none, Outcome::MethodRefused),
            // oidc-provider.
            (
                400,
                r#"{"error":"invalid_request","error_description":"requested grant type is not allowed for this client"}"#,
                Outcome::GrantRefused,
            ),
            (
                401,
                r#"{"error":"invalid_client","error_description":"client authentication failed"}"#,
                Outcome::Rejected,
            ),
            // django-oauth-toolkit, and Keycloak's two versions.
            (401, r#"{"error": "invalid_client"}"#, Outcome::Rejected),
            (400, r#"{"error":"invalid_client"}"#, Outcome::Rejected),
            (401, r#"{"error":"unauthorized_client"}"#, Outcome::Rejected),
        ] {
            assert!(Outcome::of(&answer(status, body)) == outcome, "{status} {body}");
        }
    }

    #[test]
    fn any_other_answer_is_unclear() {
        let html = Answer {
            content_type: Some(" Text/HTML; charset=utf-8".to_owned()),
            ..answer(401, "<p>invalid_client")
        };
        let redirect =
            Answer { location: Some("https://s3cr3t.example.com/".to_owned()), ..answer(302, "") };
        let relative = Answer { location: Some("/s3cr3t".to_owned()), ..answer(307, "") };
        let limited = Answer {
            retry_after: Some("42".to_owned()),
            ..answer(429, r#"{"error":"invalid_client"}"#)
        };
        let dated = Answer {
            retry_after: Some("Wed, 21 Oct 2026 07:28:00 GMT".to_owned()),
            ..answer(429, "")
        };
        let huge = Answer { body: None, ..answer(400, "") };
        for (answer, message) in [
            (html, "the token endpoint answered with an HTML page (status 401)"),
            (redirect, "the token endpoint redirects to another URL (status 302)"),
            (relative, "the token endpoint redirects to another URL (status 307)"),
            (limited, "the provider accepts no more requests from this address: try again in 42 s"),
            (dated, "the provider accepts no more requests from this address: try again later"),
            (huge, "the token endpoint answered with more than 1 MiB"),
            (
                answer(400, r#"{"error":"invalid_request"}"#),
                "the token endpoint answered invalid_request (status 400)",
            ),
            (answer(500, r#"{"error":"server_error"}"#), "the token endpoint failed (status 500)"),
            (
                answer(200, r#"{"access_token":"s3cr3t"}"#),
                "the token endpoint answered something unexpected (status 200)",
            ),
            (
                answer(400, r#"{"error":"s3cr3t"}"#),
                "the token endpoint answered something unexpected (status 400)",
            ),
            (
                answer(200, r#"{"error":"invalid_grant"}"#),
                "the token endpoint answered invalid_grant (status 200)",
            ),
            (
                answer(401, r#"{"error":"invalid_grant"}"#),
                "the token endpoint answered invalid_grant (status 401)",
            ),
            (
                answer(400, "{\"error\":"),
                "the token endpoint answered something unexpected (status 400)",
            ),
        ] {
            let Outcome::Unclear(finding) = Outcome::of(&answer) else { panic!("{message}") };
            assert_eq!(finding.message, message);
        }
    }
}
