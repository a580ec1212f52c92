//! Settings as their reader finds them.
//!
//! Only the formats with a reader in the library are read. The tests of the formats read the others with
//! programs of their languages, which a user need not have.

use crate::authelia::yaml_texts;
use crate::catalogue::SettingsFormat;

/// Checks that a text is valid in its format, and has these values.
pub(super) fn read_back(
    format: SettingsFormat,
    text: &str,
    expected: &[String],
) -> Result<(), String> {
    let Some(texts) = texts(format, text) else { return Ok(()) };
    let texts = texts
        .map_err(|message| format!("the result is not valid in the format {format}: {message}"))?;
    let is_found =
        |value: &String| texts.iter().any(|text| text == value || has_inside(text, value));
    if expected.iter().all(is_found) {
        Ok(())
    } else {
        Err(format!("a reader of the format {format} does not find the secret again"))
    }
}

/// Returns the texts that a reader of the format finds; `None` for a format without one.
fn texts(format: SettingsFormat, text: &str) -> Option<Result<Vec<String>, String>> {
    let yaml = || yaml_texts(text).map_err(|error| error.to_string());
    Some(match format {
        SettingsFormat::Yaml | SettingsFormat::Flat => yaml(),
        // Compose replaces variables in the texts that YAML finds.
        SettingsFormat::Compose => {
            yaml().map(|texts| texts.into_iter().map(|text| text.replace("$$", "$")).collect())
        }
        SettingsFormat::Json => json(text),
        SettingsFormat::Toml => toml(text),
        _ => return None,
    })
}

fn json(text: &str) -> Result<Vec<String>, String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut texts = Vec::new();
    let mut left = vec![&value];
    while let Some(value) = left.pop() {
        texts.extend(value.as_str().map(ToOwned::to_owned));
        left.extend(value.as_array().into_iter().flatten());
        left.extend(value.as_object().into_iter().flat_map(serde_json::Map::values));
    }
    Ok(texts)
}

fn toml(text: &str) -> Result<Vec<String>, String> {
    let table: toml::Table =
        toml::from_str(text).map_err(|error| error.message().replace('\n', " "))?;
    let mut texts = Vec::new();
    let mut left: Vec<&toml::Value> = table.values().collect();
    while let Some(value) = left.pop() {
        texts.extend(value.as_str().map(ToOwned::to_owned));
        left.extend(value.as_array().into_iter().flatten());
        left.extend(value.as_table().into_iter().flat_map(toml::Table::values));
    }
    Ok(texts)
}

/// Whether a text is itself YAML or JSON with this value, such as that of the label `NAME>.a`.
fn has_inside(text: &str, value: &str) -> bool {
    yaml_texts(text).is_ok_and(|texts| texts.len() > 1 && texts.iter().any(|text| text == value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_text_and_a_changed_value_are_found() {
        let read = |format: &str, text: &str| {
            read_back(format.parse().unwrap(), text, &["it's $x".to_owned()])
        };
        for (format, sound, invalid, changed) in [
            ("yaml", "a: ['it''s $x']", "a: [", "a: its"),
            ("flat", "a.b: 'it''s $x'", "a: 1\na: 2", "a.b: its $x"),
            ("compose", "a: 'it''s $$x'", "a: b: c", "a: it's x"),
            ("json", "{\"a\": [{\"b\": \"it's $x\"}]}", "{", "{\"a\": \"x\"}"),
            ("toml", "a.b = [\"it's $x\"]", "a = 1\na = 2", "a = 1"),
            ("yaml", "a: |\n  b: it's $x\n", "a: |\nb", "a: 'b: its'"),
        ] {
            assert_eq!(read(format, sound), Ok(()), "{format}");
            let problem = read(format, invalid).unwrap_err();
            assert!(problem.contains("not valid in the format"), "{format}: {problem}");
            let problem = read(format, changed).unwrap_err();
            assert!(problem.contains("does not find the secret"), "{format}: {problem}");
        }
        assert_eq!(read("php", "<?php"), Ok(()));
    }
}
