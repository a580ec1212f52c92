//! Variables of a service in a Compose file.

use zeroize::Zeroizing;

use super::setting::{ResolvedSetting, Unrepresentable, lines};
use super::tree::Tree;
use super::yaml::yaml_key;
use crate::authelia::single_quoted;

/// Writes a Compose file. Labels are variables of one service, or paths that begin with `services.`
/// among such variables.
///
/// Every `$` of a value is doubled, because Compose expands variables even between single quotes.
pub(super) fn services(
    slug: &str,
    mut settings: Vec<ResolvedSetting>,
) -> Result<String, Unrepresentable> {
    for text in settings.iter_mut().flat_map(|setting| setting.texts.iter_mut()) {
        *text = Zeroizing::new(std::mem::take(text)).replace('$', "$$");
    }
    let first = settings.iter().find_map(|setting| setting.label.strip_prefix("services."));
    match first.and_then(|path| path.split('.').next()).map(ToOwned::to_owned) {
        Some(service) => {
            place_variables(&mut settings, &service);
            Ok(Tree::document(&settings)?.yaml())
        }
        None => variables(slug, &settings),
    }
}

/// Turns the labels that are names of variables into paths in a service.
fn place_variables(settings: &mut [ResolvedSetting], service: &str) {
    for setting in settings.iter_mut().filter(|setting| !setting.label.contains('.')) {
        setting.label = format!("services.{service}.environment.{}", setting.label);
    }
}

/// Writes a service with nothing but variables, whose names may have any character but `=`.
fn variables(service: &str, settings: &[ResolvedSetting]) -> Result<String, Unrepresentable> {
    let variables = lines(settings, |setting| {
        if setting.label.is_empty() || setting.label.contains('=') {
            return Err("a variable's name must not be empty or contain =");
        }
        Ok(format!("      {}: {}", yaml_key(&setting.label), single_quoted(&setting.line())))
    })?;
    Ok(format!("services:\n  {}:\n    environment:\n{variables}", yaml_key(service)))
}
