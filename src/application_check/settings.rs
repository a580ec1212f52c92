//! The settings of a resolved application: written with several secrets, and read back.

use super::numbers::numbers;
use super::problem::ApplicationProblem;
use super::read_back::read_back;
use crate::catalogue::{ResolvedApplication, Settings};
use crate::error::Error;

/// A secret of the usual characters, which every format must carry.
const PLAIN: &str = "7kVd~2Qb-a-sample.Rr9_xYh3wZ";

/// Secrets with characters that are special to a reader. A format may refuse them, but must not change
/// them.
const HOSTILE: [&str; 6] = [
    "it's \"$HOME\" #{x}",
    "${x} $$ `id` %(x)s",
    "a: b # c\\n\\",
    "</x> & {{ x }}",
    "true",
    "-x;=~^",
];

pub(super) fn check(resolved: &ResolvedApplication) -> Vec<ApplicationProblem> {
    let of_file = resolved.application().settings.iter().map(|settings| &settings.variant);
    let numbers = numbers(of_file, resolved.settings.iter().map(|settings| &settings.variant));
    let numbered = resolved.settings.iter().zip(numbers);
    let checked = numbered.filter_map(|(settings, number)| {
        let place = format!("settings {number} ({})", settings.name);
        problem(resolved, settings).map(|message| ApplicationProblem::new(place, message))
    });
    checked.collect()
}

/// Returns the problem of settings, if there is one.
fn problem(resolved: &ResolvedApplication, settings: &Settings) -> Option<String> {
    if let Err(problem) = with_secret(resolved, settings, PLAIN) {
        return Some(problem);
    }
    let hostile = HOSTILE.iter().filter(|_| settings.has_secret());
    // A secret that the format refuses is not a problem: `new` generates another one.
    let mut accepted = hostile.filter(|secret| resolved.settings_text(settings, secret).is_ok());
    accepted.find_map(|secret| with_secret(resolved, settings, secret).err())
}

/// Writes settings with a secret, and reads them back.
fn with_secret(
    resolved: &ResolvedApplication,
    settings: &Settings,
    secret: &str,
) -> Result<(), String> {
    let words = |error: Error| error.to_string();
    let text = resolved.settings_text(settings, secret).map_err(words)?;
    let expected = values_with_secret(resolved, settings, secret).map_err(words)?;
    read_back(settings.format, &text, &expected)
}

/// Returns the values that contain the secret, and of a list those items.
fn values_with_secret(
    resolved: &ResolvedApplication,
    settings: &Settings,
    secret: &str,
) -> Result<Vec<String>, Error> {
    const PLACEHOLDER: &str = "{client_secret}";
    let values = resolved.settings_values(settings, secret)?;
    let pairs = settings.values.iter().zip(&values);
    let texts = pairs.flat_map(|((_, template), (_, value))| {
        template
            .texts()
            .iter()
            .zip(value.texts())
            .filter(|(template, _)| template.contains(PLACEHOLDER))
    });
    Ok(texts.map(|(_, text)| text.clone()).collect())
}
