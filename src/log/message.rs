//! Messages of Authelia: the client and the cause that they name.
//!
//! The fragments are from the messages of Authelia 4.37 to 4.39 and of its OAuth 2.0 library. They
//! are short, since the sentences around them change between versions.

use super::cause::Cause;
use crate::client_id::ClientId;
use crate::line::is_one_line;

/// A function that reads the rest of a cause from a message.
type Reader = fn(&str) -> Cause;

/// Fragments of messages, each with its cause.
const FRAGMENTS: [(&str, Reader); 24] = [
    ("client secret did not match", |_| Cause::WrongSecret),
    ("does not appear to be a registered client", |_| Cause::UnknownClient),
    ("OAuth 2.0 Client does not exist", |_| Cause::UnknownClient),
    ("from the 'client_id' parameter could not be found", |_| Cause::UnknownClient),
    (NO_REGISTERED_SECRET, |_| Cause::NoRegisteredSecret),
    ("more than one known authentication method", |_| Cause::SeveralMethods),
    ("was determined to be us", method),
    ("is configured to only support", method),
    ("header could not be decoded from 'application/x-www-form-urlencoded'", |_| {
        Cause::NotFormEncoded
    }),
    ("'redirect_uri' parameter does not match any", redirect_uri),
    ("did not match 'redirect_uri' value", redirect_uri),
    ("'redirect_uri' from this request does not match", |_| Cause::RedirectUriChanged),
    ("\"redirect_uri\" from this request does not match", |_| Cause::RedirectUriChanged),
    ("is not allowed to request scope", scope),
    ("is not allowed to use authorization grant", grant),
    ("must include a 'code_challenge'", |_| Cause::PkceMissing),
    ("must include a 'code_verifier'", |_| Cause::PkceMissing),
    ("must include a code_challenge", |_| Cause::PkceMissing),
    ("requested with 'code_challenge_method' value", pkce_method),
    ("code challenge did not match the code verifier", |_| Cause::PkceMismatch),
    ("verifier was provided but the code challenge was absent", |_| Cause::PkceMismatch),
    ("authorization code has already been used", |_| Cause::CodeReused),
    // The library misspells "been"; a later version may not.
    ("Authorization code has ben invalidated", |_| Cause::CodeReused),
    ("Authorization code has been invalidated", |_| Cause::CodeReused),
];

const NO_REGISTERED_SECRET: &str = "has no 'client_secret'";

/// The description of `invalid_grant`, which begins every message about a code or a refresh token.
const INVALID_GRANT: &str = "The provided authorization grant (e.g., authorization code";

/// The methods of client authentication.
const METHODS: [&str; 5] =
    ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];

/// The keys that register a method.
const METHOD_KEYS: [&str; 4] = [
    "token_endpoint_auth_method",
    "revocation_endpoint_auth_method",
    "introspection_endpoint_auth_method",
    "pushed_authorization_request_endpoint_auth_method",
];

const GRANTS: [&str; 7] = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "implicit",
    "password",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
];

const PKCE_METHODS: [&str; 2] = ["S256", "plain"];

/// Returns the cause that a message gives.
///
/// The first fragment counts: parameters of the request are quoted after the sentence that says what
/// is wrong with them, so that a request cannot choose its cause.
pub(super) fn cause(message: &str) -> Option<Cause> {
    if !is_about_request(message) {
        return None;
    }
    let found = |(fragment, read): &(&str, Reader)| Some((message.find(fragment)?, *read));
    let first = FRAGMENTS.iter().filter_map(found).min_by_key(|(position, _)| *position);
    let invalid = || message.contains(INVALID_GRANT).then_some(Cause::InvalidGrant);
    first.map(|(_, read)| read(message)).or_else(invalid)
}

/// Whether a message is about a request of OAuth 2.0. Others may quote what a person typed, such as
/// a user name, after their first words.
fn is_about_request(message: &str) -> bool {
    let start = message.split(['\'', '"', ':']).next().unwrap_or_default();
    start.contains("Request") || start.contains("Response")
}

/// Returns the id of the client that a message names.
pub(super) fn client(message: &str) -> Option<ClientId> {
    let id = quoted_after(message, "lient with id ")
        .or_else(|| quoted_after(message, "for all public client type clients and the "))?;
    id.parse().ok()
}

