//! Algorithms that sign and encrypt responses, against the issuer's keys and the client's.

use crate::authelia::{ClientEntry, Field, RESPONSES, Text};
use crate::finding::Code;

use super::known::Known;
use super::report::{Add, finding};

/// The algorithms that use the client's secret as the key.
pub(super) const HMAC: [&str; 3] = ["HS256", "HS384", "HS512"];
/// The algorithms that use a key pair.
pub(super) const ASYMMETRIC: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const WRAPPED_BY_SECRET: [&str; 9] = [
    "A128KW",
    "A192KW",
    "A256KW",
    "A128GCMKW",
    "A192GCMKW",
    "A256GCMKW",
    "PBES2-HS256+A128KW",
    "PBES2-HS384+A192KW",
    "PBES2-HS512+A256KW",
];
const WRAPPED_BY_KEY: [&str; 7] = [
    "RSA1_5",
    "RSA-OAEP",
    "RSA-OAEP-256",
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
];
const ENCRYPTIONS: [&str; 6] =
    ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"];

pub(super) fn check(entry: &ClientEntry, known: &Known<'_>, add: Add<'_>) {
    for response in RESPONSES {
        signing(entry, known, response, add);
        key_id(entry, known, response, add);
        encryption(entry, response, add);
    }
    request_object(entry, add);
    hashed_secret(entry, add);
}

/// Finds the first key whose signature is made with a hash of the client's secret.
fn hashed_secret(entry: &ClientEntry, add: Add<'_>) {
    let key = "token_endpoint_auth_method";
    let method = entry.fields.text(key).map(|text| (key, text));
    let is_algorithm =
        |field: &&Field| field.key.ends_with("_alg") || field.key.ends_with("_algorithm");
    let algorithms = entry.fields.iter().filter(is_algorithm);
    let algorithms = algorithms.filter_map(|field| Some((&*field.key, field.value.text()?)));
    let is_symmetric = |(_, text): &(&str, &Text)| {
        HMAC.contains(&&**text.value) || *text.value == "client_secret_jwt"
    };
    let Some((key, text)) = method.into_iter().chain(algorithms).find(is_symmetric) else { return };
    let message = format!(
        "for {}, Authelia takes a hash of the secret as the key, not the secret",
        &**text.value
    );
    add(key, text.line, finding(Code::HashedSecret, message));
}

/// The algorithm that signs a response, and its key.
fn signed<'e>(entry: &'e ClientEntry, response: &str) -> Option<(String, &'e Text)> {
    let key = format!("{response}_signed_response_alg");
    match entry.fields.text(&key) {
        Some(text) => Some((key, text)),
        None if response == "userinfo" => {
            let key = "userinfo_signing_algorithm";
            entry.fields.text(key).map(|text| (key.to_owned(), text))
        }
        None => None,
    }
}

fn signing(entry: &ClientEntry, known: &Known<'_>, response: &str, add: Add<'_>) {
    let Some((key, text)) = signed(entry, response) else { return };
    let algorithm = &**text.value;
    let may_be_unsigned = !["id_token", "authorization"].contains(&response);
    let message = match algorithm {
        "none" if may_be_unsigned => return,
        _ if HMAC.contains(&algorithm) && entry.secret().is_some() => return,
        _ if HMAC.contains(&algorithm) => format!("{algorithm} needs the client's secret"),
        _ if ASYMMETRIC.contains(&algorithm) && is_of_issuer(known, algorithm) => return,
        _ if ASYMMETRIC.contains(&algorithm) => {
            "no key in the jwks of the provider has this algorithm".to_owned()
        }
        _ => format!("it must be one of {}", [&ASYMMETRIC[..], &HMAC].concat().join(", ")),
    };
    add(&key, text.line, finding(Code::Algorithm, message));
}

/// Whether the issuer signs with an algorithm, as far as its keys are known.
fn is_of_issuer(known: &Known<'_>, algorithm: &str) -> bool {
    known.issuer.as_ref().is_none_or(|issuer| issuer.algorithms.contains(algorithm))
}

fn key_id(entry: &ClientEntry, known: &Known<'_>, response: &str, add: Add<'_>) {
    let key = format!("{response}_signed_response_key_id");
    let Some((id, issuer)) = entry.fields.text(&key).zip(known.issuer.as_ref()) else { return };
    if !issuer.key_ids.contains(&**id.value) {
        let message = "no key in the jwks of the provider has this key_id".to_owned();
        add(&key, id.line, finding(Code::UndefinedName, message));
    }
}

fn encryption(entry: &ClientEntry, response: &str, add: Add<'_>) {
    let key = format!("{response}_encrypted_response_alg");
    let Some(text) = entry.fields.text(&key).filter(|text| *text.value != "none") else { return };
    let algorithm = &**text.value;
    let by_key = WRAPPED_BY_KEY.contains(&algorithm);
    let message = if by_key && !has_keys(entry) {
        format!("{algorithm} needs the client's public key in jwks or jwks_uri")
    } else if !by_key && !WRAPPED_BY_SECRET.contains(&algorithm) {
        format!(
            "it must be one of {}",
            [&WRAPPED_BY_KEY[..], &WRAPPED_BY_SECRET].concat().join(", ")
        )
    } else if signed(entry, response).is_some_and(|(_, signed)| *signed.value == "none") {
        "a response that is encrypted must be signed".to_owned()
    } else {
        return content(entry, response, add);
    };
    add(&key, text.line, finding(Code::Algorithm, message));
}

/// Checks the algorithm that encrypts the content.
fn content(entry: &ClientEntry, response: &str, add: Add<'_>) {
    let key = format!("{response}_encrypted_response_enc");
    let Some(text) = entry.fields.text(&key) else { return };
    if !ENCRYPTIONS.contains(&&**text.value) {
        let message = format!("it must be one of {}", ENCRYPTIONS.join(", "));
        add(&key, text.line, finding(Code::Algorithm, message));
    }
}

/// Checks that one of the client's keys has the algorithm of its request objects.
fn request_object(entry: &ClientEntry, add: Add<'_>) {
    let key = "request_object_signing_alg";
    let keys = entry.fields.items("jwks");
    let Some(text) = entry.fields.text(key).filter(|_| !keys.is_empty()) else { return };
    let mut algorithms = keys.iter().filter_map(|key| key.mapping()?.text("algorithm"));
    let is_known =
        keys.iter().all(|key| key.mapping().is_some_and(|k| k.text("algorithm").is_some()));
    if is_known && !algorithms.any(|algorithm| *algorithm.value == *text.value) {
        let message = "no key in the jwks of the client has this algorithm".to_owned();
        add(key, text.line, finding(Code::Algorithm, message));
    }
}

/// Whether the client has public keys.
pub(super) fn has_keys(entry: &ClientEntry) -> bool {
    entry.fields.get("jwks_uri").is_some_and(|uri| uri.value.text().is_some())
        || !entry.fields.items("jwks").is_empty()
}
