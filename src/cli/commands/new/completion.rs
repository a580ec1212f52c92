//! Values that an application needs and the command line does not give: they come from Authelia's
//! configuration, or are asked for.

use std::path::Path;

use oidc_secret::authelia::{Portal, portals};
use oidc_secret::catalogue::{Application, Url, Values};
use oidc_secret::error::CatalogueError;

use super::args::NewArgs;
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::terminal::questions;

/// Returns Authelia's URL for a client of an application that is not in the catalogue: the one given, or
/// that of the configuration with these portals.
pub(super) fn known_authelia_url(
    args: &NewArgs,
    portals: &[Portal],
    redirect_uris: &[String],
) -> Option<Url> {
    let given = args.application.authelia_url.clone();
    given.or_else(|| {
        let app = redirect_uris.first().and_then(|uri| site(uri));
        authelia_url(portals, app.as_ref())
    })
}

/// Returns the portals of the configuration of `--write`.
pub(super) fn configured_portals(args: &NewArgs) -> Vec<Portal> {
    args.write.as_deref().map(known_portals).unwrap_or_default()
}

/// Returns the scheme and the host of a URI.
fn site(uri: &str) -> Option<Url> {
    let (scheme, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    format!("{scheme}://{authority}").parse().ok()
}

/// Completes the values for an application.
pub(super) fn complete(
    application: &Application,
    args: &NewArgs,
    values: &mut Values,
) -> Result<(), Failure> {
    // A large configuration is read once more only for values that it may have.
    if values.authelia.is_some() && application.missing(values).is_empty() {
        return Ok(());
    }
    let portals = configured_portals(args);
    if values.authelia.is_none() {
        values.authelia = authelia_url(&portals, values.app.as_ref());
    }
    let missing = application.missing(values);
    if missing.is_empty() {
        return Ok(());
    }
    if args.no_input || !questions::can_ask() {
        let is_redirected = !args.no_input && questions::is_redirected();
        return Err(all_missing(application, &missing, is_redirected));
    }
    for missing in missing {
        ask(application, &missing, &portals, values)?;
    }
    Ok(())
}

/// Returns the portals of a configuration. A file that cannot be read is reported when it is opened for
/// the change.
fn known_portals(path: &Path) -> Vec<Portal> {
    // Standard input cannot be read twice, and is refused for a change.
    if path.as_os_str() == "-" || !path.is_file() {
        return Vec::new();
    }
    input::config_file(path).map(|text| portals(&text)).unwrap_or_default()
}

/// Returns Authelia's URL if there is only one, or one for the application's domain.
fn authelia_url(portals: &[Portal], app: Option<&Url>) -> Option<Url> {
    let is_of_app = |portal: &&Portal| {
        app.is_some_and(|app| app.host().ends_with(&format!(".{}", portal.domain)))
    };
    let portal = match portals {
        [only] => Some(only),
        several => several.iter().filter(is_of_app).max_by_key(|portal| portal.domain.len()),
    };
    portal?.url.as_ref()?.parse().ok()
}

/// Names everything that is missing, with the flags that give it.
fn all_missing(
    application: &Application,
    missing: &[CatalogueError],
    is_redirected: bool,
) -> Failure {
    let (mut what, mut flags) = (Vec::new(), Vec::new());
    for error in missing {
        let (thing, flag) = match error {
            CatalogueError::MissingAppUrl => {
                ("the application's URL".to_owned(), "--app-url https://…".to_owned())
            }
            CatalogueError::MissingAutheliaUrl => {
                ("Authelia's URL".to_owned(), "--authelia-url https://…".to_owned())
            }
            CatalogueError::MissingInput { name, about } => {
                (about.clone(), format!("--set {name}=VALUE"))
            }
            _ => continue,
        };
        what.push(thing);
        flags.push(flag);
    }
    let text = format!("{} needs {}", application.name, what.join(", "));
    let why = if is_redirected {
        "; nothing was asked, since standard output is not a terminal: --out FILE writes the settings"
    } else {
        ""
    };
    Failure::new(text).hint(format!("add {}{why}", flags.join(" ")))
}

/// Asks for a missing value.
fn ask(
    application: &Application,
    missing: &CatalogueError,
    portals: &[Portal],
    values: &mut Values,
) -> Result<(), Failure> {
    match missing {
        CatalogueError::MissingAppUrl => {
            let question = format!("URL of {}:", application.name);
            let proposal = app_url(application, portals, values.authelia.as_ref());
            values.app = Some(url(&question, proposal.as_deref())?);
        }
        CatalogueError::MissingAutheliaUrl => {
            let of_app = authelia_url(portals, values.app.as_ref()).map(|url| url.to_string());
            let first = || portals.iter().find_map(|portal| portal.url.clone());
            let usual = || Some(format!("https://auth.{}", values.app.as_ref()?.domain()));
            let proposal = of_app.or_else(first).or_else(usual);
            values.authelia = Some(url("URL of Authelia:", proposal.as_deref())?);
        }
        CatalogueError::MissingInput { name, about } => {
            let is_given = |text: &str| {
                if text.is_empty() { Err("a value is needed".to_owned()) } else { Ok(()) }
            };
            let value = questions::text(&format!("{}:", capitalised(about)), None, is_given)?;
            values.inputs.insert(name.clone(), value);
        }
        _ => {}
    }
    Ok(())
}

fn url(question: &str, proposal: Option<&str>) -> Result<Url, Failure> {
    let is_url = |text: &str| match text.parse::<Url>() {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    };
    Ok(questions::text(question, proposal, is_url)?.parse()?)
}

/// Proposes the application's usual subdomain below the domain that Authelia protects.
fn app_url(
    application: &Application,
    portals: &[Portal],
    authelia: Option<&Url>,
) -> Option<String> {
    let domain = portals.first().map(|portal| &*portal.domain).or(authelia.map(Url::domain))?;
    Some(format!("https://{}.{domain}", application.subdomain.as_ref()?))
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}
