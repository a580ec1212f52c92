//! The order of the requests to a provider, and the findings on its answers.

use std::time::Duration;

use super::answer::Answer;
use super::auth_method::AuthMethod;
use super::client::Client;
use super::discovery::Discovery;
use super::issuer::Issuer;
use super::pushed;
use super::report::{Report, SecretStatus};
use super::request::Request;
use super::timing::has_checked_digest;
use super::token::Outcome;
use crate::finding::{Code, Finding};
use crate::random::RandomError;

/// Asks a provider about a client: `send` sends a request and returns the answer. A redirect must not be
/// followed, since it may lead to another origin.
///
/// The provider is asked at most four times, and at most two of the requests can fail the client's
/// authentication at the token endpoint: Authelia refuses an address after 30 failures a minute.
///
/// # Errors
/// Those of `send`, or [`RandomError`] if the system's generator fails.
pub fn ask<E: From<RandomError>>(
    issuer: &Issuer,
    client: &Client<'_>,
    mut send: impl FnMut(&Request) -> Result<Answer, E>,
) -> Result<Report, E> {
    let mut report = Report::default();
    let answer = send(&Request::discovery(issuer))?;
    let discovery = Discovery::read(issuer, &answer, &mut report.findings);
    let Some(url) = &discovery.token_endpoint else { return Ok(report) };
    let method = match method(client, &discovery) {
        Ok(Some(method)) => method,
        Ok(None) => return Ok(report),
        Err(finding) => {
            report.findings.push(*finding);
            return Ok(report);
        }
    };
    let mut token = |method| -> Result<Answer, E> { send(&Request::token(url, client, method)?) };
    let is_accepted = if method == AuthMethod::None {
        public(client, &token(method)?, &mut report).then_some(method)
    } else {
        confidential(client, method, answer.elapsed, token, &mut report)?
    };
    let pushed = discovery.pushed_endpoint.zip(client.redirect_uri).zip(is_accepted);
    if let Some(((url, redirect_uri), method)) = pushed {
        let answer = send(&Request::pushed(&url, client, redirect_uri, method)?)?;
        let (status, finding) = pushed::outcome(&answer);
        report.request = status;
        report.findings.extend(finding);
    }
    Ok(report)
}

/// Returns the method of the token request; `None` if there is no secret to send.
fn method(client: &Client<'_>, discovery: &Discovery) -> Result<Option<AuthMethod>, Box<Finding>> {
    if client.is_public || client.method == Some(AuthMethod::None.name()) {
        return Ok(Some(AuthMethod::None));
    }
    let Some(secret) = client.secret else { return Ok(None) };
    let cannot = |message: &str, fix| {
        Err(Box::new(Finding::new(Code::LiveUnclear, message.to_owned(), fix)))
    };
    if std::str::from_utf8(secret.expose()).is_err() {
        return cannot(
            "the secret is not UTF-8 text, so no application can send it",
            "Make another secret.",
        );
    }
    match client.method.map(AuthMethod::named) {
        Some(Some(method)) => Ok(Some(method)),
        Some(None) => cannot(
            "the client signs with its secret or a key and never sends it, so the provider cannot be asked",
            "Look for the application's requests in the provider's log.",
        ),
        None if discovery.supports(AuthMethod::Basic.name()) == Some(false) => {
            Ok(Some(AuthMethod::Post))
        }
        // The default of OpenID Connect and of Authelia.
        None => Ok(Some(AuthMethod::Basic)),
    }
}

/// Reads the answer to a public client, which proves nothing about a secret. Returns whether the provider
/// accepts the client.
fn public(client: &Client<'_>, answer: &Answer, report: &mut Report) -> bool {
    let id = client.id;
    let outcome = Outcome::of(answer);
    let finding = match outcome {
        Outcome::Authenticated | Outcome::GrantRefused => {
            report.secret = SecretStatus::Public;
            report.is_grant_refused = outcome == Outcome::GrantRefused;
            return true;
        }
        Outcome::MethodRefused => Finding::new(
            Code::NoSecretSent,
            format!("the provider requires a secret from {id}, which is a public client here"),
            "Restart the provider if the client was changed; otherwise make the client confidential.",
        ),
        Outcome::Rejected => Finding::new(
            Code::UnknownClient,
            format!("the provider does not know {id} as a public client"),
            Code::UnknownClient.fix(),
        ),
        Outcome::Unclear(finding) => finding,
    };
    report.findings.push(finding);
    false
}

