//! The names and keys that the provider's settings define for its clients.

use std::collections::{BTreeMap, BTreeSet};

use crate::authelia::{Configuration, Field, FieldValue, Fields};

use super::public_key::Key;

/// The names and keys that a configuration defines.
pub(super) struct Known<'a> {
    pub(super) policies: BTreeSet<&'a str>,
    pub(super) lifespans: BTreeSet<&'a str>,
    /// The custom claims of each claims policy.
    pub(super) claims_policies: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The names of the scopes.
    pub(super) scope_names: BTreeSet<&'a str>,
    /// The claims of each scope.
    pub(super) scopes: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The attributes of users.
    pub(super) attributes: BTreeSet<&'a str>,
    pub(super) has_hmac_secret: bool,
    /// The keys that sign; `None` if the files do not have them all in a readable form.
    pub(super) issuer: Option<Issuer<'a>>,
}

/// The issuer's keys.
pub(super) struct Issuer<'a> {
    pub(super) algorithms: BTreeSet<&'a str>,
    /// The ids that are written; those that are not are digests of the keys.
    pub(super) key_ids: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    /// Collects the names of all files: Authelia merges them.
    pub(super) fn of(files: &'a [Configuration]) -> Self {
        let settings: Vec<&Fields> = files.iter().flat_map(Configuration::settings).collect();
        let fields = |key| settings.iter().flat_map(move |fields| fields.mapping(key));
        let lifespans = settings.iter().flat_map(|fields| fields.mapping("lifespans"));
        let custom = lifespans.filter(|field| field.key == "custom");
        let custom = custom.filter_map(|field| field.value.mapping()).flat_map(Fields::iter);
        Self {
            policies: fields("authorization_policies").map(|field| &*field.key).collect(),
            lifespans: custom.map(|field| &*field.key).collect(),
            claims_policies: claims_policies(fields("claims_policies")),
            scope_names: fields("scopes").map(|field| &*field.key).collect(),
            scopes: fields("scopes").map(|field| (&*field.key, claims(field))).collect(),
            attributes: files.iter().flat_map(Configuration::attributes).collect(),
            has_hmac_secret: settings.iter().any(|fields| has_text(fields, "hmac_secret")),
            issuer: settings.iter().rev().find_map(|fields| issuer(fields)),
        }
    }
}

/// Collects the custom claims of policies. Several files may each have a part of one policy, since
/// Authelia merges mappings.
fn claims_policies<'a>(
    policies: impl Iterator<Item = &'a Field>,
) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut all = BTreeMap::<_, BTreeSet<_>>::new();
    for policy in policies {
        all.entry(&*policy.key).or_default().extend(custom_claims(policy));
    }
    all
}

/// Whether a key has a text, which may also be a template.
fn has_text(fields: &Fields, key: &str) -> bool {
    let text = fields.get(key).and_then(|field| field.value.text());
    text.is_some_and(|text| !text.value.is_empty())
}

fn custom_claims(policy: &Field) -> BTreeSet<&str> {
    let fields = policy.value.mapping().into_iter();
    fields.flat_map(|fields| fields.mapping("custom_claims")).map(|claim| &*claim.key).collect()
}

fn claims(scope: &Field) -> BTreeSet<&str> {
    let items = scope.value.mapping().map_or(&[][..], |fields| fields.items("claims"));
    items.iter().filter_map(FieldValue::text).map(|claim| &**claim.value).collect()
}

fn issuer(settings: &Fields) -> Option<Issuer<'_>> {
    let keys = settings.items("jwks");
    let mut issuer = Issuer { algorithms: BTreeSet::new(), key_ids: BTreeSet::new() };
    for key in keys {
        let key = key.mapping()?;
        issuer.key_ids.extend(key.text("key_id").map(|id| &**id.value));
        let algorithm = match (key.text("algorithm"), key.text("key")) {
            (Some(algorithm), _) => &**algorithm.value,
            (None, Some(key)) => Key::of(&key.value).kind?.algorithm(),
            (None, None) => return None,
        };
        issuer.algorithms.insert(algorithm);
    }
    (!keys.is_empty()).then_some(issuer)
}
