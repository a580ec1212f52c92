//! Sample values, with which an application is tried.

use super::problem::ApplicationProblem;
use crate::authelia::Value;
use crate::catalogue::{Application, ResolvedApplication, Values};
use crate::error::{CatalogueError, Error};

/// Returns the application in each of its variants, or the problem of the variant. An unknown input is left
/// out: the check of the placeholders reports it with its place.
pub(super) fn resolved(
    application: &Application,
) -> Vec<Result<ResolvedApplication, Option<ApplicationProblem>>> {
    let mut variants: Vec<_> = application.variants().into_iter().map(Some).collect();
    if variants.is_empty() {
        variants.push(None);
    }
    let resolve = |variant: Option<&str>| {
        let resolved = application.resolve(&values(application, variant));
        resolved.map_err(|error| problem(application, variant, &error))
    };
    variants.into_iter().map(resolve).collect()
}

fn problem(
    application: &Application,
    variant: Option<&str>,
    error: &Error,
) -> Option<ApplicationProblem> {
    if let Error::Catalogue(CatalogueError::MissingInput { name, .. }) = error
        && !application.inputs.contains_key(name)
    {
        return None;
    }
    let place = variant.map_or("clients".to_owned(), |name| format!("the variant {name}"));
    Some(ApplicationProblem::new(place, error.to_string()))
}

fn values(application: &Application, variant: Option<&str>) -> Values {
    let required = application.inputs.iter().filter(|(_, input)| input.default.is_none());
    let inputs = required.map(|(name, _)| (name.clone(), input(application, name).to_owned()));
    Values {
        app: "https://app.example.com".parse().ok(),
        authelia: "https://auth.example.com".parse().ok(),
        inputs: inputs.collect(),
        variant: variant.map(ToOwned::to_owned),
        ..Values::default()
    }
}

/// Returns a value for an input: a URI if a redirect URI begins with it, otherwise a word, which fits
/// everywhere else.
fn input(application: &Application, name: &str) -> &'static str {
    let placeholder = format!("{{input:{name}}}");
    let entries = application.clients.iter().map(|client| &client.entry);
    let mut uris = entries.flat_map(|entry| match entry.get("redirect_uris") {
        Some(Value::List(uris)) => &uris[..],
        _ => &[],
    });
    if uris.any(|uri| uri.starts_with(&placeholder)) {
        "https://input.example.net/callback"
    } else {
        "input"
    }
}
