//! Authelia's rules on ids, methods, redirects and scopes of clients.

use std::collections::{BTreeSet, HashSet};

use crate::authelia::{ClientEntry, Text, has_scheme};
use crate::catalogue::recognise;
use crate::client_id::ClientId;
use crate::finding::{Code, Finding};

use super::report::finding;

/// The policies and scopes that the configuration defines.
pub(super) struct Known<'a> {
    pub(super) policies: BTreeSet<&'a str>,
    pub(super) scopes: BTreeSet<&'a str>,
}

/// Takes a finding, with its key and its line (0 for the client's own).
type Add<'a> = &'a mut dyn FnMut(&'static str, u64, Finding);

const METHODS: [&str; 5] =
    ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];
const POLICIES: [&str; 2] = ["one_factor", "two_factor"];
const CONSENT: [&str; 4] = ["auto", "explicit", "implicit", "pre-configured"];
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
    id(entry, add);
    method(entry, add);
    application(entry, add);
    redirects(entry, add);
    values(entry, known, add);
    grants(entry, add);
}

/// Finds values of other types than their keys have in Authelia.
fn types(entry: &ClientEntry, add: Add<'_>) {
    if !entry.is_mapping() {
        let message = "the entry must be a mapping of keys to values".to_owned();
        add("clients", 0, finding(Code::UnknownValue, message));
    }
    for oddity in entry.oddities() {
        let expected = oddity.expected;
        let finding = match oddity.taken_as {
            Some(flag) => finding(
                Code::UnusualValue,
                format!("Authelia reads this as {flag}; it should be {expected}"),
            ),
            None => finding(Code::UnknownValue, format!("it must be {expected}")),
        };
        add(oddity.key, oddity.line, finding);
    }
}

fn id(entry: &ClientEntry, add: Add<'_>) {
    let (text, line) = entry.id().map_or(("", 0), |id| (&**id.value, id.line));
    if entry.is_unreadable(entry.id_key()) {
        return;
    }
    if let Err(error) = text.parse::<ClientId>() {
        add(entry.id_key(), line, finding(Code::ClientId, error.to_string()));
    }
}

/// Checks that a method has a secret if it needs one, and only then.
fn method(entry: &ClientEntry, add: Add<'_>) {
    let method = entry.auth_method();
    let line = entry.token_endpoint_auth_method.as_ref().map_or(0, |m| m.line);
    let secret = entry.secret().filter(|(secret, _)| !secret.value.is_empty());
    let needs_secret = ["client_secret_basic", "client_secret_post", "client_secret_jwt"];
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
        (Some((secret, key)), false) if !needs_secret.contains(&method) => {
            let message = format!("the client authenticates with {method} but has a secret");
            add(key, secret.line, finding(Code::UnexpectedSecret, message));
        }
        (None, false) if needs_secret.contains(&method) => {
            let message = format!("the client authenticates with {method} but has no secret");
            let (line, key) =
                entry.secret().map_or((0, "client_secret"), |(empty, key)| (empty.line, key));
            add(key, line, finding(Code::MissingSecret, message));
        }
        _ => {}
    }
    if entry.is_public() && method != "none" {
        let message = format!("the client is public but authenticates with {method}");
        add("token_endpoint_auth_method", line, finding(Code::PublicMethod, message));
    }
}

/// Checks the method of an application that is recognised by its redirect URI.
fn application(entry: &ClientEntry, add: Add<'_>) {
    let id = entry.id().map_or("", |id| &id.value);
    let known = entry.redirect_uris().find_map(|uri| recognise(&uri.value, id, entry.name()));
    let known = known.filter(|known| known.method != entry.auth_method() && !entry.is_public());
    if let Some(known) = known {
        let line = entry.token_endpoint_auth_method.as_ref().map_or(0, |m| m.line);
        let message = format!(
            "{} (recognised by its redirect URI) uses {}, but the configuration says {}",
            known.name,
            known.method,
            entry.auth_method()
        );
        add("token_endpoint_auth_method", line, finding(Code::MethodMismatch, message));
    }
}

fn redirects(entry: &ClientEntry, add: Add<'_>) {
    let mut seen = HashSet::new();
    for (number, uri) in (1..).zip(entry.redirect_uris()) {
        let line = uri.line;
        // Out-of-band redirects have no scheme.
        if !has_scheme(&uri.value) {
            let message = format!("entry {number} of the list has no scheme");
            add("redirect_uris", line, finding(Code::RedirectUri, message));
        }
        if !seen.insert(&**uri.value) {
            let message = format!("entry {number} is a duplicate");
            add("redirect_uris", line, finding(Code::DuplicateRedirectUri, message));
        }
    }
}

fn values(entry: &ClientEntry, known: &Known<'_>, add: Add<'_>) {
    let none = BTreeSet::new();
    for (key, value, usual, defined) in [
        ("authorization_policy", &entry.authorization_policy, &POLICIES[..], &known.policies),
        ("consent_mode", &entry.consent_mode, &CONSENT, &none),
        ("pkce_challenge_method", &entry.pkce_challenge_method, &PKCE, &none),
    ] {
        // An empty one is the default.
        let Some(value) = value.as_ref().filter(|value| !value.value.is_empty()) else { continue };
        if !usual.contains(&&**value.value) && !defined.contains(&**value.value) {
            let message = format!("it must be one of {}", listed(usual, defined));
            add(key, value.line, finding(Code::UnknownValue, message));
        }
    }
    for (key, values, usual, defined, code) in [
        ("grant_types", &entry.grant_types, &GRANTS[..], &none, Code::UnknownValue),
        ("response_modes", &entry.response_modes, &RESPONSE_MODES, &none, Code::UnknownValue),
        ("response_types", &entry.response_types, &RESPONSE_TYPES, &none, Code::UnusualValue),
        ("scopes", &entry.scopes, &SCOPES, &known.scopes, Code::UnusualValue),
    ] {
        for (number, value) in (1..).zip(values.iter().flatten()) {
            if !usual.contains(&&**value.value) && !defined.contains(&**value.value) {
                let message = format!("entry {number} must be one of {}", listed(usual, defined));
                add(key, value.line, finding(code, message));
            }
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

fn grants(entry: &ClientEntry, add: Add<'_>) {
    let has = |values: &Option<Vec<Text>>, wanted: &str| {
        values.iter().flatten().find(|value| *value.value == wanted).map(|value| value.line)
    };
    let offline = has(&entry.scopes, "offline_access");
    if let Some(line) = has(&entry.grant_types, "client_credentials") {
        let about_a_user =
            has(&entry.scopes, "openid").or(offline).or(has(&entry.scopes, "offline"));
        let message = match about_a_user {
            _ if entry.is_public() => "client_credentials needs a secret, and the client is public",
            Some(_) => {
                "client_credentials concerns no user and does not allow openid or offline_access"
            }
            None => "",
        };
        if !message.is_empty() {
            add("grant_types", line, finding(Code::ClientCredentials, message.to_owned()));
        }
    }
    if let Some(line) = has(&entry.grant_types, "refresh_token").filter(|_| offline.is_none()) {
        let message = "refresh_token is granted without the scope offline_access".to_owned();
        add("grant_types", line, finding(Code::RefreshToken, message));
    }
    let with_code = entry.response_types.as_ref().is_none_or(|types| {
        types.iter().any(|value| value.value.split(' ').any(|word| word == "code"))
    });
    if let Some(line) = offline.filter(|_| !with_code) {
        let message = "offline_access is a scope, but no response type has code".to_owned();
        add("scopes", line, finding(Code::RefreshToken, message));
    }
}
