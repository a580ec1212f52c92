//! Rules for clients with the scope `authelia.bearer.authz`, whose tokens are accepted by the portal.

use crate::authelia::{ClientEntry, Text};
use crate::finding::{Code, Finding};

use super::grants::line_of;
use super::report::Add;

const SCOPE: &str = "authelia.bearer.authz";

pub(super) fn check(entry: &ClientEntry, add: Add<'_>) {
    let Some(scope_line) = line_of(entry.scopes.as_ref(), &[SCOPE]) else { return };
    let is_for_a_program = line_of(entry.grant_types.as_ref(), &["client_credentials"]).is_some();
    for (key, is_right, wanted) in rules(entry) {
        let is_of_a_flow = !["scopes", "grant_types", "audience"].contains(&key)
            && key != "token_endpoint_auth_method";
        if !(is_right || is_for_a_program && is_of_a_flow) {
            let line = entry.fields.get(key).map_or(scope_line, |field| field.line);
            let message = format!("with the scope {SCOPE} it must be {wanted}");
            let fix = format!("Change {key}, or remove the scope {SCOPE}.");
            add(key, line, Finding::new(Code::BearerAuthz, message, fix));
        }
    }
}

/// Each key, whether it is right, and the values that are.
fn rules(entry: &ClientEntry) -> [(&'static str, bool, &'static str); 10] {
    let only = |values: &Option<Vec<Text>>, allowed: &[&str]| {
        let values = values.as_deref().unwrap_or_default();
        !values.is_empty() && values.iter().all(|value| allowed.contains(&&**value.value))
    };
    let text = |key: &str| entry.fields.text(key).map_or("", |text| &**text.value);
    let flag = |key: &str| entry.fields.text(key).and_then(Text::as_boolean) == Some(true);
    let has_audience = !text("audience").is_empty() || !entry.fields.items("audience").is_empty();
    let method = text("token_endpoint_auth_method");
    let (is_method, methods) = if entry.is_public() {
        (method == "none", "none")
    } else {
        let methods = ["client_secret_basic", "client_secret_jwt", "private_key_jwt"];
        (methods.contains(&method), "client_secret_basic, client_secret_jwt or private_key_jwt")
    };
    let scopes = only(&entry.scopes, &[SCOPE, "offline_access"]);
    let grants =
        only(&entry.grant_types, &["authorization_code", "refresh_token", "client_credentials"]);
    let modes = only(&entry.response_modes, &["form_post", "form_post.jwt"]);
    [
        ("scopes", scopes, "alone or with offline_access"),
        ("grant_types", grants, "authorization_code, refresh_token or client_credentials"),
        ("audience", has_audience, "given"),
        ("token_endpoint_auth_method", is_method, methods),
        (
            "require_pushed_authorization_requests",
            flag("require_pushed_authorization_requests"),
            "true",
        ),
        ("require_pkce", flag("require_pkce"), "true"),
        ("pkce_challenge_method", text("pkce_challenge_method") == "S256", "S256"),
        ("consent_mode", text("consent_mode") == "explicit", "explicit"),
        ("response_types", only(&entry.response_types, &["code"]), "code"),
        ("response_modes", modes, "form_post or form_post.jwt"),
    ]
}