/// Asks about a secret, and reads the answer. Returns the method that the provider accepts.
fn confidential<E>(
    client: &Client<'_>,
    method: AuthMethod,
    baseline: Duration,
    token: impl FnMut(AuthMethod) -> Result<Answer, E>,
    report: &mut Report,
) -> Result<Option<AuthMethod>, E> {
    let checked = |answer: &Answer| has_checked_digest(answer, baseline, client.cost);
    let (used, answer, outcome) = try_methods(method, checked, token)?;
    let accepted = outcome.is_authenticated().then_some(used);
    match outcome {
        Outcome::Authenticated | Outcome::GrantRefused => {
            report.secret = SecretStatus::Accepted;
            report.findings.extend(accepted_finding(client));
            report.is_grant_refused = outcome == Outcome::GrantRefused;
        }
        Outcome::Rejected => {
            report.secret = SecretStatus::Rejected;
            report.findings.push(rejected_finding(client, checked(&answer)));
        }
        Outcome::MethodRefused => report.findings.push(neither_finding(client.id)),
        Outcome::Unclear(finding) => report.findings.push(finding),
    }
    if used != method && report.secret != SecretStatus::Unknown {
        report.findings.push(method_finding(client.id, used, method));
    }
    Ok(accepted)
}

/// Tries one method, and if it is refused, once the other. Returns the method and the answer that count.
fn try_methods<E>(
    method: AuthMethod,
    checked: impl Fn(&Answer) -> Option<bool>,
    mut token: impl FnMut(AuthMethod) -> Result<Answer, E>,
) -> Result<(AuthMethod, Answer, Outcome), E> {
    let answer = token(method)?;
    let outcome = Outcome::of(&answer);
    let is_named = outcome == Outcome::MethodRefused;
    // Later versions of Authelia do not name the method that they refuse, but refuse it as quickly.
    if is_named || (outcome == Outcome::Rejected && checked(&answer) == Some(false)) {
        let second = token(method.other())?;
        let meaning = Outcome::of(&second);
        if is_named || meaning.is_authenticated() {
            return Ok((method.other(), second, meaning));
        }
    }
    Ok((method, answer, outcome))
}

fn accepted_finding(client: &Client<'_>) -> Option<Finding> {
    let code = Code::LiveOtherConfiguration;
    let message = format!(
        "the provider accepts the secret of {}, but the digest of this configuration is another secret's",
        client.id
    );
    (client.matches == Some(false)).then(|| Finding::new(code, message, code.fix()))
}

/// `checked`: whether the provider seems to have computed a digest.
fn rejected_finding(client: &Client<'_>, checked: Option<bool>) -> Finding {
    let id = client.id;
    let likely = match checked {
        Some(true) => "; by the time of its answer, it likely knows the client",
        Some(false) => "; by the time of its answer, it likely does not know the client",
        None => "",
    };
    let (code, message) = match (client.matches, checked) {
        (Some(true), _) => (
            Code::LiveOtherConfiguration,
            format!(
                "the provider rejects {id}, but the secret matches the digest of this configuration"
            ),
        ),
        (_, Some(false)) => {
            (Code::UnknownClient, format!("the provider rejects {id} or its secret"))
        }
        _ => (
            Code::WrongSecret,
            format!("the provider rejects the secret of {id}, or does not know {id}"),
        ),
    };
    let fix = match (code, client.matches) {
        (Code::WrongSecret, None) => {
            "Compare the secret with the digest in the provider's configuration, and restart the provider."
        }
        (Code::WrongSecret, _) => "Correct the secret or the digest, and restart the provider.",
        _ => code.fix(),
    };
    Finding::new(code, message + likely, fix)
}

