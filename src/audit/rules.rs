//! Authelia's rules on ids, methods, names and values of clients.

use std::collections::{BTreeSet, HashSet};

use crate::authelia::{ClientEntry, Fields, WrongType, is_expanded};
use crate::client_id::ClientId;
use crate::finding::{Code, Finding};

use super::known::Known;
use super::report::{Add, finding, unresolved};
use super::values::{CLIENT_POLICIES, METHODS, SECRET_METHODS};
use super::{algorithms, application, bearer, client_jwks, endpoints, grants, keys, uris};

const CONSENT: [&str; 4] = ["auto", "explicit", "implicit", "pre-configured"];
const AUDIENCE: [&str; 2] = ["explicit", "implicit"];
const PKCE: [&str; 2] = ["plain", "S256"];
const GRANTS: [&str; 5] = [
    "authorization_code",
    "implicit",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
];
const RESPONSE_MODES: [&str; 7] =
    ["form_post", "query", "fragment", "jwt", "form_post.jwt", "query.jwt", "fragment.jwt"];
const RESPONSE_TYPES: [&str; 7] = [
    "code",
    "id_token",
    "token",
    "id_token token",
    "code id_token",
    "code token",
    "code id_token token",
];
const SCOPES: [&str; 9] = [
    "openid",
    "profile",
    "email",
    "groups",
    "offline_access",
    "offline",
    "address",
    "phone",
    "authelia.bearer.authz",
];

pub(super) fn check(entry: &ClientEntry, known: &Known<'_>, add: Add<'_>) {
    types(entry, add);
    // An entry without keys has nothing to check.
    if !entry.is_mapping() {
        return;
    }
    keys::check(entry, add);
    id(entry, add);
    method(entry, add);
    application::check(entry, add);
    uris::check(entry, add);
    values(entry, known, add);
    lists(entry, known, add);
    names(entry, known, add);
    grants::check(entry, add);
    bearer::check(entry, add);
    algorithms::check(entry, known, add);
    endpoints::check(entry, add);
    client_jwks::check(entry, add);
}

/// Finds values of other types than their keys have in Authelia.
fn types(entry: &ClientEntry, add: Add<'_>) {
    if !entry.is_mapping() {
        let message = "the entry must be a mapping of keys to values".to_owned();
        add("clients", 0, finding(Code::UnknownValue, message));
    }
    for wrong in entry.wrong_types() {
        add(&wrong.key, wrong.line, wrong_type(entry, wrong));
    }
}

fn wrong_type(entry: &ClientEntry, wrong: &WrongType) -> Finding {
    let WrongType { key, expected, taken_as, .. } = wrong;
    let value = entry.fields.get(key).and_then(|field| field.value.mapping());
    let is_of_chart = |fields: &Fields| ["value", "path"].iter().any(|k| fields.get(k).is_some());
    match taken_as {
        Some(flag) => {
            let message = format!("Authelia reads this as {flag}; it should be {expected}");
            finding(Code::UnusualBoolean, message)
        }
        None if key.ends_with("secret") && value.is_some_and(is_of_chart) => {
            let message = "this is the Helm chart's form; Authelia reads a text".to_owned();
            let fix = "Write the digest itself after the key, between single quotes.";
            Finding::new(Code::UnknownValue, message, fix)
        }
        None => finding(Code::UnknownValue, format!("it must be {expected}")),
    }
}

fn id(entry: &ClientEntry, add: Add<'_>) {
    let (text, line) = entry.id().map_or(("", 0), |id| (&**id.value, id.line));
    if entry.is_unreadable(entry.id_key()) {
        return;
    }
    if is_expanded(text) {
        add(entry.id_key(), line, unresolved(entry, "the client id", text));
    } else if let Err(error) = text.parse::<ClientId>() {
        add(entry.id_key(), line, finding(Code::ClientId, error.to_string()));
    }
}

