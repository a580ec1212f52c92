//! Authelia's log: the clients whose requests were refused, and the causes.
//!
//! Lines are read one at a time, and the result has a bounded size, so that a log may be larger
//! than the memory. Text (logfmt) and JSON are read, with or without the prefixes of systemd, Docker
//! and Kubernetes and with colours. Other lines are counted.

mod cause;
mod line;
mod message;

use std::collections::HashMap;

pub use cause::Cause;

use crate::client_id::ClientId;
use line::{unwrapped, values, without_colours};

/// A refused request in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The number of the line, counted from 1.
    pub line: u64,
    /// The time as the line gives it (RFC 3339).
    pub time: Option<String>,
    /// The client; `None` if the line does not name it, or if the name is not a valid client id.
    pub client: Option<ClientId>,
    /// The cause.
    pub cause: Cause,
}

/// Refused requests of one client with one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// The number of requests.
    pub count: u64,
    /// The first of them.
    pub first: Event,
    /// The number of the last one's line.
    pub last_line: u64,
    /// The time of the last one that has one.
    pub last_time: Option<String>,
}

/// A summary of a log.
///
/// ```
/// use oidc_secret::log::{Cause, Log};
///
/// let mut log = Log::default();
/// log.read_line(br#"time="2026-01-02T03:04:05Z" level=info msg="Startup complete""#);
/// log.read_line(
///     br#"authelia  | level=error msg="Access Request failed with error: Client with id 'wiki' does not appear to be a registered client.""#,
/// );
/// let group = &log.groups()[0];
/// assert_eq!(group.first.client.as_ref().map(|id| id.as_str()), Some("wiki"));
/// assert_eq!((&group.first.cause, group.first.line), (&Cause::UnknownClient, 2));
/// assert_eq!(log.ignored(), 1);
/// ```
#[derive(Debug, Default)]
pub struct Log {
    groups: Vec<Group>,
    /// The position of each group.
    positions: HashMap<(Option<ClientId>, Cause), usize>,
    lines: u64,
    ignored: u64,
    ungrouped: u64,
}

impl Log {
    /// The maximum number of groups. A log may have any number of ids and URIs, since anyone can
    /// send a request.
    pub const MAX_GROUPS: usize = 1_000;

    /// The number of bytes of a line that are read. A line with its stack has about 4 KiB.
    pub const MAX_LINE: usize = 64 << 10;

    /// Reads a line.
    pub fn read_line(&mut self, line: &[u8]) {
        self.lines += 1;
        match event(self.lines, line) {
            Some(event) => self.add(event),
            None => self.ignored += 1,
        }
    }

    /// Returns the groups, in the order of their first lines.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Returns the number of lines.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// Returns the number of lines that are not about a refused request, or do not give its cause.
    #[must_use]
    pub const fn ignored(&self) -> u64 {
        self.ignored
    }

    /// Returns the number of refused requests that are in no group, since there were too many.
    #[must_use]
    pub const fn ungrouped(&self) -> u64 {
        self.ungrouped
    }

    fn add(&mut self, event: Event) {
        let key = (event.client.clone(), event.cause.clone());
        if let Some(group) = self.positions.get(&key).and_then(|at| self.groups.get_mut(*at)) {
            group.count += 1;
            group.last_line = event.line;
            group.last_time = event.time.or(group.last_time.take());
        } else if self.groups.len() < Self::MAX_GROUPS {
            self.positions.insert(key, self.groups.len());
            let (last_line, last_time) = (event.line, event.time.clone());
            self.groups.push(Group { count: 1, first: event, last_line, last_time });
        } else {
            self.ungrouped += 1;
        }
    }
}

/// Reads an event from a line; `None` if the line gives no cause.
fn event(number: u64, line: &[u8]) -> Option<Event> {
    let line = String::from_utf8_lossy(&line[..line.len().min(Log::MAX_LINE)]);
    let line = without_colours(&line);
    let line = unwrapped(&line);
    let (client, cause) = refusal(&line).or_else(|| rate_limit(&line))?;
    let times = values(&line, "time").chain(terminal(&line).map(|(time, _)| time.to_owned()));
    let time = times.into_iter().find(|time| is_time(time));
    Some(Event { line: number, time, client, cause })
}

/// Returns the client and the cause of a refused request.
fn refusal(line: &str) -> Option<(Option<ClientId>, Cause)> {
    let messages = values(line, "msg").chain(terminal(line).map(|(_, message)| message.to_owned()));
    messages.into_iter().find_map(|message| {
        let cause = message::cause(&message)?;
        let field = || values(line, "client_id").find_map(|id| id.parse().ok());
        Some((message::client(&message).or_else(field), cause))
    })
}

