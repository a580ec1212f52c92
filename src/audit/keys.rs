//! Keys of a client: unknown ones, and those of versions before 4.38.

use crate::authelia::{ClientEntry, Field, Fields, RENAMED, client_keys, type_of};
use crate::finding::{Code, Finding};

use super::report::{Add, finding};

pub(super) fn check(entry: &ClientEntry, add: Add<'_>) {
    for field in entry.fields.iter() {
        let Field { key, line, .. } = field;
        match type_of(key) {
            // The keys of a merged mapping are read as the client's own.
            _ if key == "<<" => merged(field, add),
            None => {
                let message = unknown(key, client_keys());
                add(printable(key), *line, finding(Code::UnknownKey, message));
            }
            Some(_) => renamed(key, *line, entry, add),
        }
    }
}

fn merged(field: &Field, add: Add<'_>) {
    if field.value.text().is_some() {
        let message = "only a mapping or a list of mappings can be merged".to_owned();
        add("<<", field.line, finding(Code::UnknownValue, message));
    }
}

fn renamed(key: &str, line: u64, entry: &ClientEntry, add: Add<'_>) {
    let Some((_, new)) = RENAMED.iter().find(|(old, _)| *old == key) else { return };
    let found = if entry.fields.get(new).is_some() {
        let message = format!("{new} is given too, and is the one that counts");
        Finding::new(Code::RenamedKey, message, "Remove this key: Authelia ignores it.")
    } else {
        let message = format!("since version 4.38 the key is {new}");
        Finding::new(Code::RenamedKey, message, format!("Rename it to {new}."))
    };
    add(key, line, found);
}

/// Adds a finding for each key that is not one of these.
pub(super) fn unknown_keys(fields: &Fields, known: &[&str], add: Add<'_>) {
    for field in fields.iter().filter(|field| field.key != "<<") {
        unknown_key(field, known, add);
    }
}

fn unknown_key(field: &Field, known: &[&str], add: Add<'_>) {
    if !known.contains(&&*field.key) {
        let message = unknown(&field.key, known.iter().map(|key| (*key).to_owned()));
        add(printable(&field.key), field.line, finding(Code::UnknownKey, message));
    }
}

/// The message for an unknown key, with the known one that it resembles.
fn unknown(key: &str, known: impl Iterator<Item = String>) -> String {
    let plain = |key: &str| key.to_lowercase().replace(['_', '-'], "");
    let written = plain(key);
    let nearest = known.map(|known| (strsim::levenshtein(&written, &plain(&known)), known)).min();
    match nearest {
        Some((distance, known)) if distance <= written.len() / 4 => {
            format!("Authelia does not know this key; did you mean {known}?")
        }
        _ => "Authelia does not know this key".to_owned(),
    }
}

/// The key, if it is a word; any other text could be a secret in the wrong place.
pub(super) fn printable(key: &str) -> &str {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if key.len() <= 60 && key.chars().all(is_word) { key } else { "clients" }
}
