//! Keys and durations of what the clients refer to by name: lifespans, claims policies, scopes and
//! authorization policies.
//!
//! Authelia refuses an unknown key there too (its list is internal/configuration/schema/keys.go). Their values
//! and names are checked in `provider`.

use crate::authelia::{Field, FieldValue, Fields, is_duration, is_reference};
use crate::finding::Code;

use super::keys::{printable, unknown_keys};
use super::report::{Add, finding};

/// The tokens and codes that a lifespan has durations of.
const DURATIONS: [&str; 6] = [
    "access_token",
    "authorize_code",
    "id_token",
    "refresh_token",
    "device_code",
    "jwt_secured_authorization",
];
const GRANTS: [&str; 6] = [
    "authorize_code",
    "implicit",
    "client_credentials",
    "refresh_token",
    "device_code",
    "jwt_bearer",
];
const CLAIMS_POLICY: [&str; 4] =
    ["id_token", "access_token", "id_token_audience_mode", "custom_claims"];
const CUSTOM_CLAIM: [&str; 2] = ["name", "attribute"];
const SCOPE: [&str; 1] = ["claims"];
const POLICY: [&str; 2] = ["default_policy", "rules"];
const RULE: [&str; 3] = ["policy", "subject", "networks"];
const CORS: [&str; 3] =
    ["endpoints", "allowed_origins", "allowed_origins_from_client_redirect_uris"];

pub(super) fn check(settings: &Fields, add: Add<'_>) {
    if let Some(lifespans) = mapping(settings, "lifespans") {
        lifespan(lifespans, &["custom"], add);
        for custom in mappings(lifespans, "custom") {
            lifespan(custom, &["grants"], add);
            if let Some(grants) = mapping(custom, "grants") {
                unknown_keys(grants, &GRANTS, add);
                for grant in grants.iter().filter_map(|field| field.value.mapping()) {
                    lifespan(grant, &[], add);
                }
            }
        }
    }
    for policy in mappings(settings, "claims_policies") {
        unknown_keys(policy, &CLAIMS_POLICY, add);
        for claim in mappings(policy, "custom_claims") {
            unknown_keys(claim, &CUSTOM_CLAIM, add);
        }
    }
    for scope in mappings(settings, "scopes") {
        unknown_keys(scope, &SCOPE, add);
    }
    for policy in mappings(settings, "authorization_policies") {
        unknown_keys(policy, &POLICY, add);
        for rule in policy.items("rules").iter().filter_map(FieldValue::mapping) {
            unknown_keys(rule, &RULE, add);
        }
    }
    if let Some(cors) = mapping(settings, "cors") {
        unknown_keys(cors, &CORS, add);
    }
}

/// Checks a mapping of durations, which may have these keys as well.
fn lifespan(fields: &Fields, more: &[&str], add: Add<'_>) {
    unknown_keys(fields, &[&DURATIONS[..], more].concat(), add);
    for Field { key, line, value } in fields.iter() {
        let text = value.text().filter(|_| DURATIONS.contains(&&**key));
        if text.is_some_and(|text| !is_reference(&text.value) && !is_duration(text)) {
            let message = "it must be a duration, such as 1 week or 1h30m".to_owned();
            add(printable(key), *line, finding(Code::UnknownValue, message));
        }
    }
}

fn mapping<'f>(fields: &'f Fields, key: &str) -> Option<&'f Fields> {
    fields.get(key)?.value.mapping()
}

/// Returns the mappings of a mapping whose keys are names.
fn mappings<'f>(fields: &'f Fields, key: &str) -> impl Iterator<Item = &'f Fields> {
    fields.mapping(key).filter_map(|field| field.value.mapping())
}
