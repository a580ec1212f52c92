//! Recognition of a client's application by its redirect URI.

use std::sync::OnceLock;

use super::application::{Application, ClientTemplate};
use super::embedded::applications;
use crate::authelia::Value;

/// A client of the catalogue.
pub(crate) struct KnownClient {
    /// The application's name.
    pub(crate) name: String,
    /// Its method of authentication at the token endpoint.
    pub(crate) method: String,
    /// Whether the application or its version decides on the method.
    pub(crate) has_configurable_method: bool,
    pub(crate) is_public: bool,
    slug: String,
    id: Option<String>,
    /// The paths of its redirect URIs, each with its query; for a URI that does not belong to a web
    /// page, the whole URI.
    paths: Vec<String>,
}

impl KnownClient {
    /// Whether a client's id or name is that of this client or its application.
    fn is_named(&self, id: &str, name: Option<&str>) -> bool {
        let is_name = |text: &str| text.eq_ignore_ascii_case(&self.slug) || *text == self.name;
        self.id.as_deref() == Some(id) || is_name(id) || name.is_some_and(is_name)
    }

    /// Whether the audit has the same to say about two clients: variants of an application often differ
    /// in other keys only.
    fn is_like(&self, other: &Self) -> bool {
        (&self.slug, &self.method, self.is_public) == (&other.slug, &other.method, other.is_public)
    }
}

/// Returns the client of the catalogue that a redirect URI belongs to.
///
/// Its path alone is enough if no other application has it and it is not a common one; otherwise the
/// client's id or name has to match too.
pub(crate) fn recognise(uri: &str, id: &str, name: Option<&str>) -> Option<&'static KnownClient> {
    let path = match uri.strip_prefix("https://") {
        Some(rest) => rest.find('/').map(|at| &rest[at..])?,
        None => uri,
    };
    let candidates = || known().iter().filter(|known| known.paths.iter().any(|p| p == path));
    let named = only(candidates().filter(|known| known.is_named(id, name)));
    named.or_else(|| only(candidates()).filter(|_| is_distinctive(path)))
}

/// Returns the first client if the others are like it.
fn only<'k>(mut clients: impl Iterator<Item = &'k KnownClient>) -> Option<&'k KnownClient> {
    let first = clients.next()?;
    clients.all(|other| first.is_like(other)).then_some(first)
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
/// a segment that is not one of the usual words. Programs that listen on this machine share their URIs.
fn is_distinctive(path: &str) -> bool {
    !path.starts_with("http://")
        && (path.contains('?') || path.split('/').any(|segment| !USUAL.contains(&segment)))
}

fn known() -> &'static [KnownClient] {
    static KNOWN: OnceLock<Vec<KnownClient>> = OnceLock::new();
    let of = |application: Application| {
        let Application { name, slug, clients, .. } = application;
        clients.into_iter().filter_map(move |client| known_client(&name, &slug, &client))
    };
    KNOWN.get_or_init(|| applications().flat_map(of).collect())
}

/// A client with a built-in secret is left out: its method is not the administrator's choice.
fn known_client(name: &str, slug: &str, client: &ClientTemplate) -> Option<KnownClient> {
    let ClientTemplate { entry, fixed_secret: None, .. } = client else { return None };
    let is_public = client.is_public();
    let method = entry.text("token_endpoint_auth_method").or(is_public.then_some("none"))?;
    let Some(Value::List(uris)) = entry.get("redirect_uris") else { return None };
    let paths = uris.iter().filter_map(|uri| {
        let path = uri.strip_prefix("{app}").unwrap_or(uri);
        // The input is the provider's name in the application, and nearly always this.
        Some(path.replace("{input:provider}", "authelia")).filter(|path| !path.is_empty())
    });
    Some(KnownClient {
        name: name.to_owned(),
        method: method.to_owned(),
        has_configurable_method: client.configurable_method,
        is_public,
        slug: slug.to_owned(),
        id: entry.text("client_id").map(ToOwned::to_owned),
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
        assert_eq!(name("https://x.example.com/", "other"), None);
        assert_eq!(name("http://localhost:8085/auth/callback", "other"), None);
        assert_eq!(name("http://localhost:8085/auth/callback", "argocd-cli").unwrap(), "Argo CD");
        assert_eq!(name("app.immich:///oauth-callback", "photos").unwrap(), "Immich");
        assert_eq!(
            name("https://x.example.com/user/oauth2/authelia/callback", "forgejo").unwrap(),
            "Forgejo"
        );
    }
}
