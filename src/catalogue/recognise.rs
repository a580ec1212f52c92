//! Recognition of a client's application by its redirect URI.

use std::sync::OnceLock;

use super::application::{Application, ClientTemplate};
use super::embedded::applications;
use crate::authelia::Value;

/// A confidential client of the catalogue.
pub(crate) struct KnownClient {
    /// The application's name.
    pub(crate) name: String,
    /// Its method of authentication at the token endpoint.
    pub(crate) method: String,
    slug: String,
    id: Option<String>,
    /// The paths of its redirect URIs, each with its query.
    paths: Vec<String>,
}

impl KnownClient {
    /// Whether a client's id or name is that of this client or its application.
    fn is_named(&self, id: &str, name: Option<&str>) -> bool {
        let is_name = |text: &str| text.eq_ignore_ascii_case(&self.slug) || *text == self.name;
        self.id.as_deref() == Some(id) || is_name(id) || name.is_some_and(is_name)
    }
}

/// Returns the client of the catalogue that a redirect URI belongs to.
///
/// Its path alone is enough if no other application has it and it is not a common one; otherwise the
/// client's id or name has to match too.
pub(crate) fn recognise(uri: &str, id: &str, name: Option<&str>) -> Option<&'static KnownClient> {
    let path =
        uri.strip_prefix("https://").and_then(|rest| rest.find('/').map(|at| &rest[at..]))?;
    let candidates = || known().iter().filter(|known| known.paths.iter().any(|p| p == path));
    let mut named = candidates().filter(|known| known.is_named(id, name));
    if let (Some(known), None) = (named.next(), named.next()) {
        return Some(known);
    }
    let mut all = candidates();
    all.next().filter(|_| is_distinctive(path) && all.next().is_none())
}

/// Segments of redirect paths that many applications share, the empty one included.
#[rustfmt::skip]
const USUAL: &[&str] = &[
    "", "account", "accounts", "api", "auth", "authelia", "authorize", "authorized", "callback",
    "cb", "client", "code", "complete", "connect", "dex", "external", "generic", "index.php",
    "keycloak", "login", "oauth", "oauth-callback", "oauth2", "oauth_callback", "oidc",
    "oidc-callback", "oidc-signin", "openid", "openid-connect", "openid_connect", "provider",
    "redirect", "return", "security", "session", "settings", "signin", "signin-oidc", "sso",
    "user", "users", "v0", "v1", "v2", "web",
];

/// Whether an application outside the catalogue is unlikely to have the same path: it has a query, or
/// a segment that is not one of the usual words.
fn is_distinctive(path: &str) -> bool {
    path.contains('?') || path.split('/').any(|segment| !USUAL.contains(&segment))
}

fn known() -> &'static [KnownClient] {
    static KNOWN: OnceLock<Vec<KnownClient>> = OnceLock::new();
    let of = |application: Application| {
        let Application { name, slug, clients, .. } = application;
        clients.into_iter().filter_map(move |client| known_client(&name, &slug, &client))
    };
    KNOWN.get_or_init(|| applications().flat_map(of).collect())
}

/// Public clients and those with a built-in secret are left out: their method is not the administrator's
/// choice.
fn known_client(name: &str, slug: &str, client: &ClientTemplate) -> Option<KnownClient> {
    if client.is_public() || client.fixed_secret.is_some() {
        return None;
    }
    let method = client.entry.text("token_endpoint_auth_method")?.to_owned();
    let Some(Value::List(uris)) = client.entry.get("redirect_uris") else {
        return None;
    };
    let paths = uris.iter().filter_map(|uri| {
        let path = uri.strip_prefix("{app}").filter(|path| !path.is_empty())?;
        // The input is the provider's name in the application, and nearly always this.
        Some(path.replace("{input:provider}", "authelia"))
    });
    Some(KnownClient {
        name: name.to_owned(),
        method,
        slug: slug.to_owned(),
        id: client.entry.text("client_id").map(ToOwned::to_owned),
        paths: paths.filter(|path| !path.contains('{')).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_path_is_recognised_only_with_a_name() {
        let name = |uri: &str, id: &str| recognise(uri, id, None).map(|known| known.name.clone());
        let kasm = Some("Kasm Workspaces".to_owned());
        assert_eq!(name("https://x.example.com/auth/login", "x"), None);
        assert_eq!(
            name("https://x.example.com/login/generic_oauth", "grafana").unwrap(),
            "Grafana"
        );
        assert_eq!(name("https://x.example.com/api/oidc_callback", "kasm"), kasm);
        assert_eq!(
            name("https://x.example.com/hub/api/rest/oauth2/auth", "x").unwrap(),
            "YouTrack"
        );
        assert_eq!(name("https://x.example.com/", "ocis"), None);
    }
}
