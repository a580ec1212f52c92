//! The provider's own settings.

use crate::authelia::{Configuration, Field, FieldValue, Fields, Text, Uri, is_reference};
use crate::finding::Code;

use super::definitions;
use super::keys::unknown_keys;
use super::known::Known;
use super::public_key::PEM;
use super::report::{Add, finding, missing};
use super::values::POLICIES;

/// The keys since version 4.38.
const KEYS: [&str; 19] = [
    "hmac_secret",
    "jwks",
    "issuer_certificate_chain",
    "issuer_private_key",
    "enable_client_debug_messages",
    "minimum_parameter_entropy",
    "enforce_pkce",
    "enable_pkce_plain_challenge",
    "enable_jwt_access_token_stateless_introspection",
    "discovery_signed_response_alg",
    "discovery_signed_response_key_id",
    "require_pushed_authorization_requests",
    "pushed_authorizations",
    "cors",
    "clients",
    "authorization_policies",
    "lifespans",
    "claims_policies",
    "scopes",
];
/// The keys before version 4.38, which are still read.
const OLD_KEYS: [&str; 4] = [
    "access_token_lifespan",
    "authorize_code_lifespan",
    "id_token_lifespan",
    "refresh_token_lifespan",
];
const BOOLEANS: [&str; 4] = [
    "enable_client_debug_messages",
    "enable_pkce_plain_challenge",
    "enable_jwt_access_token_stateless_introspection",
    "require_pushed_authorization_requests",
];
/// Claims that the provider sets itself, which no scope may have.
const RESERVED_CLAIMS: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "jti",
    "at_hash",
    "c_hash",
    "nbf",
];
/// Claims of the standard scopes.
const STANDARD_CLAIMS: [&str; 21] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "email",
    "email_verified",
    "alt_emails",
    "phone_number",
    "phone_number_verified",
    "address",
    "groups",
];
/// Attributes that every user has; a configuration may define more under `definitions` and in its
/// authentication backend.
const ATTRIBUTES: [&str; 23] = [
    "username",
    "display_name",
    "groups",
    "emails",
    "email",
    "email_verified",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_rfc3966",
    "phone_extension",
    "phone_number_verified",
    "updated_at",
    "address",
];

pub(super) fn check(file: &Configuration, known: &Known<'_>, add: Add<'_>) {
    for settings in file.settings() {
        unknown_keys(settings, &[&KEYS[..], &OLD_KEYS].concat(), add);
        issuer(settings, known, add);
        values(settings, add);
        origins(settings, add);
        for field in settings.mapping("authorization_policies") {
            policy(field, add);
        }
        definitions::check(settings, add);
        for field in settings.mapping("claims_policies") {
            claims_policy(field, known, add);
        }
        for field in settings.mapping("scopes") {
            scope(field, known, add);
        }
    }
}

/// Checks the keys that sign. A file without settings of the provider may be a part of a configuration
/// whose other parts have them.
fn issuer(settings: &Fields, known: &Known<'_>, add: Add<'_>) {
    let keys = settings.items("jwks");
    let line_of = |key| settings.get(key).map(|field| field.line);
    let line = line_of("jwks").or(line_of("hmac_secret")).unwrap_or_default();
    let old_key = line_of("issuer_private_key");
    if keys.is_empty() && old_key.is_none() && line_of("hmac_secret").is_some() {
        let message = "the provider has no key that signs".to_owned();
        add("jwks", line, missing(message, "jwks"));
    }
    let signs = !keys.is_empty() || old_key.is_some();
    if signs && !known.has_hmac_secret {
        let message = "Authelia starts with a key that anyone can compute".to_owned();
        let line = line_of("jwks").or(old_key).unwrap_or_default();
        add("hmac_secret", line, finding(Code::NoHmacSecret, message));
    }
    for (number, key) in (1..).zip(keys) {
        let text = key.mapping().and_then(|key| key.get("key")?.value.text());
        if !text.is_some_and(|text| text.value.contains(PEM) || is_reference(&text.value)) {
            let message = format!("key {number} is not in PEM");
            add("jwks", line, finding(Code::InvalidKey, message));
        }
    }
}

