//! `new --app`: the clients of an application in the catalogue.

use std::collections::BTreeSet;
use std::fmt;

use oidc_secret::Alphabet;
use oidc_secret::authelia::ExtraConfig;
use oidc_secret::catalogue::{Application, SettingsFormat, Values};
use oidc_secret::error::{CatalogueError, Error};

use super::args::NewArgs;
use super::claims::put_into_id_token;
use super::client::NewClient;
use super::completion::complete;
use super::ids::Ids;
use super::side::Side;
use super::wanted::WantedSecret;
use crate::cli::catalogue;
use crate::cli::failure::Failure;
use crate::cli::terminal::output::warn;
use crate::cli::terminal::questions;

/// Returns the clients of the application that the arguments name.
pub(super) fn prepare(
    slug: &str,
    args: &NewArgs,
    alphabet: &Alphabet,
) -> Result<Vec<NewClient>, Failure> {
    let application = find(slug, args)?;
    let mut values = args.application.values()?;
    values.name.clone_from(&args.name);
    complete(&application, args, &mut values)?;
    let mut id_bits = None;
    if args.id.is_some() || args.id_length.is_some() {
        let ids = Ids::new(args.id.as_ref(), args.id_length, alphabet)?;
        (values.id, id_bits) = (Some(ids.next()?), ids.bits());
    }
    let clients = resolved_clients(&application, &values, id_bits, args)?;
    if values.authelia.as_ref().is_some_and(|url| !url.is_https()) {
        warn(
            "Authelia's URL starts with http://, but Authelia serves OpenID Connect only over https://",
        );
    }
    let count = |is_counted: fn(&WantedSecret) -> bool| {
        clients.iter().filter(|client| is_counted(&client.secret)).count()
    };
    let random = count(|secret| matches!(secret, WantedSecret::Random));
    check_file("--secret-out", args.secret_out.as_ref(), random)?;
    let all = count(|secret| !matches!(secret, WantedSecret::None));
    check_file("--digest-out", args.digest_out.as_ref(), all)?;
    Ok(clients)
}

/// Checks that a file gets one secret, or one digest.
fn check_file(flag: &str, path: Option<&String>, secrets: usize) -> Result<(), Failure> {
    let text = match (path, secrets) {
        (Some(_), 0) => "the client is public and has no secret to write",
        (Some(_), 2..) => "the application has several clients with secrets",
        _ => return Ok(()),
    };
    Err(Failure::new(text).hint(format!("leave out {flag}")))
}

/// Returns the application that a word means. On a terminal, one of several is chosen.
fn find(word: &str, args: &NewArgs) -> Result<Application, Failure> {
    let found = catalogue::find(word);
    if found.is_ok() || args.no_input || !questions::can_ask() {
        return found;
    }
    let options = catalogue::all().into_iter().map(Choice).collect();
    questions::choice("Application:", options, word).map(|Choice(application)| application)
}

/// An application in a list to choose from.
struct Choice(Application);

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0.name, self.0.slug)
    }
}

/// Returns the clients of an application with everything but their secrets.
pub(super) fn resolved_clients(
    application: &Application,
    values: &Values,
    id_bits: Option<f64>,
    args: &NewArgs,
) -> Result<Vec<NewClient>, Failure> {
    let slug = &*application.slug;
    let mut resolved = application.resolve(values).map_err(|error| explained(slug, error))?;
    // In a table of several applications the flag is for those that have claims to put there.
    if args.application.id_token_claims && !put_into_id_token(&mut resolved)? && args.from.is_none()
    {
        let text = format!("{slug} has no claims policy in the catalogue");
        return Err(Failure::new(text).hint("leave out --id-token-claims"));
    }
    let has = |format: &&SettingsFormat| {
        resolved.settings.iter().any(|settings| settings.format == **format)
    };
    if let Some(format) = args.application.settings.iter().find(|format| !has(format)) {
        let formats: BTreeSet<_> =
            resolved.settings.iter().map(|settings| settings.format.name()).collect();
        let formats: Vec<_> = formats.into_iter().collect();
        let text = format!("{slug} has no settings in the format {}", format.name());
        let known = if formats.is_empty() { "none".to_owned() } else { formats.join(", ") };
        return Err(Failure::new(text).hint(format!("its formats are: {known}")));
    }
    let prepared = resolved.clients.iter().enumerate().map(|(index, client)| {
        let text = |key| client.entry.text(key).map(ToOwned::to_owned);
        let secret = match &client.fixed_secret {
            Some(secret) => WantedSecret::Fixed(secret.clone()),
            None if client.is_public() => WantedSecret::None,
            None => WantedSecret::Random,
        };
        let side = Side::new(&resolved, index, &secret, args);
        NewClient {
            id: text("client_id").unwrap_or_default(),
            id_bits: id_bits.filter(|_| side.is_first()),
            name: text("client_name"),
            entry: client.entry.clone(),
            secret,
            parts: ExtraConfig::default(),
            endpoints: None,
            side: Some(side),
        }
    });
    let prepared: Vec<_> = prepared.collect();
    for client in &prepared {
        client.side.iter().try_for_each(|side| side.check(&client.secret, args))?;
    }
    Ok(prepared)
}

/// Describes an error of the catalogue, and names the flag that mends it.
fn explained(slug: &str, error: Error) -> Failure {
    let hint = match &error {
        Error::Catalogue(CatalogueError::MissingInput { name, .. }) => {
            format!("add --set {name}=VALUE")
        }
        Error::Catalogue(CatalogueError::MissingAppUrl) => "add --app-url https://…".to_owned(),
        Error::Catalogue(CatalogueError::MissingAutheliaUrl) => {
            "add --authelia-url https://…".to_owned()
        }
        _ => format!("see `oidc-secret apps {slug}`"),
    };
    Failure::from(error).at(slug).hint(hint)
}