fn method(message: &str) -> Cause {
    // Most versions put the general sentence first.
    if message.contains(NO_REGISTERED_SECRET) {
        return Cause::NoRegisteredSecret;
    }
    let registered = message.split_once("only support").map(|(_, rest)| rest);
    let registered = registered.and_then(|rest| known(&METHODS, quoted_after(rest, "method ")?));
    let sent = sent_method(message);
    let key = METHOD_KEYS.into_iter().find(|key| message.contains(key)).unwrap_or(METHOD_KEYS[0]);
    match (sent, registered) {
        (Some("none"), registered) => Cause::NoSecretSent { key, registered },
        (sent, Some("none")) => Cause::SecretForPublicClient { sent },
        (sent, registered) => Cause::WrongMethod { key, sent, registered },
    }
}

fn sent_method(message: &str) -> Option<&'static str> {
    // One version writes the endpoint as the method and the method as the endpoint.
    if message.contains("confidential client type") {
        return Some("none");
    }
    if let Some((_, rest)) = message.split_once("determined to be using") {
        return known(&METHODS, quoted_after(rest, "method ")?);
    }
    let (before, _) = message.split_once("' was determined to be used")?;
    known(&METHODS, before.rsplit('\'').next()?)
}

fn redirect_uri(message: &str) -> Cause {
    let uri = quoted_after(message, "did not match 'redirect_uri' value ");
    Cause::RedirectUri { requested: uri.and_then(redacted_uri) }
}

/// Returns a URI without the values of its query and its fragment, which may be secrets; `None` if
/// it may have a password, or cannot be shown.
fn redacted_uri(uri: &str) -> Option<String> {
    const MAX_LENGTH: usize = 500;
    let (_, rest) = uri.split_once(':')?;
    let authority = rest.strip_prefix("//").unwrap_or(rest).split(['/', '?', '#']).next()?;
    if uri.len() > MAX_LENGTH || !is_one_line(uri) || authority.contains('@') {
        return None;
    }
    let (uri, has_fragment) = uri.split_once('#').map_or((uri, false), |(uri, _)| (uri, true));
    let mut redacted = uri.split('?').next()?.to_owned();
    if let Some((_, query)) = uri.split_once('?') {
        let names = query.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) => format!("{name}=…"),
            None => "…".to_owned(),
        });
        redacted = format!("{redacted}?{}", names.collect::<Vec<_>>().join("&"));
    }
    Some(if has_fragment { redacted + "#…" } else { redacted })
}

fn scope(message: &str) -> Cause {
    const MAX_LENGTH: usize = 100;
    let scope = quoted_after(message, "is not allowed to request scope ");
    let scope = scope.filter(|scope| {
        // The characters of a scope (RFC 6749 §3.3).
        let is_valid =
            scope.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
        is_valid && (1..=MAX_LENGTH).contains(&scope.len())
    });
    Cause::Scope { requested: scope.map(str::to_owned) }
}

fn grant(message: &str) -> Cause {
    let grant = quoted_after(message, "is not allowed to use authorization grant ");
    Cause::Grant { requested: grant.and_then(|grant| known(&GRANTS, grant)) }
}

fn pkce_method(message: &str) -> Cause {
    let sent = quoted_after(message, "'code_challenge_method' value ");
    let required = quoted_after(message, "requires method ").or_else(|| {
        // The library names it as an advice if it does not know the method of the request.
        quoted_after(message, "how to handle this method, try ")
    });
    // Without a method, a challenge is plain (RFC 7636 §4.3).
    let sent = sent.map(|sent| if sent.is_empty() { "plain" } else { sent });
    Cause::PkceMethod {
        sent: sent.and_then(|sent| known(&PKCE_METHODS, sent)),
        required: required.and_then(|required| known(&PKCE_METHODS, required)),
    }
}

/// Returns the text between the quotes after a fragment, single or double.
fn quoted_after<'a>(message: &'a str, fragment: &str) -> Option<&'a str> {
    let (_, rest) = message.split_once(fragment)?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    Some(rest[1..].split_once(quote)?.0)
}

/// Returns the same name from a list, so that nothing else of the request is kept.
fn known(names: &[&'static str], text: &str) -> Option<&'static str> {
    names.iter().copied().find(|name| *name == text)
}
