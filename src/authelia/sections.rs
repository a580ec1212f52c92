//! The sections of a configuration that the parts of new clients can be merged into.

use super::document::Node;

/// Whether a part below a top-level key may be added without a person's decision.
///
/// A definition under a new name changes nothing for other applications. A rule of `access_control`
/// does, by its place among the others, as the first one that matches counts. So does an endpoint of
/// `server.endpoints.authz`: the first one that is defined replaces the default ones.
pub(super) fn is_merged(section: &str, configuration: Option<&Node>) -> bool {
    match section {
        "identity_providers" | "definitions" => true,
        // The parts are for users in a file; Authelia refuses two backends.
        "authentication_backend" => !configuration.is_some_and(has_ldap),
        _ => false,
    }
}

/// Whether the users are in LDAP. The Helm chart has both backends, one of which is enabled.
fn has_ldap(configuration: &Node) -> bool {
    let backend = configuration.get("authentication_backend").map(|(_, value)| value);
    let ldap = backend.and_then(|backend| backend.get("ldap")).map(|(_, value)| value);
    ldap.is_some_and(|ldap| {
        let enabled = ldap.get("enabled").and_then(|(_, value)| value.text());
        !ldap.is_null() && enabled != Some("false")
    })
}
