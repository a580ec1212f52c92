//! Methods of authentication at the endpoints, and their algorithms.

use crate::authelia::ClientEntry;
use crate::finding::{Code, Finding};

use super::algorithms::{ASYMMETRIC, HMAC, has_keys};
use super::report::{Add, finding, missing};
use super::values::CONFIDENTIAL_METHODS;

/// The endpoints but the token endpoint.
const OTHERS: [&str; 3] =
    ["revocation_endpoint", "introspection_endpoint", "pushed_authorization_request_endpoint"];

pub(super) fn check(entry: &ClientEntry, add: Add<'_>) {
    algorithm(entry, "token_endpoint", entry.auth_method(), add);
    for endpoint in OTHERS {
        other(entry, endpoint, add);
    }
    if entry.auth_method() == "private_key_jwt" && !has_keys(entry) {
        add("token_endpoint_auth_method", 0, without_keys("private_key_jwt"));
    }
}

fn other(entry: &ClientEntry, endpoint: &str, add: Add<'_>) {
    let key = format!("{endpoint}_auth_method");
    let text = entry.fields.text(&key);
    let (method, line) = text.map_or(("", 0), |text| (&**text.value, text.line));
    let message = match method {
        "" if entry.auth_method() == "private_key_jwt" => {
            let message = "left out, it is client_secret_basic, which needs a secret".to_owned();
            return add(&key, line, missing(message, &key));
        }
        "" => return,
        "none" if entry.is_public() => return,
        _ if entry.is_public() => "the client is public, so that it must be none".to_owned(),
        _ if CONFIDENTIAL_METHODS.contains(&method) => {
            return algorithm(entry, endpoint, method, add);
        }
        _ => format!("it must be one of {}", CONFIDENTIAL_METHODS.join(", ")),
    };
    add(&key, line, finding(Code::UnknownValue, message));
}

/// Checks the algorithm that the client signs its assertions with.
fn algorithm(entry: &ClientEntry, endpoint: &str, method: &str, add: Add<'_>) {
    let key = format!("{endpoint}_auth_signing_alg");
    let allowed = match method {
        "client_secret_jwt" => &HMAC[..],
        "private_key_jwt" => &ASYMMETRIC[..],
        _ => return,
    };
    match entry.fields.text(&key) {
        Some(text) if !allowed.contains(&&**text.value) => {
            let message = format!("with {method} it must be one of {}", allowed.join(", "));
            add(&key, text.line, finding(Code::Algorithm, message));
        }
        None if method == "private_key_jwt" => {
            let message = format!("{method} needs it: one of {}", allowed.join(", "));
            add(&key, 0, missing(message, &key));
        }
        _ if method == "private_key_jwt" && !has_keys(entry) => add(&key, 0, without_keys(method)),
        _ => {}
    }
}

fn without_keys(method: &str) -> Finding {
    let message = format!("{method} needs the client's public key in jwks or jwks_uri");
    missing(message, "jwks or jwks_uri")
}
