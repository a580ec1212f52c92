//! `new NAME`: clients of applications that are not in the catalogue.

use oidc_secret::Provider;
use oidc_secret::authelia::Endpoints;

use super::args::NewArgs;
use super::completion::{configured_portals, known_authelia_url};
use super::created::Format;
use super::entry_args::redirect_uri;
use crate::cli::catalogue;
use crate::cli::failure::Failure;
use crate::cli::terminal::output::hint;
use crate::cli::terminal::questions;

/// Returns the redirect URIs. An entry without one is accepted by Authelia, but every sign-in fails, so
/// that a configuration gets none.
pub(super) fn redirect_uris(args: &NewArgs) -> Result<Vec<String>, Failure> {
    let given = &args.entry.redirect_uri;
    if !given.is_empty() || args.write.is_none() {
        return Ok(given.clone());
    }
    if args.no_input || !questions::can_ask() {
        return Err(Failure::new("--write needs the redirect URI of the application")
            .hint("add --redirect-uri https://…: the application shows or documents it"));
    }
    let is_uri = |text: &str| redirect_uri(text).map(drop).map_err(ToOwned::to_owned);
    Ok(vec![questions::text("Redirect URI of the application:", None, is_uri)?])
}

/// Returns Authelia's endpoints, which the application's settings need.
pub(super) fn endpoints(args: &NewArgs, redirect_uris: &[String]) -> Option<Endpoints> {
    if args.digest.provider() != Provider::Authelia {
        return None;
    }
    let url = known_authelia_url(args, &configured_portals(args), redirect_uris);
    // With a redirect URI somebody is setting up an application. A configuration without the URL is a part
    // of one, whose owner knows it.
    let is_set_up = !redirect_uris.is_empty() && args.write.is_none();
    if url.is_none() && args.format == Format::Text && is_set_up {
        hint("with --authelia-url https://… the output has the issuer and its endpoints");
    }
    url.map(|url| Endpoints::of(&url.to_string()))
}

/// Says how to use the catalogue's entry, if the name is that of an application in it. It is for the end, since
/// nobody looks for a hint above the result.
pub(super) fn name_application(args: &NewArgs) {
    let (Some(name), None) = (args.name.as_deref(), &args.application.app) else { return };
    if let [application] = &catalogue::meant(name)[..] {
        let (slug, name) = (&application.slug, &application.name);
        hint(&format!(
            "{name} is in the catalogue: `oidc-secret new --app {slug}` also makes the entry and its \
             settings"
        ));
    }
}