fn values(settings: &Fields, add: Add<'_>) {
    const PKCE: [&str; 3] = ["always", "never", "public_clients_only"];
    for key in BOOLEANS {
        if let Some(text) = settings.text(key).filter(|text| text.as_boolean().is_none()) {
            add(key, text.line, finding(Code::UnknownValue, "it must be true or false".to_owned()));
        }
    }
    if let Some(text) = settings.text("enforce_pkce")
        && !PKCE.contains(&&**text.value)
    {
        let message = format!("it must be one of {}", PKCE.join(", "));
        add("enforce_pkce", text.line, finding(Code::UnknownValue, message));
    }
    let entropy = settings.text("minimum_parameter_entropy");
    let number = entropy.and_then(|text| text.as_read().parse::<i64>().ok());
    if let Some((text, number)) = entropy.zip(number)
        && (number == -1 || (1..8).contains(&number))
    {
        let message = "fewer than 8 characters of state and nonce can be guessed".to_owned();
        add("minimum_parameter_entropy", text.line, finding(Code::UnusualValue, message));
    }
}

fn origins(settings: &Fields, add: Add<'_>) {
    let cors = settings.get("cors").and_then(|field| field.value.mapping());
    for origin in texts(cors, "allowed_origins") {
        let rest = origin.value.split_once("://").map_or("", |(_, rest)| rest);
        if Uri::parse(&origin.value).is_none() || rest.contains(['/', '?']) {
            let message = "an origin has no path and no query".to_owned();
            add("allowed_origins", origin.line, finding(Code::InvalidUri, message));
        }
    }
}

fn texts<'f>(fields: Option<&'f Fields>, key: &str) -> impl Iterator<Item = &'f Text> {
    let items = fields.map_or(&[][..], |fields| fields.items(key));
    items.iter().filter_map(FieldValue::text)
}

fn policy(field: &Field, add: Add<'_>) {
    let fields = field.value.mapping();
    let rules = fields.map_or(&[][..], |fields| fields.items("rules"));
    let without_subject = |rule: &FieldValue| {
        rule.mapping()
            .is_none_or(|rule| rule.text("subject").is_none() && rule.items("subject").is_empty())
    };
    let mut named = rules.iter().filter_map(FieldValue::mapping).filter_map(|r| r.text("policy"));
    let default = fields.and_then(|fields| fields.text("default_policy"));
    let is_unknown = |text: &Text| !POLICIES.contains(&&**text.value);
    let unknown = |message: &str| finding(Code::UnknownValue, message.to_owned());
    let found = if POLICIES.contains(&&*field.key) {
        unknown("a policy must not have the name of a built-in one")
    } else if rules.is_empty() {
        missing("a policy needs rules".to_owned(), "rules to the policy")
    } else if rules.iter().any(without_subject) {
        missing("a rule of a policy needs a subject".to_owned(), "a subject to the rule")
    } else if default.is_some_and(is_unknown) || named.any(is_unknown) {
        unknown("a rule's policy must be one_factor, two_factor or deny")
    } else {
        return;
    };
    add("authorization_policies", field.line, found);
}

fn claims_policy(field: &Field, known: &Known<'_>, add: Add<'_>) {
    const MODES: [&str; 4] = ["", "specification", "experimental-merged", "none"];
    let Some(fields) = field.value.mapping() else { return };
    if let Some(mode) = fields.text("id_token_audience_mode")
        && !MODES.contains(&&**mode.value)
    {
        let message = "it must be specification or experimental-merged".to_owned();
        add("id_token_audience_mode", mode.line, finding(Code::UnknownValue, message));
    }
    for claim in fields.mapping("custom_claims") {
        let attribute = claim.value.mapping().and_then(|claim| claim.text("attribute"));
        // Left out, it is the name of the claim.
        let (name, key, line) = match attribute {
            Some(text) => (&**text.value, "attribute", text.line),
            None => (&*claim.key, "custom_claims", claim.line),
        };
        if !ATTRIBUTES.contains(&name) && !known.attributes.contains(name) {
            let message = "no user attribute has this name".to_owned();
            add(key, line, finding(Code::UndefinedName, message));
        }
    }
}

fn scope(field: &Field, known: &Known<'_>, add: Add<'_>) {
    for claim in texts(field.value.mapping(), "claims") {
        let name = &**claim.value;
        let is_custom = known.claims_policies.values().any(|claims| claims.contains(name));
        let message = if RESERVED_CLAIMS.contains(&name) {
            "the provider sets this claim itself"
        } else if !STANDARD_CLAIMS.contains(&name) && !is_custom {
            "no claims policy has this claim among its custom_claims"
        } else {
            continue;
        };
        add("claims", claim.line, finding(Code::UndefinedName, message.to_owned()));
    }
}
