//! The application that a client of a configuration is for, and where it has the client secret.

use std::ptr;

use super::application::{Application, ClientTemplate, Settings};
use super::recognise::{KnownClient, is_distinctive, known, path};
use super::secret_setting::SecretSetting;

/// An application that a client was recognised as.
#[derive(Debug, Clone)]
pub struct Recognised {
    application: &'static Application,
    /// The clients of the application that it may be: several if variants do not differ in their
    /// redirect URIs.
    templates: Vec<&'static ClientTemplate>,
}

impl Recognised {
    /// Recognises a client by its id, its name and its redirect URIs.
    ///
    /// A redirect URI decides if its path is unusual and belongs to one application only. Otherwise the id
    /// or the name must have the application's name in it. If the path is another, but the application may
    /// have it too, the id or the name must be the usual one.
    ///
    /// ```
    /// use oidc_secret::catalogue::Recognised;
    ///
    /// let uris = ["https://kasm.example.com/api/oidc_callback".to_owned()];
    /// let kasm = Recognised::of("kasm", None, &uris).unwrap();
    /// assert_eq!(kasm.application().name, "Kasm Workspaces");
    /// assert_eq!(kasm.secret_settings()[0].label.as_deref(), Some("Client Secret"));
    /// assert!(Recognised::of("shop", None, &uris[..0]).is_none());
    /// ```
    #[must_use]
    pub fn of(id: &str, name: Option<&str>, redirect_uris: &[String]) -> Option<Self> {
        let paths: Vec<&str> = redirect_uris.iter().filter_map(|uri| path(uri)).collect();
        let has_any = |known: &KnownClient, paths: &[&str]| paths.iter().any(|p| known.has_path(p));
        let distinctive: Vec<&str> = paths.iter().copied().filter(|p| is_distinctive(p)).collect();
        let named = |known: &KnownClient| known.is_named(id, name);
        // An id such as `vault` alone says nothing if the application has other redirect URIs.
        let may_have = |known: &KnownClient| {
            redirect_uris.is_empty()
                || known.has_open_path
                || paths.iter().any(|path| known.has_end_of(path))
        };
        let mentioned = |known: &KnownClient| known.is_mentioned(id, name);
        Self::only(&|known| has_any(known, &paths) && named(known))
            .or_else(|| Self::only(&|known| has_any(known, &paths) && mentioned(known)))
            .or_else(|| Self::only(&|known| has_any(known, &distinctive)))
            .or_else(|| Self::only(&|known| named(known) && may_have(known)))
    }

    /// Returns the application of these clients of the catalogue, if it is only one.
    fn only(is_candidate: &dyn Fn(&KnownClient) -> bool) -> Option<Self> {
        let candidates: Vec<_> = known().iter().filter(|known| is_candidate(known)).collect();
        let application = candidates.first()?.application;
        let is_only = candidates.iter().all(|known| ptr::eq(known.application, application));
        let templates = candidates.iter().map(|known| known.template).collect();
        is_only.then_some(Self { application, templates })
    }

