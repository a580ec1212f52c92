//! A part of the secret on one side: truncation, a lost prefix, a lost character.

use std::borrow::Cow;

use super::encoding::Bytes;
use super::step::{Change, NEW_DIGEST, text};
use crate::finding::Code;

/// The usual limits of fields, columns and programs, in characters: the lengths of 16, 20 and 32 bytes
/// in hex, of a UUID, of bcrypt's input, and numbers that people and databases choose, with one less
/// for a NUL byte at the end.
const LIMITS: [usize; 13] = [32, 36, 40, 50, 60, 63, 64, 72, 100, 127, 128, 255, 256];

/// The characters that end a value somewhere, as they are named in a message, and the program that
/// does it.
const ENDS: [(char, &str, &str); 10] = [
    ('#', "#", "an env file, YAML and a shell read a comment from there on"),
    (';', ";", "an INI file and a shell read the end of a value there"),
    (' ', "blank", "a shell and many files read the end of a value there"),
    ('$', "$", "a shell and Compose read a variable there"),
    ('&', "&", "a form and a shell read the end of a value there"),
    ('%', "%", "cron reads a line end there"),
    ('=', "=", "a program that splits NAME=VALUE at each = reads the end of the value there"),
    ('"', "\"", "a program read the end of a quoted text there"),
    ('\'', "'", "a program read the end of a quoted text there"),
    ('`', "`", "a shell read a command there"),
];

/// The characters after which a prefix of the secret ends.
const PREFIX_ENDS: [char; 3] = ['-', '_', ':'];

fn change(words: String, tells: &'static str, fix: &'static str) -> Change {
    let (words, tells) = (Cow::Owned(words), Cow::Borrowed(tells));
    Change { code: Code::IncompleteSecret, words, tells, fix }
}

/// Truncates a secret at the first of each character that ends a value somewhere.
pub(super) fn up_to_characters(secret: &str) -> impl Iterator<Item = (Change, Bytes)> {
    ENDS.iter().filter_map(move |(character, name, tells)| {
        let words = format!("truncating it at its first {name}");
        let (part, _) = secret.split_once(*character).filter(|(part, _)| !part.is_empty())?;
        Some((change(words, tells, NEW_DIGEST), text(part.to_owned())))
    })
}

/// Truncates a secret at each of the usual limits below its length.
pub(super) fn up_to_limits(secret: &str) -> impl Iterator<Item = (Change, Bytes)> {
    LIMITS.iter().filter_map(move |limit| {
        let (end, _) = secret.char_indices().nth(*limit)?;
        let words = format!("truncating it after {limit} characters");
        let tells = "a field, a column or a program takes no more";
        Some((change(words, tells, NEW_DIGEST), text(secret[..end].to_owned())))
    })
}

/// Removes the prefix of a secret up to the first of each character that ends one.
pub(super) fn without_prefixes(secret: &str) -> impl Iterator<Item = (Change, Bytes)> {
    PREFIX_ENDS.iter().filter_map(move |end| {
        let (_, rest) = secret.split_once(*end).filter(|(_, rest)| !rest.is_empty())?;
        let words = format!("removing everything up to its first {end}");
        let tells = "the digest was made without this prefix";
        Some((change(words, tells, NEW_DIGEST), text(rest.to_owned())))
    })
}

/// Adds each printable ASCII character at the end and at the beginning of a secret.
pub(super) fn with_missing_character(secret: &str) -> impl Iterator<Item = (Change, Bytes)> {
    let missing = |place: &str| {
        // The character is part of the secret and is not named.
        let words = format!("adding one character at the {place}");
        let tells = "it is missing in the application's secret";
        change(words, tells, "give the application the whole secret, copied from its source")
    };
    (' '..='~').flat_map(move |character| {
        [
            (missing("end"), text(format!("{secret}{character}"))),
            (missing("beginning"), text(format!("{character}{secret}"))),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncation_counts_characters() {
        let secret = "é".repeat(37);
        let lengths: Vec<_> = up_to_limits(&secret).map(|(_, part)| part.len() / 2).collect();
        assert_eq!(lengths, [32, 36]);
    }
}
