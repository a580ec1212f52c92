//! Discovery documents (OpenID Connect Discovery 1.0, RFC 8414).

use serde::Deserialize;

use super::answer::Answer;
use super::issuer::Issuer;
use super::origin::Origin;
use super::unclear::unclear;
use crate::finding::{Code, Finding};

/// The part of a discovery document that a check needs.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    token_endpoint: Option<String>,
    pushed_authorization_request_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// The endpoints of a provider that have its own origin, and its methods.
#[derive(Default)]
pub(super) struct Discovery {
    pub(super) token_endpoint: Option<String>,
    pub(super) pushed_endpoint: Option<String>,
    methods: Option<Vec<String>>,
}

impl Discovery {
    /// Reads the answer to a discovery request, and adds its defects to the findings.
    pub(super) fn read(issuer: &Issuer, answer: &Answer, findings: &mut Vec<Finding>) -> Self {
        let body = answer.body.as_ref().filter(|_| answer.status == 200);
        let Some(document) = body.and_then(|body| serde_json::from_slice::<Document>(body).ok())
        else {
            findings.push(missing(answer));
            return Self::default();
        };
        findings.extend(issuer_finding(issuer, &document.issuer));
        if document.token_endpoint.is_none() {
            findings.push(no_endpoint());
        }
        let mut own = |name, url: Option<String>| {
            let url = url?;
            let finding = other_origin(name, &url, issuer.origin());
            let is_own = finding.is_none();
            findings.extend(finding);
            is_own.then_some(url)
        };
        Self {
            token_endpoint: own("token_endpoint", document.token_endpoint),
            pushed_endpoint: own(
                "pushed_authorization_request_endpoint",
                document.pushed_authorization_request_endpoint,
            ),
            methods: document.token_endpoint_auth_methods_supported,
        }
    }

    /// Whether the provider supports a method; `None` if it does not list its methods.
    pub(super) fn supports(&self, method: &str) -> Option<bool> {
        self.methods.as_ref().map(|methods| methods.iter().any(|name| name == method))
    }
}

fn missing(answer: &Answer) -> Finding {
    let status = answer.status;
    if status == 404 {
        let message = "there is no discovery document at the URL (status 404)".to_owned();
        let fix = "Give the provider's issuer, which may have a path.";
        return Finding::new(Code::LiveUnclear, message, fix);
    }
    let mut finding = unclear("the discovery URL", answer);
    // Not for an answer to a secret, which a server could repeat as the host.
    let target = answer.location.as_deref().and_then(Origin::of);
    if let Some(origin) = target.filter(|_| (300..400).contains(&status)) {
        finding.message = format!("the discovery URL redirects to {origin} (status {status})");
    }
    finding
}

fn no_endpoint() -> Finding {
    let message = "the provider has no token endpoint".to_owned();
    let fix = "Check that the URL is that of the provider that the application uses.";
    Finding::new(Code::LiveUnclear, message, fix)
}

fn issuer_finding(issuer: &Issuer, given: &str) -> Option<Finding> {
    let (code, message) = match issuer.compare(given) {
        (true, _) => return None,
        (_, true) if given.ends_with('/') => {
            (Code::LiveIssuerSlash, "the provider's issuer ends with a slash".to_owned())
        }
        (_, true) => {
            (Code::LiveIssuerSlash, "the provider's issuer does not end with a slash".to_owned())
        }
        _ => (Code::LiveIssuerMismatch, mismatch(issuer, given)),
    };
    Some(Finding::new(code, message, code.fix()))
}

/// Names the issuer by its origin only: a path is any text of the server.
fn mismatch(issuer: &Issuer, given: &str) -> String {
    match Origin::of(given) {
        Some(origin) if origin == *issuer.origin() => {
            format!("the provider's issuer is another URL of {origin}")
        }
        Some(origin) => {
            format!("the provider's issuer is at {origin}, not at {}", issuer.origin())
        }
        None => "the provider's issuer is not a URL".to_owned(),
    }
}