/// Checks that a method has a secret if it needs one, and only then.
fn method(entry: &ClientEntry, add: Add<'_>) {
    let method = entry.auth_method();
    let line = entry.token_endpoint_auth_method.as_ref().map_or(0, |m| m.line);
    let secret = entry.secret().filter(|(secret, _)| !secret.value.is_empty());
    let keys = ["token_endpoint_auth_method", "public", "client_secret", "secret"];
    if keys.iter().any(|key| entry.is_unreadable(key)) {
        return;
    }
    if !METHODS.contains(&method) {
        let message = format!("it must be one of {}", METHODS.join(", "));
        add("token_endpoint_auth_method", line, finding(Code::UnknownValue, message));
        return;
    }
    match (secret, entry.is_public()) {
        (Some((secret, key)), true) => {
            let message = "the client is public but has a secret".to_owned();
            add(key, secret.line, finding(Code::UnexpectedSecret, message));
        }
        (Some((secret, key)), false) if !SECRET_METHODS.contains(&method) => {
            let message = format!("the client authenticates with {method} but has a secret");
            add(key, secret.line, finding(Code::UnexpectedSecret, message));
        }
        (None, false) if SECRET_METHODS.contains(&method) => {
            let message = format!("the client authenticates with {method} but has no secret");
            let (line, key) =
                entry.secret().map_or((0, "client_secret"), |(empty, key)| (empty.line, key));
            add(key, line, finding(Code::MissingSecret, message));
        }
        _ => {}
    }
    if method == "none" && !entry.is_public() && secret.is_none() {
        let message = "the client is not public, so that it needs another method, such as client_secret_basic".to_owned();
        add("token_endpoint_auth_method", line, finding(Code::UnknownValue, message));
    }
    if entry.is_public() && method != "none" {
        let message = format!("the client is public but authenticates with {method}");
        add("token_endpoint_auth_method", line, finding(Code::PublicMethod, message));
    }
}

fn values(entry: &ClientEntry, known: &Known<'_>, add: Add<'_>) {
    let none = BTreeSet::new();
    for (key, usual, defined) in [
        ("authorization_policy", CLIENT_POLICIES, &known.policies),
        ("consent_mode", &CONSENT, &none),
        ("pkce_challenge_method", &PKCE, &none),
        ("requested_audience_mode", &AUDIENCE, &none),
    ] {
        let Some(value) = entry.fields.text(key) else { continue };
        if !usual.contains(&&**value.value) && !defined.contains(&**value.value) {
            let message = format!("it must be one of {}", listed(usual, defined));
            add(key, value.line, finding(Code::UnknownValue, message));
        }
    }
}

fn lists(entry: &ClientEntry, known: &Known<'_>, add: Add<'_>) {
    let none = BTreeSet::new();
    for (key, values, usual, defined, code) in [
        ("grant_types", &entry.grant_types, &GRANTS[..], &none, Code::UnknownValue),
        ("response_modes", &entry.response_modes, &RESPONSE_MODES, &none, Code::UnknownValue),
        ("response_types", &entry.response_types, &RESPONSE_TYPES, &none, Code::UnusualValue),
        ("scopes", &entry.scopes, &SCOPES, &known.scope_names, Code::UnusualValue),
    ] {
        let mut seen = HashSet::new();
        for (number, value) in (1..).zip(values.iter().flatten()) {
            let text = &**value.value;
            if !seen.insert(text) {
                let message = format!("entry {number} is a duplicate");
                add(key, value.line, finding(Code::DuplicateValue, message));
            } else if !usual.contains(&text) && !defined.contains(text) && !is_free(entry, key) {
                let message = format!("entry {number} must be one of {}", listed(usual, defined));
                add(key, value.line, finding(code, message));
            }
        }
    }
}

/// Whether any value is allowed: the scopes of a client that acts for itself are its own.
fn is_free(entry: &ClientEntry, key: &str) -> bool {
    key == "scopes"
        && grants::line_of(entry.grant_types.as_ref(), &["client_credentials"]).is_some()
}

/// Checks the names that the provider's settings must define.
fn names(entry: &ClientEntry, known: &Known<'_>, add: Add<'_>) {
    if let Some(name) = entry.fields.text("lifespan")
        && !known.lifespans.contains(&**name.value)
    {
        let message = "no lifespan under lifespans.custom has this name".to_owned();
        add("lifespan", name.line, finding(Code::UndefinedName, message));
    }
    let Some(name) = entry.fields.text("claims_policy") else { return };
    let Some(claims) = known.claims_policies.get(&**name.value) else {
        let message = "no policy under claims_policies has this name".to_owned();
        return add("claims_policy", name.line, finding(Code::UndefinedName, message));
    };
    let is_custom = |claim: &str| known.claims_policies.values().any(|all| all.contains(claim));
    for scope in entry.scopes.iter().flatten() {
        let custom = known.scopes.get(&**scope.value).into_iter().flatten();
        if custom.into_iter().any(|claim| !claims.contains(claim) && is_custom(claim)) {
            let message = "the claims policy lacks a claim of this scope".to_owned();
            add("scopes", scope.line, finding(Code::UndefinedName, message));
        }
    }
}

/// The allowed values, for a message.
fn listed(usual: &[&str], defined: &BTreeSet<&str>) -> String {
    /// Nobody reads a longer list, and the message for each client would repeat it.
    const MAX: usize = 20;
    let rest = if defined.len() > MAX { ", …" } else { "" };
    let names: Vec<_> = usual.iter().chain(defined.iter().take(MAX)).copied().collect();
    names.join(", ") + rest
}
