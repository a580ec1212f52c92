//! Recognition of a client's application by its redirect URI.

use std::sync::OnceLock;

use super::application::{Application, ClientTemplate};
use super::embedded::applications;
use crate::authelia::Value;

/// A client of the catalogue.
pub(crate) struct KnownClient {
    /// The application's name.
    pub(crate) name: &'static str,
    /// Its method of authentication at the token endpoint.
    pub(crate) method: &'static str,
    /// Whether the application or its version decides on the method.
    pub(crate) has_configurable_method: bool,
    pub(crate) is_public: bool,
    pub(super) application: &'static Application,
    pub(super) template: &'static ClientTemplate,
    /// The paths of its redirect URIs, each with its query; for a URI that does not belong to a web
    /// page, the whole URI.
    paths: Vec<String>,
    /// Whether the administrator chooses a redirect URI or a part of its path.
    pub(super) has_open_path: bool,
}

impl KnownClient {
    /// Whether a client's id or name is that of this client or its application.
    pub(super) fn is_named(&self, id: &str, name: Option<&str>) -> bool {
        let Application { slug, name: own, .. } = self.application;
        let entry = |key| self.template.entry.text(key);
        let names = [Some(&**slug), Some(&**own), entry("client_name")];
        let is_name = |text: &str| names.iter().flatten().any(|own| text.eq_ignore_ascii_case(own));
        entry("client_id") == Some(id) || is_name(id) || name.is_some_and(is_name)
    }

    /// Whether a client's id or name has that of this client or its application in it, between other
    /// words.
    pub(super) fn is_mentioned(&self, id: &str, name: Option<&str>) -> bool {
        let usual = self.template.entry.text("client_id");
        let own = [Some(&*self.application.slug), Some(&*self.application.name), usual];
        let is_in = |text: &str| own.iter().flatten().any(|own| text.contains(&words(own)));
        is_in(&words(id)) || name.is_some_and(|name| is_in(&words(name)))
    }

    /// Whether it has the path of a redirect URI.
    pub(super) fn has_path(&self, path: &str) -> bool {
        self.paths.iter().any(|own| own == path)
    }

    /// Whether the path of a redirect URI ends in one of its own, as below a path of the web server.
    pub(super) fn has_end_of(&self, path: &str) -> bool {
        self.paths.iter().any(|own| path.ends_with(own))
    }

    /// Whether the audit has the same to say about two clients: variants of an application often differ
    /// in other keys only.
    fn is_like(&self, other: &Self) -> bool {
        let key = |known: &Self| (known.name, known.method, known.is_public);
        key(self) == key(other)
    }
}

/// Returns the client of the catalogue that a redirect URI belongs to.
///
/// Its path alone is enough if no other application has it and it is not a common one; otherwise the
/// client's id or name has to match too.
pub(crate) fn recognise(uri: &str, id: &str, name: Option<&str>) -> Option<&'static KnownClient> {
    let path = path(uri)?;
    let candidates = || known().iter().filter(|known| known.has_path(path));
    let named = only(candidates().filter(|known| known.is_named(id, name)));
    named.or_else(|| only(candidates()).filter(|_| is_distinctive(path)))
}

/// Returns the words of a text in lower case, with a blank around each.
fn words(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |all, word| all + &word.to_lowercase() + " ")
}

/// Returns the path of a redirect URI, with its query; for a URI that does not belong to a web page, the
/// whole URI.
pub(super) fn path(uri: &str) -> Option<&str> {
    match uri.strip_prefix("https://") {
        Some(rest) => rest.find('/').map(|at| &rest[at..]),
        None => Some(uri),
    }
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
pub(super) fn is_distinctive(path: &str) -> bool {
    !path.starts_with("http://")
        && (path.contains('?') || path.split('/').any(|segment| !USUAL.contains(&segment)))
}

/// Returns the clients of the catalogue. Those with a built-in secret are left out: their method is not
/// the administrator's choice.
pub(super) fn known() -> &'static [KnownClient] {
    static APPLICATIONS: OnceLock<Vec<Application>> = OnceLock::new();
    static KNOWN: OnceLock<Vec<KnownClient>> = OnceLock::new();
    let all = || APPLICATIONS.get_or_init(|| applications().collect());
    KNOWN.get_or_init(|| all().iter().flat_map(known_clients).collect())
}

fn known_clients(application: &'static Application) -> impl Iterator<Item = KnownClient> {
    application.clients.iter().filter_map(move |client| known_client(application, client))
}

fn known_client(
    application: &'static Application,
    template: &'static ClientTemplate,
) -> Option<KnownClient> {
    let ClientTemplate { entry, fixed_secret: None, .. } = template else { return None };
    let is_public = template.is_public();
    let method = entry.text("token_endpoint_auth_method").or(is_public.then_some("none"))?;
    let uris = match entry.get("redirect_uris") {
        Some(Value::List(uris)) => &uris[..],
        _ => &[],
    };
    let is_open = |uri: &String| uri.contains("{input:") || known_path(uri).is_none();
    Some(KnownClient {
        name: &application.name,
        method,
        has_configurable_method: template.configurable_method,
        is_public,
        application,
        template,
        paths: uris.iter().filter_map(|uri| known_path(uri)).collect(),
        has_open_path: uris.is_empty() || uris.iter().any(is_open),
    })
}

/// Returns the path of a template of a redirect URI; `None` if only the administrator knows it.
fn known_path(template: &str) -> Option<String> {
    let path = template.strip_prefix("{app}").or_else(|| path(template))?;
    // The input is the provider's name in the application, and nearly always this.
    let path = path.replace("{input:provider}", "authelia");
    Some(path).filter(|path| !path.is_empty() && !path.contains('{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_path_is_recognised_only_with_a_name() {
        let name = |uri: &str, id: &str| recognise(uri, id, None).map(|known| known.name);
        let kasm = Some("Kasm Workspaces");
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
