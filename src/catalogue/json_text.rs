//! Variables whose text is JSON: `NAME>.a.b` is the key `b` of the object `a` in the variable `NAME`.

use zeroize::Zeroizing;

use super::setting::{ResolvedSetting, Unrepresentable, ensure_unique};
use super::tree::Tree;

/// Replaces the settings of each such variable by one setting with its JSON, at the place of the first.
pub(super) fn join(
    settings: Vec<ResolvedSetting>,
) -> Result<Vec<ResolvedSetting>, Unrepresentable> {
    let mut joined = Vec::new();
    let mut rest = settings.into_iter().peekable();
    while let Some(first) = rest.next() {
        let Some((variable, _)) = first.label.split_once(">.") else {
            joined.push(first);
            continue;
        };
        let variable = variable.to_owned();
        let mut parts = vec![within(first)];
        while let Some(part) = rest.next_if(|part| is_in(part, &variable)) {
            parts.push(within(part));
        }
        let json = Tree::document(&parts)
            .map_err(|error| Unrepresentable { label: variable.clone(), ..error })?
            .compact_json();
        joined.push(ResolvedSetting {
            label: variable,
            texts: Zeroizing::new(vec![json]),
            is_list: false,
            is_literal: false,
        });
    }
    ensure_unique(&joined)?;
    Ok(joined)
}

fn is_in(setting: &ResolvedSetting, variable: &str) -> bool {
    setting.label.split_once(">.").is_some_and(|(name, _)| name == variable)
}

/// Returns the setting with the path inside of the JSON as its label.
fn within(mut setting: ResolvedSetting) -> ResolvedSetting {
    if let Some((_, path)) = setting.label.split_once(">.") {
        setting.label = path.to_owned();
    }
    setting
}