/// Recognises a rate limit of an endpoint of OpenID Connect. Others, such as of passwords, have the
/// same message.
fn rate_limit(line: &str) -> Option<(Option<ClientId>, Cause)> {
    let is_limit = values(line, "msg").any(|message| message == "Rate Limit Exceeded")
        || terminal(line).is_some_and(|(_, message)| message.starts_with("Rate Limit Exceeded"));
    let is_oidc = || values(line, "path").any(|path| path.contains("/api/oidc/"));
    (is_limit && is_oidc()).then_some((None, Cause::RateLimit))
}

/// Returns the time and the rest of a line in the form that is written to a terminal:
/// `ERRO[2026-01-02T03:04:05Z] message  key=value`. A line with a message in its usual form is not
/// of this form: it may quote anything that a person typed.
fn terminal(line: &str) -> Option<(&str, &str)> {
    let positions = ["ERRO[", "WARN["].into_iter().filter_map(|level| line.find(level));
    let start = positions.min().filter(|_| values(line, "msg").next().is_none())?;
    let (_, rest) = line[start..].split_once('[')?;
    rest.split_once("] ")
}

/// Whether a text has the form of a time, so that nothing else is taken for one.
fn is_time(text: &str) -> bool {
    const MAX_LENGTH: usize = 40;
    let is_allowed = |byte: u8| byte.is_ascii_digit() || b"TZ:+-.".contains(&byte);
    text.len() <= MAX_LENGTH && text.contains('T') && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::Code;

    const FAILED: &str = "Access Request failed with error: ";

    fn text(message: &str) -> String {
        let message = message.replace('\\', "\\\\").replace('"', "\\\"");
        format!(
            "time=\"2026-01-02T03:04:05Z\" level=error msg=\"{message}\" method=POST path=/api/oidc/token remote_ip=10.0.0.1"
        )
    }

    fn json(message: &str) -> String {
        let message = serde_json::to_string(message).unwrap().replace('&', "\\u0026");
        format!(
            r#"{{"level":"error","method":"POST","msg":{message},"path":"/api/oidc/token","time":"2026-01-02T03:04:05Z"}}"#
        )
    }

    fn of(line: &str) -> Option<Event> {
        event(1, line.as_bytes())
    }

    fn wrong_method(sent: &'static str, registered: &'static str) -> Cause {
        let (sent, registered) = (Some(sent), Some(registered));
        Cause::WrongMethod { key: "token_endpoint_auth_method", sent, registered }
    }

    /// A message after `Access Request failed with error: `, with its client and cause.
    type Message = (&'static str, Option<&'static str>, Cause);

    fn messages() -> Vec<Message> {
        [authentication(), authorization()].concat()
    }

    fn authentication() -> Vec<Message> {
        let basic = Some("client_secret_basic");
        let key = "token_endpoint_auth_method";
        vec![
            (
                "Client authentication failed (e.g., unknown client). The provided client secret did not match the registered client secret.",
                None,
                Cause::WrongSecret,
            ),
            (
                "Client authentication failed (e.g., unknown client). Client with id 'wiki' does not appear to be a registered client.",
                Some("wiki"),
                Cause::UnknownClient,
            ),
            (
                "Client authentication failed. The requested OAuth 2.0 Client does not exist. Client with id 'a b' does not appear to be a registered client.",
                None,
                Cause::UnknownClient,
            ),
            (
                "The request was determined to be using 'token_endpoint_auth_method' method 'client_secret_post', however the OAuth 2.0 client registration does not allow this method. The registered client with id 'wiki' is configured to only support 'token_endpoint_auth_method' method 'client_secret_basic'. Either …",
                Some("wiki"),
                wrong_method("client_secret_post", "client_secret_basic"),
            ),
            // 4.38.0.
            (
                "The request was determined to be using 'token_endpoint_client_auth_method' method 'client_secret_post', however the OAuth 2.0 client does not support this method. The registered client with id 'wiki' only supports 'token_endpoint_client_auth_method' method 'client_secret_basic'.",
                Some("wiki"),
                wrong_method("client_secret_post", "client_secret_basic"),
            ),
            // Later versions of the library.
            (
                "The request was determined to be using 'token_endpoint_auth_method' method 'client_secret_post', however the registered client with id 'wiki' is configured to only support 'token_endpoint_auth_method' method 'client_secret_basic'.",
                Some("wiki"),
                wrong_method("client_secret_post", "client_secret_basic"),
            ),
            (
                "The registered client with id 'wiki' is configured to only support 'token_endpoint_auth_method' method 'client_secret_basic', but the method 'none' was determined to be used.",
                Some("wiki"),
                Cause::NoSecretSent { key, registered: basic },
            ),
            (
                "The 'token_endpoint_auth_method' method 'none' was determined to be used, but the registered client with id 'wiki' is configured with a confidential client type",
                Some("wiki"),
                Cause::NoSecretSent { key, registered: None },
            ),
            (
                "The request was determined to be using 'none_endpoint_auth_method' method 'token', however the OAuth 2.0 client registration does not allow this method. The registered client with id 'wiki' is configured with a confidential client type",
                Some("wiki"),
                Cause::NoSecretSent { key, registered: None },
            ),
            (
                "The request was determined to be using 'token_endpoint_auth_method' method 'client_secret_basic', however the OAuth 2.0 client registration does not allow this method. The registered client with id 'wiki' is configured to only support 'token_endpoint_auth_method' method 'none'.",
                Some("wiki"),
                Cause::SecretForPublicClient { sent: basic },
            ),
            (
                "The request was determined to be using 'token_endpoint_auth_method' method 'client_secret_basic', however the OAuth 2.0 client registration does not allow this method. The registered client with id 'wiki' has no 'client_secret' however this is required to process the particular request.",
                Some("wiki"),
                Cause::NoRegisteredSecret,
            ),
            (
                "Client Authentication failed with more than one known authentication method included in the request which is not permitted. The registered client with id 'wiki' and the authorization server policy does not permit this malformed request. The `token_endpoint_auth_method` methods determined to be used were 'client_secret_basic', 'client_secret_post'.",
                Some("wiki"),
                Cause::SeveralMethods,
            ),
            (
                "The client secret in the HTTP authorization header could not be decoded from 'application/x-www-form-urlencoded'. invalid URL escape \"%zz\"",
                None,
                Cause::NotFormEncoded,
            ),
        ]
    }

    fn authorization() -> Vec<Message> {
        let uri = |uri: &str| Cause::RedirectUri { requested: Some(uri.to_owned()) };
        vec![
            (
                "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered 'redirect_uris'. The 'redirect_uris' registered with OAuth 2.0 Client with id 'matomo' did not match 'redirect_uri' value 'https://m.lab.test/index.php?module=x&action=client secret did not match#f'.",
                Some("matomo"),
                uri("https://m.lab.test/index.php?module=…&action=…#…"),
            ),
            (
                "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.",
                None,
                Cause::RedirectUri { requested: None },
            ),
            (
                "The 'redirect_uris' registered with OAuth 2.0 Client with id 'wiki' did not match 'redirect_uri' value 'https://u:hunter2@lab.test/'.",
                Some("wiki"),
                Cause::RedirectUri { requested: None },
            ),
            (
                "The \"redirect_uri\" from this request does not match the one from the authorize request.",
                None,
                Cause::RedirectUriChanged,
            ),
            (
                "The requested scope is invalid, unknown, or malformed. The OAuth 2.0 Client is not allowed to request scope 'groups'.",
                None,
                Cause::Scope { requested: Some("groups".to_owned()) },
            ),
            (
                "The OAuth 2.0 Client is not allowed to use authorization grant \"authorization_code\".",
                None,
                Cause::Grant { requested: Some("authorization_code") },
            ),
            (
                "The OAuth 2.0 Client is not allowed to use authorization grant 'refresh_token'.",
                None,
                Cause::Grant { requested: Some("refresh_token") },
            ),
            (
                "Clients must include a 'code_challenge' when performing the authorize code flow, but it is missing. The client with id 'node-red' is registered in a way that enforces PKCE.",
                Some("node-red"),
                Cause::PkceMissing,
            ),
            (
                "Clients must include a 'code_challenge' when performing the authorize code flow, but it is missing. The authorization server is configured in a way that enforces PKCE for all public client type clients and the 'spa' client is using the public client type.",
                Some("spa"),
                Cause::PkceMissing,
            ),
            (
                "Authorization was requested with 'code_challenge_method' value '', but the authorization server policy does not allow method '' and requires method 'S256'. The registered client with id 'wiki' is configured …",
                Some("wiki"),
                Cause::PkceMethod { sent: Some("plain"), required: Some("S256") },
            ),
            (
                "Authorization was requested with 'code_challenge_method' value 'S512', but the authorization server doesn't know how to handle this method, try 'S256' instead.",
                None,
                Cause::PkceMethod { sent: None, required: Some("S256") },
            ),
            ("The PKCE code challenge did not match the code verifier.", None, Cause::PkceMismatch),
            (
                "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid. The authorization code has already been used.",
                None,
                Cause::CodeReused,
            ),
            (
                "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid. Could not find the requested resource(s).",
                None,
                Cause::InvalidGrant,
            ),
        ]
    }

    #[test]
    fn each_cause_is_recognised_in_each_form() {
        for (message, client, cause) in messages() {
            let message = format!("{FAILED}{message}");
            let event = of(&text(&message)).unwrap_or_else(|| panic!("{message}"));
            assert_eq!(event.client.as_ref().map(ClientId::as_str), client, "{message}");
            assert_eq!(event.cause, cause, "{message}");
            assert_eq!(event.time.as_deref(), Some("2026-01-02T03:04:05Z"));
            let (text, json) = (text(&message), json(&message));
            let coloured = text.replace("level=", "\u{1b}[31mlevel\u{1b}[0m=");
            let driver = |key: &str, line: &str| {
                format!("{{\"{key}\":{}}}", serde_json::to_string(line).unwrap())
            };
            for form in [
                json.clone(),
                coloured,
                format!("authelia  | {text}"),
                format!("\u{1b}[36mauthelia  |\u{1b}[0m {json}\r"),
                format!("Jan 02 03:04:05 host authelia[42]: {text}"),
                format!("2026-01-02T03:04:06.123456789Z stdout F {json}"),
                driver("log", &text),
                driver("MESSAGE", &json),
                driver("message", &text),
                format!(
                    "\u{1b}[31mERRO\u{1b}[0m[2026-01-02T03:04:05Z] {message}  \u{1b}[31mpath\u{1b}[0m=/api/oidc/token"
                ),
            ] {
                assert_eq!(of(&form).as_ref(), Some(&event), "{form}");
            }
        }
    }

    #[test]
    fn the_lines_of_the_case_are_two_events() {
        let mut log = Log::default();
        for line in include_bytes!("../tests/cases/log-lines/authelia.log").split(|b| *b == b'\n') {
            log.read_line(line);
        }
        let found: Vec<_> = log.groups().iter().map(|group| group.first.cause.clone()).collect();
        assert_eq!(
            found,
            [wrong_method("client_secret_post", "client_secret_basic"), Cause::WrongSecret]
        );
        assert_eq!(log.groups()[0].first.client, "wiki".parse().ok());
        assert_eq!(log.groups()[1].last_time.as_deref(), Some("2026-01-02T03:04:06Z"));
        assert_eq!((log.lines(), log.ignored()), (3, 1), "the last line is empty");
    }

    #[test]
    fn other_requests_are_recognised() {
        for start in [
            "Authorization Request failed with error: ",
            "Authorization Response for Request with id '1-2' on client with id 'wiki' using policy 'x' could not be created: ",
            "Pushed Authorization Request failed with error: ",
        ] {
            let line =
                text(&format!("{start}The PKCE code challenge did not match the code verifier."));
            assert_eq!(of(&line).map(|event| event.cause), Some(Cause::PkceMismatch));
        }
    }

    #[test]
    fn a_rate_limit_counts_only_for_openid_connect() {
        let line = |path| {
            format!("level=warning msg=\"Rate Limit Exceeded\" bucket=1 delay=3.2 path={path}")
        };
        assert_eq!(of(&line("/api/oidc/token")).map(|event| event.cause), Some(Cause::RateLimit));
        assert_eq!(of(&line("/api/firstfactor")), None);
    }

    #[test]
    fn what_a_person_typed_is_not_a_cause() {
        let typed = format!("{FAILED}The provided client secret did not match");
        for message in [
            format!("Unsuccessful 1FA authentication attempt by user '{typed}'"),
            format!("Unsuccessful attempt by user 'ERRO[2026] {typed}'"),
            format!("Unsuccessful attempt by user 'x\" msg=\"{typed}'"),
        ] {
            assert_eq!(of(&text(&message)), None, "{message}");
            assert_eq!(of(&json(&message)), None, "{message}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_kept() {
        let secret = "s3cr3t".repeat(20);
        for message in [
            format!("Client with id '{secret}' does not appear to be a registered client."),
            format!(
                "did not match 'redirect_uri' value 'https://a.test/?client_secret={secret}#{secret}'."
            ),
            format!("did not match 'redirect_uri' value 'https://a.test/?{secret}'."),
            format!("did not match 'redirect_uri' value 'https://a:{secret}@a.test/'."),
            format!("Client is not allowed to request scope '{secret}'."),
            format!("is not allowed to use authorization grant '{secret}'."),
            format!(
                "was determined to be using 'token_endpoint_auth_method' method '{secret}', however"
            ),
        ] {
            let line = text(&format!("{FAILED}{message}")).replace("2026-01-02T03:04:05Z", &secret);
            let mut log = Log::default();
            log.read_line(line.as_bytes());
            assert_eq!(log.groups().len(), 1, "{message}");
            assert!(!format!("{log:?}").contains("s3cr3t"), "{log:?}");
            for group in log.groups() {
                assert!(!format!("{:?}", group.first.cause.finding()).contains("s3cr3t"));
            }
        }
    }

    #[test]
    fn events_are_counted_and_groups_are_bounded() {
        let mut log = Log::default();
        let line = |id: usize| {
            text(&format!(
                "{FAILED}Client with id 'c{id}' does not appear to be a registered client."
            ))
        };
        for id in 0..Log::MAX_GROUPS + 5 {
            log.read_line(line(id).as_bytes());
        }
        log.read_line(b"\xff\x00");
        log.read_line(line(0).as_bytes());
        assert_eq!((log.groups().len(), log.ungrouped(), log.ignored()), (Log::MAX_GROUPS, 5, 1));
        let group = &log.groups()[0];
        assert_eq!((group.count, group.first.line, group.last_line), (2, 1, log.lines()));
    }

    #[test]
    fn every_code_of_a_cause_occurs() {
        let mut names: Vec<_> = messages().iter().map(|row| row.2.code().name()).collect();
        names.push(Cause::RateLimit.code().name());
        for name in [
            "wrong-secret",
            "unknown-client",
            "wrong-method",
            "no-secret-sent",
            "secret-for-public-client",
            "missing-secret",
            "several-methods",
            "form-encoding",
            "redirect-mismatch",
            "scope-not-allowed",
            "grant-not-allowed",
            "pkce-missing",
            "pkce-method",
            "pkce-mismatch",
            "code-reused",
            "invalid-grant",
            "rate-limit",
        ] {
            assert!(names.contains(&name), "{name}");
        }
    }

    #[test]
    fn every_cause_has_a_finding() {
        for (_, _, cause) in messages() {
            let finding = cause.finding();
            assert!(crate::is_one_line(&finding.message) && !finding.message.ends_with('.'));
            assert!(finding.fix.ends_with('.'));
        }
        let finding = wrong_method("client_secret_post", "client_secret_basic").finding();
        assert_eq!(finding.code, Code::WrongMethod);
        let message = "the application uses client_secret_post, but token_endpoint_auth_method is client_secret_basic";
        assert_eq!(finding.message, message);
    }

    #[test]
    fn a_long_line_takes_little_time() {
        for piece in
            ["msg=", "msg=\"", "\"msg\":\"", "ERRO[] ", "time=", "\u{1b}[", "lient with id '"]
        {
            let line = format!("{piece}{FAILED}").repeat((1 << 20) / piece.len());
            let start = std::time::Instant::now();
            let _ = of(&line);
            assert!(start.elapsed().as_secs() < 2, "{piece}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = event(1, &bytes);
        }

        #[test]
        fn no_part_of_a_line_panics(
            index in 0..messages().len(), from in 0..600_usize, to in 0..600_usize, insert in ".{0,4}",
        ) {
            let line = json(&format!("{FAILED}{}", messages()[index].0));
            let (from, to) = (from.min(line.len()), to.min(line.len()));
            let mut bytes = line.into_bytes();
            bytes.splice(from.min(to)..to, insert.into_bytes());
            let _ = event(1, &bytes);
        }

        #[test]
        fn surroundings_change_nothing(
            index in 0..messages().len(), is_json: bool, prefix in "\\PC{0,40}", suffix in "\\PC{0,40}",
        ) {
            let message = format!("{FAILED}{}", messages()[index].0);
            let line = if is_json { json(&message) } else { text(&message) };
            prop_assert_eq!(of(&format!("{prefix} {line} {suffix}")), of(&line));
        }
    }
}