fn neither_finding(id: &str) -> Finding {
    let message = format!(
        "the provider accepts neither client_secret_basic nor client_secret_post from {id}"
    );
    let fix =
        "Check public and token_endpoint_auth_method of the client, and restart the provider.";
    Finding::new(Code::WrongMethod, message, fix)
}

fn method_finding(id: &str, used: AuthMethod, refused: AuthMethod) -> Finding {
    let message = format!("the provider expects {} from {id}, not {}", used.name(), refused.name());
    let fix = "Set token_endpoint_auth_method and the application to the same method, and restart the provider.";
    Finding::new(Code::WrongMethod, message, fix)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use SecretStatus::{Accepted, Rejected, Unknown};

    use super::*;
    use crate::live::RequestStatus;
    use crate::secret::Secret;

    const DOCUMENT: &str = r#"{"issuer":"https://a.example.com",
        "token_endpoint":"https://a.example.com/token",
        "pushed_authorization_request_endpoint":"https://a.example.com/par"}"#;
    const GRANT: (u16, &str) = (400, r#"{"error":"invalid_grant"}"#);
    const CLIENT: (u16, &str) = (401, r#"{"error":"invalid_client"}"#);
    const METHOD: (u16, &str) =
        (401, r#"{"error":"invalid_client","error_description":"'client_secret_basic'"}"#);
    const PUSHED: (u16, &str) = (201, r#"{"request_uri":"urn:x"}"#);

    fn secret() -> Secret {
        Secret::from("s3cr3t".to_owned())
    }

    fn answer((status, body): (u16, &str)) -> Answer {
        let body = Some(Zeroizing::new(body.as_bytes().to_vec()));
        Answer { status, body, ..Answer::default() }
    }

    /// Asks with these answers to the token requests and the pushed one, all of which must be used.
    /// Returns the report, and the form and the header of each request.
    fn asked(client: &Client<'_>, answers: &[(u16, &str)]) -> (Report, Vec<String>) {
        let requests = RefCell::new(Vec::new());
        let mut answers = answers.iter();
        let report = ask(&"https://a.example.com".parse().unwrap(), client, |request| {
            let Some(form) = &request.form else {
                return Ok::<_, RandomError>(answer((200, DOCUMENT)));
            };
            let header = request.authorization.as_ref().map_or("", |header| header);
            requests.borrow_mut().push(format!("{} {} {header}", request.url, **form));
            Ok(answer(*answers.next().expect("too many requests")))
        });
        assert_eq!(answers.next(), None, "too few requests");
        (report.unwrap(), requests.into_inner())
    }

    fn codes(report: &Report) -> Vec<Code> {
        report.findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_secret_is_accepted_rejected_or_unknown() {
        let secret = secret();
        let client = Client { id: "app", secret: Some(&secret), ..Client::default() };
        let matching = Client { matches: Some(true), ..client };
        let other = Client { matches: Some(false), ..client };
        for (client, answers, status, expected) in [
            (client, &[GRANT][..], Accepted, &[][..]),
            (matching, &[GRANT], Accepted, &[]),
            (other, &[GRANT], Accepted, &[Code::LiveOtherConfiguration]),
            (client, &[CLIENT], Rejected, &[Code::WrongSecret]),
            (other, &[CLIENT], Rejected, &[Code::WrongSecret]),
            (matching, &[CLIENT], Rejected, &[Code::LiveOtherConfiguration]),
            (client, &[METHOD, GRANT], Accepted, &[Code::WrongMethod]),
            (client, &[METHOD, CLIENT], Rejected, &[Code::WrongSecret, Code::WrongMethod]),
            (client, &[METHOD, METHOD], Unknown, &[Code::WrongMethod]),
            (client, &[METHOD, (429, "")], Unknown, &[Code::RateLimit]),
            (client, &[(429, "")], Unknown, &[Code::RateLimit]),
            (client, &[(502, "")], Unknown, &[Code::LiveUnclear]),
        ] {
            let (report, _) = asked(&client, answers);
            assert_eq!((report.secret, &*codes(&report)), (status, expected), "{answers:?}");
        }
    }

    #[test]
    fn a_refused_method_is_followed_by_the_other() {
        let secret = secret();
        let client = Client { id: "app", secret: Some(&secret), ..Client::default() };
        let (report, requests) = asked(&client, &[METHOD, GRANT]);
        assert!(requests[0].contains(" Basic ") && !requests[0].contains("s3cr3t"));
        assert!(requests[1].contains("client_secret=s3cr3t") && !requests[1].contains(" Basic "));
        let message = "the provider expects client_secret_post from app, not client_secret_basic";
        assert_eq!(report.findings[0].message, message);
        let post = Client { method: Some("client_secret_post"), ..client };
        let (report, requests) = asked(&post, &[METHOD, GRANT]);
        assert!(requests[0].contains("client_secret=") && requests[1].contains(" Basic "));
        let message = "the provider expects client_secret_basic from app, not client_secret_post";
        assert_eq!(report.findings[0].message, message);
    }

    #[test]
    fn a_public_client_sends_no_secret() {
        let secret = secret();
        let client =
            Client { id: "app", secret: Some(&secret), is_public: true, ..Client::default() };
        for (answer, code) in [
            (GRANT, None),
            (METHOD, Some(Code::NoSecretSent)),
            (CLIENT, Some(Code::UnknownClient)),
            ((404, ""), Some(Code::LiveUnclear)),
        ] {
            for client in [client, Client { is_public: false, method: Some("none"), ..client }] {
                let (report, requests) = asked(&client, &[answer]);
                let is_accepted = report.secret == SecretStatus::Public;
                assert_eq!(is_accepted, code.is_none());
                assert_eq!(codes(&report), Vec::from_iter(code));
                assert!(!requests[0].contains("s3cr3t") && !requests[0].contains("Basic"));
            }
        }
    }

    #[test]
    fn a_secret_that_cannot_be_sent_is_not() {
        let secret = secret();
        let binary = Secret::from(vec![0xff]);
        let client = Client { id: "app", ..Client::default() };
        let (report, requests) = asked(&client, &[]);
        assert!(report == Report::default() && requests.is_empty());
        for client in [
            Client { secret: Some(&secret), method: Some("client_secret_jwt"), ..client },
            Client { secret: Some(&binary), ..client },
        ] {
            let (report, requests) = asked(&client, &[]);
            assert_eq!((codes(&report), requests), (vec![Code::LiveUnclear], Vec::new()));
        }
    }

    #[test]
    fn an_authorization_request_follows_an_accepted_client() {
        let secret = secret();
        let client = Client {
            id: "app",
            secret: Some(&secret),
            redirect_uri: Some("https://b.example.com/cb"),
            ..Client::default()
        };
        let (report, requests) = asked(&client, &[GRANT, PUSHED]);
        assert_eq!(report.request, RequestStatus::Accepted);
        assert!(requests[0].contains("redirect_uri=https%3A%2F%2Fb.example.com%2Fcb"));
        assert!(requests[1].starts_with("https://a.example.com/par "), "{}", requests[1]);
        let (report, requests) = asked(&client, &[METHOD, GRANT, PUSHED]);
        assert_eq!(report.request, RequestStatus::Accepted);
        assert!(requests[2].contains("client_secret=s3cr3t"), "by the accepted method");
        let refused = (400, r#"{"error":"invalid_scope"}"#);
        let (report, _) = asked(&Client { is_public: true, ..client }, &[GRANT, refused]);
        assert_eq!(report.request, RequestStatus::Refused);
        assert_eq!(codes(&report), [Code::ScopeNotAllowed]);
        let (report, _) = asked(&client, &[CLIENT]);
        assert_eq!(report.request, RequestStatus::Unknown);
    }

    #[test]
    fn the_time_of_a_rejection_tells_its_likely_cause() {
        let secret = secret();
        let client = Client {
            id: "app",
            secret: Some(&secret),
            cost: Some(Duration::from_millis(100)),
            ..Client::default()
        };
        for (millis, code, words) in [
            (2, Code::UnknownClient, "likely does not know the client"),
            (120, Code::WrongSecret, "likely knows the client"),
            (40, Code::WrongSecret, "or does not know app"),
        ] {
            let report = ask(&"https://a.example.com".parse().unwrap(), &client, |request| {
                let given = if request.form.is_some() { CLIENT } else { (200, DOCUMENT) };
                let elapsed =
                    Duration::from_millis(if request.form.is_some() { millis } else { 5 });
                Ok::<_, RandomError>(Answer { elapsed, ..answer(given) })
            });
            let finding = &report.unwrap().findings[0];
            assert_eq!(finding.code, code);
            assert!(finding.message.contains(words), "{}", finding.message);
        }
    }

    /// By the time of the first answer, the provider did not look at the secret.
    #[test]
    fn a_method_may_be_refused_without_a_word() {
        let secret = secret();
        let client = Client {
            id: "app",
            secret: Some(&secret),
            cost: Some(Duration::from_millis(100)),
            ..Client::default()
        };
        for (second, status, expected) in [
            (GRANT, Accepted, Code::WrongMethod),
            (CLIENT, Rejected, Code::UnknownClient),
            ((502, ""), Rejected, Code::UnknownClient),
        ] {
            let (report, requests) = asked(&client, &[CLIENT, second]);
            assert_eq!((report.secret, codes(&report)), (status, vec![expected]));
            assert!(requests[1].contains("client_secret="));
        }
    }

    #[test]
    fn the_default_method_is_one_that_the_provider_supports() {
        let secret = secret();
        let client = Client { id: "app", secret: Some(&secret), ..Client::default() };
        let document = DOCUMENT.replacen(
            '{',
            r#"{"token_endpoint_auth_methods_supported":["client_secret_post"],"#,
            1,
        );
        let report = ask(&"https://a.example.com".parse().unwrap(), &client, |request| {
            assert!(request.authorization.is_none());
            let given = if request.form.is_some() { GRANT } else { (200, &*document) };
            Ok::<_, RandomError>(answer(given))
        });
        assert_eq!(report.unwrap().secret, SecretStatus::Accepted);
    }

    proptest! {
        /// A server may repeat the secret anywhere.
        #[test]
        fn no_answer_panics_or_shows_the_secret(
            status in prop::sample::select(vec![200, 201, 302, 400, 401, 403, 429, 500]),
            parts in prop::collection::vec(prop::sample::select(vec![
                "s3cr3t", "{", "}", "\"", ":", ",", "error", "error_description", "invalid_client",
                "invalid_grant", "redirect_uri", "client_secret_post", "\\u001b", "[", "\0", "<html>",
                "{\"error\":\"", "\",\"error_description\":\"", "https://s3cr3t", "issuer",
            ]), 0..12),
            is_document: bool,
        ) {
            let secret = secret();
            let client = Client {
                id: "app", secret: Some(&secret), redirect_uri: Some("https://b/cb"), ..Client::default()
            };
            // The server has no secret yet when it is asked for the document.
            let text = parts.concat();
            let text = if is_document { text.replace("s3cr3t", "x") } else { text };
            let report = ask(&"https://a.example.com".parse().unwrap(), &client, |request| {
                let given = if request.form.is_none() && !is_document { DOCUMENT } else { &text };
                let mut answer = answer((if request.form.is_none() { 200 } else { status }, given));
                answer.content_type = Some(text.clone());
                answer.retry_after = Some(text.clone());
                answer.location = Some(text.clone());
                Ok::<_, RandomError>(answer)
            }).unwrap();
            let shown = format!("{report:?}");
            prop_assert!(!shown.contains("s3cr3t") && !shown.contains('\u{1b}'), "{shown}");
        }
    }
}
