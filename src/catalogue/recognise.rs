//! Which application a client is of.

use std::sync::OnceLock;

use super::applications;
use crate::authelia::Value;

/// What an application is known by, and how it authenticates.
pub(crate) struct Known {
    /// Its name.
    pub(crate) name: String,
    /// How it authenticates at the token endpoint.
    pub(crate) method: String,
    slug: String,
    ids: Vec<String>,
    /// The paths of its redirect URIs, with what is behind them.
    paths: Vec<String>,
}

/// The application that has this redirect URI, if there is one alone that has such a path, or if the
/// client's id or name is its own as well.
pub(crate) fn recognise(uri: &str, id: &str, name: Option<&str>) -> Option<&'static Known> {
    let path =
        uri.strip_prefix("https://").and_then(|rest| rest.find('/').map(|at| &rest[at..]))?;
    let candidates = || known().iter().filter(|known| known.paths.iter().any(|p| p == path));
    let is_its_own = |known: &&Known| {
        let is_name = |text: &str| text.eq_ignore_ascii_case(&known.slug) || *text == known.name;
        known.ids.iter().any(|known| known == id) || is_name(id) || name.is_some_and(is_name)
    };
    let mut named = candidates().filter(is_its_own);
    if let (Some(known), None) = (named.next(), named.next()) {
        return Some(known);
    }
    let mut all = candidates();
    all.next().filter(|_| is_special(path) && all.next().is_none())
}

/// Whether a path is unlikely to be that of applications that are not in the catalogue as well.
fn is_special(path: &str) -> bool {
    const USUAL: [&str; 45] = [
        "",
        "account",
        "accounts",
        "api",
        "auth",
        "authelia",
        "authorize",
        "authorized",
        "callback",
        "cb",
        "client",
        "code",
        "complete",
        "connect",
        "dex",
        "external",
        "generic",
        "index.php",
        "keycloak",
        "login",
        "oauth",
        "oauth-callback",
        "oauth2",
        "oauth_callback",
        "oidc",
        "oidc-callback",
        "oidc-signin",
        "openid",
        "openid-connect",
        "openid_connect",
        "provider",
        "redirect",
        "return",
        "security",
        "session",
        "settings",
        "signin",
        "signin-oidc",
        "sso",
        "user",
        "users",
        "v0",
        "v1",
        "v2",
        "web",
    ];
    path.contains('?') || path.split('/').any(|segment| !USUAL.contains(&segment))
}

fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let of = |application: super::Application| {
            let (name, slug) = (application.name, application.slug);
            application.clients.into_iter().filter_map(move |client| {
                // Who is public or has its secret built in has no choice of the method.
                let is_confidential = !client.is_public() && client.fixed_secret.is_none();
                let method = client.entry.text("token_endpoint_auth_method")?.to_owned();
                let Some(Value::List(redirects)) = client.entry.get("redirect_uris") else {
                    return None;
                };
                let paths = redirects.iter().filter_map(|uri| {
                    let path = uri.strip_prefix("{app}").filter(|path| !path.is_empty())?;
                    Some(path.replace("{ask:provider}", "authelia"))
                });
                let ids = client.entry.text("client_id").map(ToOwned::to_owned);
                is_confidential.then(|| Known {
                    name: name.clone(),
                    slug: slug.clone(),
                    method,
                    ids: ids.into_iter().collect(),
                    paths: paths.filter(|path| !path.contains('{')).collect(),
                })
            })
        };
        applications().flat_map(of).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_many_have_needs_the_name_as_well() {
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
