//! Authelia's rules on ids, methods, redirects and scopes of clients.

use crate::authelia::{Entry, Texts, has_scheme};
use crate::catalogue::recognise;
use crate::client::ClientId;
use crate::finding::{Code, Finding};

use super::of;

/// What the configuration defines besides clients.
pub(super) struct Known<'a> {
    pub(super) policies: &'a [&'a str],
    pub(super) scopes: &'a [&'a str],
}

/// Takes a finding, with its key and its line (0 for the client's own).
type Add<'a> = &'a mut dyn FnMut(&'static str, u64, Finding);

const METHODS: [&str; 5] =
    ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];
const POLICIES: [&str; 2] = ["one_factor", "two_factor"];
const CONSENT: [&str; 4] = ["auto", "explicit", "implicit", "pre-configured"];
const PKCE: [&str; 3] = ["", "plain", "S256"];
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

pub(super) fn check(entry: &Entry, known: &Known<'_>, add: Add<'_>) {
    id(entry, add);
    method(entry, add);
    application(entry, add);
    redirects(entry, add);
    values(entry, known, add);
    grants(entry, add);
}

fn id(entry: &Entry, add: Add<'_>) {
    let (text, line) = entry.id().map_or(("", 0), |id| (&*id.value, id.referenced.line()));
    if let Err(error) = text.parse::<ClientId>() {
        add(entry.id_key(), line, of(Code::ClientId, error.to_string()));
    }
}

/// A method goes with a secret or without.
fn method(entry: &Entry, add: Add<'_>) {
    let method = entry.auth_method();
    let line = entry.token_endpoint_auth_method.as_ref().map_or(0, |m| m.referenced.line());
    let secret = entry.secret().filter(|(secret, _)| !secret.value.is_empty());
    let needs_secret = ["client_secret_basic", "client_secret_post", "client_secret_jwt"];
    if !METHODS.contains(&method) {
        let message = format!("it must be one of {}", METHODS.join(", "));
        add("token_endpoint_auth_method", line, of(Code::UnknownValue, message));
        return;
    }
    match (secret, entry.is_public()) {
        (Some((secret, key)), true) => {
            let message = "the client is public, and has a secret".to_owned();
            add(key, secret.referenced.line(), of(Code::UnexpectedSecret, message));
        }
        (Some((secret, key)), false) if !needs_secret.contains(&method) => {
            let message = format!("the client authenticates with {method}, and has a secret");
            add(key, secret.referenced.line(), of(Code::UnexpectedSecret, message));
        }
        (None, false) if needs_secret.contains(&method) => {
            let message = format!("the client authenticates with {method}, and has no secret");
            let (line, key) = entry
                .secret()
                .map_or((0, "client_secret"), |(empty, key)| (empty.referenced.line(), key));
            add(key, line, of(Code::MissingSecret, message));
        }
        _ => {}
    }
    if entry.is_public() && method != "none" {
        let message = format!("the client is public, and authenticates with {method}");
        add("token_endpoint_auth_method", line, of(Code::PublicMethod, message));
    }
}

/// The method of an application that is known by its redirect URI.
fn application(entry: &Entry, add: Add<'_>) {
    let id = entry.id().map_or("", |id| &id.value);
    let known = entry.redirect_uris().find_map(|uri| recognise(&uri.value, id, entry.name()));
    let known = known.filter(|known| known.method != entry.auth_method() && !entry.is_public());
    if let Some(known) = known {
        let line = entry.token_endpoint_auth_method.as_ref().map_or(0, |m| m.referenced.line());
        let message = format!(
            "{}, known by its redirect URI, uses {}, and {} is set",
            known.name,
            known.method,
            entry.auth_method()
        );
        add("token_endpoint_auth_method", line, of(Code::MethodMismatch, message));
    }
}

fn redirects(entry: &Entry, add: Add<'_>) {
    let mut seen = Vec::new();
    for (number, uri) in (1..).zip(entry.redirect_uris()) {
        let line = uri.referenced.line();
        // Out-of-band redirects have no scheme that is one.
        if !has_scheme(&uri.value) {
            let message = format!("entry {number} of the list has no scheme");
            add("redirect_uris", line, of(Code::RedirectUri, message));
        }
        if seen.contains(&&uri.value) {
            let message = format!("entry {number} stands in the list already");
            add("redirect_uris", line, of(Code::DuplicateRedirectUri, message));
        }
        seen.push(&uri.value);
    }
}

fn values(entry: &Entry, known: &Known<'_>, add: Add<'_>) {
    let mut one = |key: &'static str, value: &Option<crate::authelia::Text>, allowed: &[&str]| {
        let Some(value) = value else { return };
        if !allowed.contains(&&*value.value) {
            let names: Vec<_> = allowed.iter().filter(|name| !name.is_empty()).copied().collect();
            let message = format!("it must be one of {}", names.join(", "));
            add(key, value.referenced.line(), of(Code::UnknownValue, message));
        }
    };
    let policies: Vec<&str> = POLICIES.iter().chain(known.policies).copied().collect();
    one("authorization_policy", &entry.authorization_policy, &policies);
    one("consent_mode", &entry.consent_mode, &CONSENT);
    one("pkce_challenge_method", &entry.pkce_challenge_method, &PKCE);
    let scopes: Vec<&str> = SCOPES.iter().chain(known.scopes).copied().collect();
    for (key, values, allowed, code) in [
        ("grant_types", &entry.grant_types, &GRANTS[..], Code::UnknownValue),
        ("response_modes", &entry.response_modes, &RESPONSE_MODES[..], Code::UnknownValue),
        ("response_types", &entry.response_types, &RESPONSE_TYPES[..], Code::UnusualValue),
        ("scopes", &entry.scopes, &scopes[..], Code::UnusualValue),
    ] {
        for (number, value) in (1..).zip(values.iter().flat_map(|texts| &texts.0)) {
            if !allowed.contains(&&*value.value) {
                let message = format!("entry {number} is none of {}", allowed.join(", "));
                add(key, value.referenced.line(), of(code, message));
            }
        }
    }
}

fn grants(entry: &Entry, add: Add<'_>) {
    let has = |values: &Option<Texts>, wanted: &str| {
        values
            .iter()
            .flat_map(|texts| &texts.0)
            .find(|v| v.value == wanted)
            .map(|v| v.referenced.line())
    };
    let offline = has(&entry.scopes, "offline_access");
    if let Some(line) = has(&entry.grant_types, "client_credentials") {
        let about_a_user =
            has(&entry.scopes, "openid").or(offline).or(has(&entry.scopes, "offline"));
        let message = match about_a_user {
            _ if entry.is_public() => "client_credentials needs a secret, and the client is public",
            Some(_) => {
                "client_credentials is about no user, and cannot have openid or offline_access"
            }
            None => "",
        };
        if !message.is_empty() {
            add("grant_types", line, of(Code::ClientCredentials, message.to_owned()));
        }
    }
    if let Some(line) = has(&entry.grant_types, "refresh_token").filter(|_| offline.is_none()) {
        let message = "refresh_token is granted, and the scope offline_access is not".to_owned();
        add("grant_types", line, of(Code::RefreshToken, message));
    }
    let with_code = entry.response_types.as_ref().is_none_or(|types| {
        types.0.iter().any(|value| value.value.split(' ').any(|word| word == "code"))
    });
    if let Some(line) = offline.filter(|_| !with_code) {
        let message = "offline_access is a scope, and no response type has code".to_owned();
        add("scopes", line, of(Code::RefreshToken, message));
    }
}
