//! Selection of the settings that are printed: one of several alternatives, or the requested formats.

use oidc_secret::catalogue::{ResolvedApplication, Settings, SettingsFormat, Step};

use super::created::Format;
use super::left::Left;
use super::role::Role;
use super::wanted::WantedSecret;

/// Settings that are printed.
pub(super) struct Selected {
    pub(super) settings: Settings,
    pub(super) role: Role,
    /// Formats of the alternatives that are not printed, after the last of the step's settings.
    pub(super) other_forms: Vec<SettingsFormat>,
}

/// Selects settings of every step.
///
/// JSON has all of them: a program can choose among the alternatives itself.
pub(super) fn select(
    resolved: &ResolvedApplication,
    formats: &[SettingsFormat],
    format: Format,
    wanted: &WantedSecret,
) -> Vec<Selected> {
    let steps = resolved.steps();
    let selected = steps.iter().flat_map(|step| {
        let alternatives = if !formats.is_empty() {
            let requested = step.alternatives.iter().filter(|s| formats.contains(&s.format));
            requested.copied().collect()
        } else if format == Format::Text {
            vec![first_fitting(resolved, step, wanted)]
        } else {
            step.alternatives.clone()
        };
        of_step(step, &alternatives)
    });
    selected.collect()
}

/// Returns the steps of which nothing is printed.
pub(super) fn left(resolved: &ResolvedApplication, formats: &[SettingsFormat]) -> Vec<Left> {
    let is_left = |step: &Step<'_>| {
        !formats.is_empty() && !step.alternatives.iter().any(|s| formats.contains(&s.format))
    };
    let left = resolved.steps().into_iter().filter(is_left).map(|step| {
        let name = step.alternatives.first().map_or("", |settings| &settings.name).to_owned();
        let mut formats: Vec<_> = step.alternatives.iter().map(|s| s.format).collect();
        formats.dedup();
        Left { name, formats }
    });
    left.collect()
}

/// Returns the first alternative that can represent the values.
///
/// A random secret counts as representable: it is generated again until it is.
fn first_fitting<'a>(
    resolved: &ResolvedApplication,
    step: &Step<'a>,
    wanted: &WantedSecret,
) -> &'a Settings {
    let fits = |settings: &&&Settings| resolved.settings_text(settings, wanted.stand_in()).is_ok();
    step.alternatives.iter().find(fits).unwrap_or(&step.alternatives[0])
}

/// Returns the printed alternatives of a step, with their roles.
fn of_step(step: &Step<'_>, printed: &[&Settings]) -> Vec<Selected> {
    let is_printed =
        |settings: &Settings| printed.iter().any(|other| std::ptr::eq(*other, settings));
    let others = step.alternatives.iter().filter(|settings| !is_printed(settings));
    let mut other_forms: Vec<_> = others.map(|settings| settings.format).collect();
    other_forms.dedup();
    let selected = printed.iter().enumerate().map(|(index, settings)| Selected {
        settings: (*settings).clone(),
        role: match index {
            _ if printed.len() == 1 => Role::Only,
            0 => Role::First,
            _ => Role::Other,
        },
        other_forms: Vec::new(),
    });
    let mut selected: Vec<_> = selected.collect();
    if let Some(last) = selected.last_mut() {
        last.other_forms = other_forms;
    }
    selected
}
