//! The public keys of a client.

use crate::authelia::{ClientEntry, Fields, Uri, is_reference};
use crate::finding::Code;

use super::algorithms::ASYMMETRIC;
use super::public_key::{Key, KeyKind, PEM};
use super::report::{Add, finding};

pub(super) fn check(entry: &ClientEntry, add: Add<'_>) {
    let keys = entry.fields.items("jwks");
    if let Some(uri) = entry.fields.text("jwks_uri") {
        if !Uri::parse(&uri.value).is_some_and(|uri| uri.is_https()) {
            let message = "it must be a URI that starts with https://".to_owned();
            add("jwks_uri", uri.line, finding(Code::InvalidUri, message));
        }
        if !keys.is_empty() {
            let message = "jwks is given too, and only one of the two is allowed".to_owned();
            add("jwks_uri", uri.line, finding(Code::InvalidKey, message));
        }
    }
    let line = entry.fields.get("jwks").map_or(0, |field| field.line);
    for (number, key) in (1..).zip(keys) {
        let Some(problem) = key.mapping().and_then(problem) else { continue };
        add("jwks", line, finding(Code::InvalidKey, format!("key {number} {problem}")));
    }
}

fn problem(key: &Fields) -> Option<String> {
    /// The bytes of a public RSA key of 2048 bits, without the rest of its format.
    const SHORTEST: usize = 2048 / 8;
    let is_one_of = |name: &str, allowed: &[&str]| {
        key.text(name).is_none_or(|text| allowed.contains(&&**text.value))
    };
    let pem = key.get("key").and_then(|field| field.value.text());
    let Some(pem) = pem else { return Some("has no key".to_owned()) };
    let Key { kind, length } = Key::of(&pem.value);
    let problem = match kind {
        _ if key.text("key_id").is_none() => "has no key_id",
        _ if is_reference(&pem.value) => return None,
        _ if !pem.value.contains(PEM) => "is not in PEM",
        _ if pem.value.contains("PRIVATE KEY") => "is private; only the client may have it",
        Some(KeyKind::Ed25519) => "is of Ed25519, which Authelia does not read",
        Some(KeyKind::Rsa) if length.is_some_and(|length| length < SHORTEST) => {
            "is of RSA with fewer than 2048 bits"
        }
        _ if !is_one_of("use", &["sig", "enc"]) => "has a use other than sig and enc",
        _ if !is_one_of("algorithm", &ASYMMETRIC) => {
            return Some(format!("has an algorithm other than {}", ASYMMETRIC.join(", ")));
        }
        _ => return None,
    };
    Some(problem.to_owned())
}