fn other_origin(name: &str, url: &str, own: &Origin) -> Option<Finding> {
    let message = match Origin::of(url) {
        Some(origin) if origin == *own => return None,
        Some(origin) => format!("{name} is at {origin}, not at {own}"),
        None => format!("{name} is not a URL"),
    };
    Some(Finding::new(Code::LiveOtherOrigin, message, Code::LiveOtherOrigin.fix()))
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn read(status: u16, body: &str) -> (Discovery, Vec<(Code, String)>) {
        let issuer = "https://auth.example.com".parse().unwrap();
        let body = Some(Zeroizing::new(body.as_bytes().to_vec()));
        let mut findings = Vec::new();
        let answer = Answer { status, body, ..Answer::default() };
        let discovery = Discovery::read(&issuer, &answer, &mut findings);
        let findings = findings.into_iter().map(|finding| (finding.code, finding.message));
        (discovery, findings.collect())
    }

    fn document(issuer: &str, token: &str) -> String {
        format!(r#"{{"issuer":"{issuer}","token_endpoint":"{token}","x":[1]}}"#)
    }

    #[test]
    fn endpoints_of_the_same_origin_are_used() {
        let token = "https://AUTH.example.com:443/token";
        let (discovery, findings) = read(200, &document("https://auth.example.com", token));
        assert_eq!(discovery.token_endpoint.as_deref(), Some(token));
        assert_eq!((discovery.supports("none"), findings), (None, Vec::new()));
        let methods = r#"{"issuer":"https://auth.example.com","token_endpoint_auth_methods_supported":["none"]}"#;
        let (discovery, _) = read(200, methods);
        assert_eq!(
            (discovery.supports("none"), discovery.supports("x")),
            (Some(true), Some(false))
        );
    }

    #[test]
    fn endpoints_of_another_origin_are_not() {
        for (token, message) in [
            (
                "https://evil.example.com/token",
                "token_endpoint is at https://evil.example.com, not at https://auth.example.com",
            ),
            (
                "http://auth.example.com/token",
                "token_endpoint is at http://auth.example.com, not at https://auth.example.com",
            ),
            (
                "https://auth.example.com:444/token",
                "token_endpoint is at https://auth.example.com:444, not at https://auth.example.com",
            ),
            ("https://auth.example.com@evil.example.com/", "token_endpoint is not a URL"),
            ("/token", "token_endpoint is not a URL"),
        ] {
            let (discovery, findings) = read(200, &document("https://auth.example.com", token));
            assert_eq!(discovery.token_endpoint, None);
            assert_eq!(findings, [(Code::LiveOtherOrigin, message.to_owned())]);
        }
    }

    #[test]
    fn an_issuer_that_differs_is_found() {
        for (issuer, code, message) in [
            (
                "https://auth.example.com/",
                Code::LiveIssuerSlash,
                "the provider's issuer ends with a slash",
            ),
            (
                "https://auth.example.com/realms/x",
                Code::LiveIssuerMismatch,
                "the provider's issuer is another URL of https://auth.example.com",
            ),
            (
                "http://10.0.0.5:9091",
                Code::LiveIssuerMismatch,
                "the provider's issuer is at http://10.0.0.5:9091, not at https://auth.example.com",
            ),
            ("\\u001b[2J", Code::LiveIssuerMismatch, "the provider's issuer is not a URL"),
        ] {
            let (_, findings) = read(200, &document(issuer, "https://auth.example.com/token"));
            assert_eq!(findings, [(code, message.to_owned())]);
        }
    }

    #[test]
    fn an_answer_without_a_document_is_unclear() {
        for (status, body, message) in [
            (404, "", "there is no discovery document at the URL (status 404)"),
            (200, r#"{"issuer":"https://auth.example.com"}"#, "the provider has no token endpoint"),
            (200, "{}", "the discovery URL answered something unexpected (status 200)"),
            (503, "{}", "the discovery URL failed (status 503)"),
        ] {
            let (discovery, findings) = read(status, body);
            assert!(discovery.token_endpoint.is_none());
            assert_eq!(findings, [(Code::LiveUnclear, message.to_owned())]);
        }
    }

    #[test]
    fn a_redirect_is_shown_by_its_origin() {
        for (location, place) in [
            ("https://login.example.com/x?\u{1b}", "another URL"),
            ("https://login.example.com/x?y", "https://login.example.com"),
            ("/login", "another URL"),
        ] {
            let location = Some(location.to_owned());
            let finding = missing(&Answer { status: 302, location, ..Answer::default() });
            assert_eq!(
                finding.message,
                format!("the discovery URL redirects to {place} (status 302)")
            );
        }
    }
}
