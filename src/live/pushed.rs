//! Answers to a pushed authorization request (RFC 9126 §2.3).

use super::answer::Answer;
use super::oauth_error::OAuthError;
use super::report::RequestStatus;
use super::unclear::unclear;
use crate::finding::{Code, Finding};

/// Words of a description, with the finding on them, the most specific first. Authelia's description of
/// a missing challenge begins with `Clients must include a 'code_challenge'`.
const DESCRIPTIONS: [(&[&str], Code, &str); 5] = [
    (&["redirect_uri"], Code::RedirectMismatch, "the provider does not accept the redirect URI"),
    (
        &["code_challenge_method"],
        Code::PkceMethod,
        "the provider does not accept the PKCE method S256",
    ),
    (
        &["code_challenge", "PKCE"],
        Code::PkceMissing,
        "the provider requires PKCE, but the application does not use it",
    ),
    (&["response_type"], Code::GrantNotAllowed, "the client may not use the response type code"),
    (&["scope"], Code::ScopeNotAllowed, "the provider does not accept the scopes of the client"),
];

/// Returns whether the provider accepts the request, and the finding if it does not.
pub(super) fn outcome(answer: &Answer) -> (RequestStatus, Option<Finding>) {
    if matches!(answer.status, 200 | 201) && has_request_uri(answer) {
        return (RequestStatus::Accepted, None);
    }
    let error = OAuthError::of(answer).filter(|_| (400..500).contains(&answer.status));
    // The method of this endpoint may be another than that of the token endpoint, which has
    // authenticated the client.
    if error.as_ref().is_some_and(|error| error.name() == Some("invalid_client")) {
        return (RequestStatus::Unknown, None);
    }
    let Some((code, message)) = error.and_then(|error| cause(&error)) else {
        let finding = unclear("the endpoint for pushed authorization requests", answer);
        return (RequestStatus::Unknown, Some(finding));
    };
    (RequestStatus::Refused, Some(Finding::new(code, message.to_owned(), code.fix())))
}

fn cause(error: &OAuthError<'_>) -> Option<(Code, &'static str)> {
    let by_name = match error.name()? {
        "invalid_redirect_uri" => Some(Code::RedirectMismatch),
        "invalid_scope" => Some(Code::ScopeNotAllowed),
        "unauthorized_client" | "unsupported_response_type" => Some(Code::GrantNotAllowed),
        "invalid_request" => None,
        _ => return None,
    };
    let is_cause = |(texts, code, _): &&(&[&str], Code, &str)| match by_name {
        Some(named) => named == *code,
        None => error.mentions(texts),
    };
    DESCRIPTIONS.iter().find(is_cause).map(|(_, code, message)| (*code, *message))
}

fn has_request_uri(answer: &Answer) -> bool {
    let body = answer.body.as_ref().map(|body| serde_json::from_slice(body));
    matches!(body, Some(Ok(serde_json::Value::Object(map))) if map.contains_key("request_uri"))
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn of(status: u16, body: &str) -> (RequestStatus, Option<Code>) {
        let body = Some(Zeroizing::new(body.as_bytes().to_vec()));
        let (status, finding) = outcome(&Answer { status, body, ..Answer::default() });
        (status, finding.map(|finding| finding.code))
    }

    #[test]
    fn an_answer_tells_what_is_refused() {
        let error = |name: &str, description: &str| {
            of(400, &format!(r#"{{"error":"{name}","error_description":"{description}"}}"#))
        };
        let refused = |code| (RequestStatus::Refused, Some(code));
        for (name, description, code) in [
            (
                "invalid_request",
                "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered 'redirect_uris'.",
                Code::RedirectMismatch,
            ),
            (
                "invalid_request",
                "redirect_uri did not match any of the client's registered redirect_uris",
                Code::RedirectMismatch,
            ),
            ("invalid_redirect_uri", "", Code::RedirectMismatch),
            (
                "invalid_scope",
                "The OAuth 2.0 Client is not allowed to request scope 'groups'.",
                Code::ScopeNotAllowed,
            ),
            ("invalid_scope", "", Code::ScopeNotAllowed),
            (
                "invalid_request",
                "Clients must include a 'code_challenge' when performing the authorize code flow, but it is missing.",
                Code::PkceMissing,
            ),
            (
                "invalid_request",
                "Authorization Server policy requires PKCE to be used for this request",
                Code::PkceMissing,
            ),
            ("invalid_request", "not supported value of code_challenge_method", Code::PkceMethod),
            (
                "invalid_request",
                "requested response_type is not allowed for this client",
                Code::GrantNotAllowed,
            ),
            ("unauthorized_client", "", Code::GrantNotAllowed),
        ] {
            assert_eq!(error(name, description), refused(code), "{name} {description}");
        }
        let unclear = (RequestStatus::Unknown, Some(Code::LiveUnclear));
        assert_eq!(error("invalid_request", "s3cr3t"), unclear);
        assert_eq!(error("other", "redirect_uri"), unclear);
    }

    #[test]
    fn other_answers_are_accepted_or_unclear() {
        let accepted = r#"{"request_uri":"urn:x","expires_in":60}"#;
        assert_eq!(of(201, accepted), (RequestStatus::Accepted, None));
        assert_eq!(of(200, accepted), (RequestStatus::Accepted, None));
        assert_eq!(of(401, r#"{"error":"invalid_client"}"#), (RequestStatus::Unknown, None));
        let unclear = (RequestStatus::Unknown, Some(Code::LiveUnclear));
        for (status, body) in [(201, "[]"), (201, "{}"), (302, ""), (500, accepted), (400, "<")] {
            assert_eq!(of(status, body), unclear, "{status} {body}");
        }
        assert_eq!(of(429, ""), (RequestStatus::Unknown, Some(Code::RateLimit)));
    }
}
