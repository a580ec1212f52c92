//! Applications of the catalogue and of the user's files, and what belongs to the application of `--app`.

use clap::ArgMatches;
use clap_complete::engine::CompletionCandidate;
use oidc_secret::catalogue::{Application, SettingsFormat};

use super::candidate::candidate;
use crate::cli::catalogue;

/// Returns the slugs of all applications, with their names.
pub(super) fn slugs(_: &ArgMatches) -> Vec<CompletionCandidate> {
    catalogue::all().iter().filter_map(|app| candidate(&app.slug, Some(&app.name))).collect()
}

/// Returns the formats of the application's settings, each once; without an application all formats.
pub(super) fn formats(given: &ArgMatches) -> Vec<CompletionCandidate> {
    let application = application(given);
    let has = |format: &&SettingsFormat| {
        let settings = application.as_ref().map(|app| &app.settings);
        settings.is_none_or(|settings| settings.iter().any(|one| one.format == **format))
    };
    let formats = SettingsFormat::ALL.iter().filter(has);
    formats.filter_map(|format| candidate(format.name(), None)).collect()
}

/// Returns the application's variants.
pub(super) fn variants(given: &ArgMatches) -> Vec<CompletionCandidate> {
    let Some(application) = application(given) else { return Vec::new() };
    application.variants().into_iter().filter_map(|name| candidate(name, None)).collect()
}

/// Returns the names of the application's inputs, each with the `=` before its value.
pub(super) fn inputs(given: &ArgMatches) -> Vec<CompletionCandidate> {
    let Some(application) = application(given) else { return Vec::new() };
    let inputs = application.inputs.iter();
    inputs.filter_map(|(name, input)| candidate(&format!("{name}="), Some(&input.about))).collect()
}

/// Returns the application of `--app`.
fn application(given: &ArgMatches) -> Option<Application> {
    catalogue::find(given.get_one::<String>("app")?).ok()
}
