//! The keys of a client, with their types.

/// The type that Authelia reads a value as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    /// A text that is never made of a number or a boolean.
    Secret,
    Boolean,
    /// A list of texts, or one text with commas.
    Texts,
    Duration,
    /// A list of mappings.
    Keys,
}

/// The keys since version 4.38, with their types; the tokens and responses of `RESPONSES` have more.
const KEYS: [(&str, Type); 40] = [
    ("client_id", Type::Text),
    ("client_name", Type::Text),
    ("client_secret", Type::Secret),
    ("sector_identifier_uri", Type::Text),
    ("public", Type::Boolean),
    ("redirect_uris", Type::Texts),
    ("request_uris", Type::Texts),
    ("audience", Type::Texts),
    ("scopes", Type::Texts),
    ("grant_types", Type::Texts),
    ("response_types", Type::Texts),
    ("response_modes", Type::Texts),
    ("authorization_policy", Type::Text),
    ("lifespan", Type::Text),
    ("claims_policy", Type::Text),
    ("requested_audience_mode", Type::Text),
    ("consent_mode", Type::Text),
    ("pre_configured_consent_duration", Type::Duration),
    ("require_pushed_authorization_requests", Type::Boolean),
    ("require_pkce", Type::Boolean),
    ("pkce_challenge_method", Type::Text),
    ("request_object_signing_alg", Type::Text),
    ("request_object_encryption_alg", Type::Text),
    ("request_object_encryption_enc", Type::Text),
    ("token_endpoint_auth_method", Type::Text),
    ("token_endpoint_auth_signing_alg", Type::Text),
    ("revocation_endpoint_auth_method", Type::Text),
    ("revocation_endpoint_auth_signing_alg", Type::Text),
    ("introspection_endpoint_auth_method", Type::Text),
    ("introspection_endpoint_auth_signing_alg", Type::Text),
    ("pushed_authorization_request_endpoint_auth_method", Type::Text),
    ("pushed_authorization_request_endpoint_auth_signing_alg", Type::Text),
    ("allow_multiple_auth_methods", Type::Boolean),
    ("jwks_uri", Type::Text),
    ("jwks", Type::Keys),
    ("id", Type::Text),
    ("description", Type::Text),
    ("secret", Type::Secret),
    ("sector_identifier", Type::Text),
    ("userinfo_signing_algorithm", Type::Text),
];

/// The tokens and responses that Authelia signs and encrypts for a client: the beginnings of keys.
pub(crate) const RESPONSES: [&str; 5] =
    ["authorization", "id_token", "access_token", "userinfo", "introspection"];

/// The ends of the keys that each of `RESPONSES` has.
const OF_RESPONSES: [&str; 5] = [
    "_signed_response_alg",
    "_signed_response_key_id",
    "_encrypted_response_alg",
    "_encrypted_response_enc",
    "_encrypted_response_key_id",
];

/// The keys that changed: their names before version 4.38, and since.
pub(crate) const RENAMED: [(&str, &str); 5] = [
    ("id", "client_id"),
    ("description", "client_name"),
    ("secret", "client_secret"),
    ("sector_identifier", "sector_identifier_uri"),
    ("userinfo_signing_algorithm", "userinfo_signed_response_alg"),
];

/// The type of a key's value; `None` for a key that Authelia does not know.
pub(crate) fn type_of(key: &str) -> Option<Type> {
    let of_response = |response: &&str| {
        key.strip_prefix(*response).is_some_and(|end| OF_RESPONSES.contains(&end))
    };
    match KEYS.iter().find(|(name, _)| *name == key) {
        Some((_, kind)) => Some(*kind),
        None => RESPONSES.iter().any(of_response).then_some(Type::Text),
    }
}

/// The keys since version 4.38.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let is_old = |key: &str| RENAMED.iter().any(|(old, _)| *old == key);
    let own = KEYS.iter().map(|(key, _)| (*key).to_owned()).filter(move |key| !is_old(key));
    let of_responses = RESPONSES
        .iter()
        .flat_map(|response| OF_RESPONSES.iter().map(move |end| format!("{response}{end}")));
    own.chain(of_responses)
}
