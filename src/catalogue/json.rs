//! Settings as JSON.

use serde::{Serialize, Serializer};

use super::setting::ResolvedSetting;
use super::tree::Tree;

impl Tree<'_> {
    /// Writes JSON in one line.
    pub(super) fn compact_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Writes JSON.
    pub(super) fn json(&self) -> String {
        // An error would come from a key that is not text, and all keys are.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// Only for JSON: serde knows neither the quotes nor the blocks of YAML.
impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Mapping(pairs) | Self::Block(pairs) => {
                serializer.collect_map(pairs.iter().map(|(key, child)| (key, child)))
            }
            Self::List(items) => serializer.collect_seq(items),
            Self::Value(setting) if setting.is_list => serializer.collect_seq(&*setting.texts),
            Self::Value(setting) => {
                let text = setting.texts.first().map_or("", |text| text);
                match literal(setting, text) {
                    Some(value) => value.serialize(serializer),
                    None => serializer.serialize_str(text),
                }
            }
        }
    }
}

/// Returns a number, truth value, object or list of JSON that the catalogue has as text.
fn literal(setting: &ResolvedSetting, text: &str) -> Option<serde_json::Value> {
    let is_json = setting.is_bare(text) || setting.is_literal && text.starts_with(['{', '[']);
    if is_json { serde_json::from_str(text).ok() } else { None }
}
