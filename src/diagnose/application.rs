//! A client's entry against the application's entry in the catalogue.

use crate::audit::method_mismatch;
use crate::authelia::{ClientEntry, Text, Value, is_reference};
use crate::catalogue::{Application, ClientTemplate};
use crate::finding::{Code, Finding};

/// Takes a finding, with its key and its line (0 for the client's own).
type Add<'a> = &'a mut dyn FnMut(&'static str, u64, Finding);

/// Compares an entry with the entry of the application, or of its variant that differs least.
pub(super) fn check(entry: &ClientEntry, application: &Application, add: Add<'_>) {
    let differences = application.clients.iter().map(|client| {
        let mut findings = Vec::new();
        compare(entry, client, &application.name, &mut |key, line, finding| {
            findings.push((key, line, finding));
        });
        findings
    });
    for (key, line, finding) in differences.min_by_key(Vec::len).into_iter().flatten() {
        add(key, line, finding);
    }
}

fn compare(entry: &ClientEntry, client: &ClientTemplate, name: &str, add: Add<'_>) {
    if entry.is_public() == client.is_public() {
        method(entry, client, name, add);
    } else {
        public(entry, client.is_public(), name, add);
    }
    redirect_uris(entry, client, name, add);
    for (key, code, values, defaults) in [
        (
            "scopes",
            Code::ScopeNotAllowed,
            &entry.scopes,
            &["openid", "groups", "profile", "email"][..],
        ),
        ("grant_types", Code::GrantNotAllowed, &entry.grant_types, &["authorization_code"]),
        ("response_types", Code::GrantNotAllowed, &entry.response_types, &["code"]),
    ] {
        lacking(client, (key, code), name, values.as_deref(), defaults, add);
    }
    pkce(entry, client, name, add);
}

fn public(entry: &ClientEntry, is_public: bool, name: &str, add: Add<'_>) {
    let (code, known, registered) = if is_public {
        (Code::PublicApplication, "a public client", "a confidential one")
    } else {
        (Code::SecretForPublicClient, "a confidential client", "a public one")
    };
    let message = format!("{name} is {known}, but the configuration has {registered}");
    add("public", line_of(entry, "public"), Finding::new(code, message, code.fix()));
}

fn method(entry: &ClientEntry, client: &ClientTemplate, name: &str, add: Add<'_>) {
    let Some(usual) = client.entry.text("token_endpoint_auth_method") else { return };
    let method = entry.auth_method();
    if usual == method || is_reference(method) || entry.is_public() {
        return;
    }
    let key = "token_endpoint_auth_method";
    let finding = method_mismatch(name, usual, method, client.configurable_method);
    add(key, line_of(entry, key), finding);
}

/// Finds that no redirect URI is one of the application's. A client may leave out some, such as that of a
/// mobile application.
fn redirect_uris(entry: &ClientEntry, client: &ClientTemplate, name: &str, add: Add<'_>) {
    let Some(Value::List(templates)) = client.entry.get("redirect_uris") else { return };
    let uris: Vec<&Text> = entry.redirect_uris().collect();
    let fits_any = |text: &Text| templates.iter().any(|template| fits(template, &text.value));
    if uris.is_empty() || uris.iter().any(|text| is_reference(&text.value) || fits_any(text)) {
        return;
    }
    let Some(path) = templates.iter().find_map(|template| template.strip_prefix("{app}")) else {
        return;
    };
    let path = path.replace("{input:provider}", "authelia");
    let folded = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    let similar = uris.iter().find(|text| folded(&text.value).ends_with(&folded(&path)));
    let end =
        if path.is_empty() { "is the application's URL".into() } else { format!("ends in {path}") };
    let (line, message) = match similar.filter(|_| !path.is_empty()) {
        Some(text) => (
            text.line,
            format!(
                "the redirect URI of {name} {end}: the registered one differs in case or in a slash at \
                 the end"
            ),
        ),
        None => {
            (uris[0].line, format!("the redirect URI of {name} {end}, and none registered does"))
        }
    };
    let fix = "Register the redirect URI exactly as the application sends it.";
    add("redirect_uris", line, Finding::new(Code::RedirectMismatch, message, fix));
}

/// Whether a URI is one of a template: the texts between its placeholders follow each other in it.
fn fits(template: &str, uri: &str) -> bool {
    let mut parts = template.split('{').map(|part| part.split_once('}').map_or(part, |(_, p)| p));
    let Some(mut rest) = uri.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_none() {
            rest.ends_with(part).then(|| rest.len() - part.len())
        } else {
            rest.find(part)
        };
        let Some(at) = at.filter(|at| is_value(&rest[..*at])) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

/// Whether a text can be the value of a placeholder. Authelia compares URIs as they are: a wildcard and an
/// empty segment are nothing special.
fn is_value(text: &str) -> bool {
    let path = text.split_once("://").map_or(text, |(_, rest)| rest);
    !text.is_empty() && !text.contains('*') && !path.contains("//") && !text.ends_with('/')
}

/// Finds values that the application needs and the list of the entry lacks.
fn lacking(
    client: &ClientTemplate,
    (key, code): (&'static str, Code),
    name: &str,
    values: Option<&[Text]>,
    defaults: &[&str],
    add: Add<'_>,
) {
    let Some(Value::List(needed)) = client.entry.get(key) else { return };
    let has = |value: &String| match values {
        Some(texts) => texts.iter().any(|t| *t.value == *value || is_reference(&t.value)),
        None => defaults.contains(&&**value),
    };
    let lacking: Vec<&str> =
        needed.iter().filter(|value| !has(value)).map(String::as_str).collect();
    if !lacking.is_empty() {
        let line = values.and_then(<[Text]>::first).map_or(0, |text| text.line);
        let message = format!("{name} asks for {}, which {key} lacks", lacking.join(", "));
        add(key, line, Finding::new(code, message, code.fix()));
    }
}

fn pkce(entry: &ClientEntry, client: &ClientTemplate, name: &str, add: Add<'_>) {
    let is_used = client.entry.get("require_pkce") == Some(&Value::Flag(true));
    let is_required = entry.fields.text("require_pkce").and_then(Text::as_boolean) == Some(true);
    let method = entry.fields.text("pkce_challenge_method").filter(|text| !text.value.is_empty());
    if !is_used && (is_required || method.is_some()) {
        let key = if is_required { "require_pkce" } else { "pkce_challenge_method" };
        let message = format!("the client must use PKCE, which {name} is not known to do");
        let fix = "Turn PKCE on in the application if it can, or remove the key.";
        add(key, line_of(entry, key), Finding::new(Code::PkceMissing, message, fix));
        return;
    }
    let usual = client.entry.text("pkce_challenge_method").filter(|usual| !usual.is_empty());
    if let (Some(usual), Some(method)) = (usual, method)
        && *usual != **method.value
    {
        let message =
            format!("{name} uses the PKCE method {usual}, but the configuration requires another");
        let fix = format!("Set pkce_challenge_method to {usual}.");
        let finding = Finding::new(Code::PkceMethod, message, fix);
        add("pkce_challenge_method", method.line, finding);
    }
}

fn line_of(entry: &ClientEntry, key: &str) -> u64 {
    entry.fields.get(key).map_or(0, |field| field.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_of_a_template_is_any_text() {
        for (template, uri, is_one) in [
            ("{app}/api/oidc_callback", "https://kasm.example.com/api/oidc_callback", true),
            ("{app}/api/oidc_callback", "https://kasm.example.com/api/oidc_callback/", false),
            (
                "{app}/user/oauth2/{input:provider}/callback",
                "https://g.x/user/oauth2/sso/callback",
                true,
            ),
            (
                "{app}/user/oauth2/{input:provider}/callback",
                "https://g.x/user/oauth2/callback",
                false,
            ),
            ("app.immich:///oauth-callback", "app.immich:///oauth-callback", true),
            ("app.immich:///oauth-callback", "app.immich:///oauth-callback2", false),
            ("{app}", "https://x.example.com", true),
            ("{app}/cb", "https://*.example.com/cb", false),
            ("{app}/cb", "https://x.example.com//cb", false),
        ] {
            assert_eq!(fits(template, uri), is_one, "{template} {uri}");
        }
    }
}