    /// Returns the application.
    #[must_use]
    pub fn application(&self) -> &'static Application {
        self.application
    }

    /// Returns the settings that have the client's secret, each once. They are those of the client's
    /// variant, or of all variants that it may be, which are then alternatives.
    #[must_use]
    pub fn secret_settings(&self) -> Vec<SecretSetting> {
        let (mut found, mut in_group) = (Vec::<SecretSetting>::new(), false);
        let mut first_variant = None;
        for settings in self.application.settings.iter().filter(|settings| self.has(settings)) {
            // An alternative is one only to settings that have the secret too.
            in_group &= settings.alternative;
            for mut setting in settings.secret_settings() {
                let variant = *first_variant.get_or_insert(&settings.variant);
                setting.alternative = in_group || *variant != settings.variant;
                let place = |s: &SecretSetting| (s.name.clone(), s.file.clone(), s.label.clone());
                if !found.iter().any(|other| place(other) == place(&setting)) {
                    found.push(setting);
                }
            }
            in_group |= settings.has_secret();
        }
        found
    }

    /// Whether settings are for this client: the secret in settings is that of the first client of their
    /// variant.
    fn has(&self, settings: &Settings) -> bool {
        self.templates.iter().any(|template| {
            let mut clients = self.application.clients.iter();
            let first = clients.find(|client| client.variant == template.variant);
            first.is_some_and(|first| ptr::eq(first, *template))
                && (settings.variant.is_none() || settings.variant == template.variant)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authelia::Value;
    use crate::catalogue::values::Values;

    /// The confidential clients of an application, of each variant, as `new` writes them.
    fn clients(application: &Application) -> Vec<ClientTemplate> {
        let values = |variant: Option<&str>| Values {
            app: "https://some.example.com".parse().ok(),
            authelia: "https://auth.example.com".parse().ok(),
            variant: variant.map(ToOwned::to_owned),
            inputs: application
                .inputs
                .iter()
                .filter(|(_, input)| input.default.is_none())
                .map(|(name, _)| (name.clone(), "https://some.example.com/x".to_owned()))
                .collect(),
            ..Values::default()
        };
        let variants = application.variants();
        let variants = variants.into_iter().map(Some).chain([None]);
        let resolved = variants.map(|variant| application.resolve(&values(variant)).unwrap());
        let clients = resolved.flat_map(|resolved| resolved.clients);
        clients.filter(|client| !client.is_public() && client.fixed_secret.is_none()).collect()
    }

    fn recognised(client: &ClientTemplate, id: &str, name: Option<&str>) -> Option<Recognised> {
        let uris = match client.entry.get("redirect_uris") {
            Some(Value::List(uris)) => uris.clone(),
            _ => Vec::new(),
        };
        Recognised::of(id, name, &uris)
    }

    #[test]
    fn every_application_is_recognised_by_its_usual_id_or_its_name() {
        let (mut all, mut by_uri, mut by_part) = (0, 0, 0);
        for application in crate::catalogue::applications() {
            for client in clients(&application) {
                let entry = |key| client.entry.text(key);
                let id = entry("client_id").unwrap();
                let slug = |found: Option<Recognised>| found.map(|f| &*f.application.slug);
                let own = Some(&*application.slug);
                assert_eq!(slug(recognised(&client, id, None)), own);
                assert_eq!(slug(recognised(&client, "x", entry("client_name"))), own);
                if client.entry.get("redirect_uris").is_some() {
                    let longer = format!("{id}-2");
                    by_part += usize::from(slug(recognised(&client, &longer, None)) == own);
                }
                // Without either the path decides, and never for another application.
                let found = slug(recognised(&client, "x", None));
                assert!(found.is_none() || found == own, "{found:?} for {own:?}");
                all += 1;
                by_uri += usize::from(found.is_some());
            }
        }
        println!(
            "{by_uri} of {all} clients are recognised by their redirect URIs alone, {by_part} with an id \
             that has the usual one in it"
        );
        assert!(all > 100 && by_uri > 40 && by_part > 120, "{by_uri} and {by_part} of {all}");
    }

    #[test]
    fn an_application_is_recognised_only_by_its_own_signs() {
        let slug = |id: &str, name: Option<&str>, uri: &str| {
            Recognised::of(id, name, &[uri.to_owned()]).map(|found| &*found.application.slug)
        };
        let git = "https://git.example.com/user/oauth2/authelia/callback";
        // Gitea and Forgejo have the same path.
        assert_eq!(slug("x", None, git), None);
        assert_eq!(slug("home-gitea", None, git), Some("gitea"));
        assert_eq!(slug("x", Some("Our Forgejo"), git), Some("forgejo"));
        assert_eq!(slug("gitea", Some("Forgejo"), git), None);
        assert_eq!(slug("mygitea", None, git), None);
        // With another provider's name in the path only the usual id or name counts.
        let below = "https://x.example.com/tools/user/oauth2/sso/callback";
        assert_eq!(slug("gitea", None, below), Some("gitea"));
        assert_eq!(slug("home-gitea", None, below), None);
        // Below a path of the web server too.
        let below = "https://x.example.com/tools/login/generic_oauth";
        assert_eq!(slug("grafana", None, below), Some("grafana"));
        // Other redirect URIs than the application's are those of another application.
        let bitwarden = "https://x.example.com/identity/connect/oidc-signin";
        assert_eq!(slug("vault", None, bitwarden), Some("vaultwarden"));
        assert_eq!(slug("vault", None, "https://x.example.com/safe/login"), None);
        assert_eq!(slug("vault", None, "https://x.example.com"), None);
        // A redirect URI is a stronger sign than an id alone.
        let grafana = "https://x.example.com/login/generic_oauth";
        assert_eq!(slug("gitea", None, grafana), Some("grafana"));
    }

    #[test]
    fn the_redirect_uri_tells_the_variant() {
        let settings = |uri: &str| {
            let found = Recognised::of("nextcloud", None, &[uri.to_owned()]).unwrap();
            found.secret_settings()
        };
        let login = settings("https://x.example.com/apps/oidc_login/oidc");
        assert_eq!(login.len(), 1);
        assert_eq!(login[0].label.as_deref(), Some("oidc_login_client_secret"));
        let user = settings("https://x.example.com/apps/user_oidc/code");
        assert!(user.iter().all(|setting| setting.label != login[0].label));
        let both = Recognised::of("nextcloud", None, &[]).unwrap().secret_settings();
        assert_eq!(both.len(), login.len() + user.len());
        assert!(!both[0].alternative && both[1..].iter().all(|setting| setting.alternative));
    }
}
