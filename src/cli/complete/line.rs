//! The line that is completed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, Command};

/// Returns the arguments of the command on the line, as far as it can be parsed: it is not complete yet.
///
/// A completer is given the word at the cursor only, so the others come from the arguments of this
/// process: they are after the first `--`.
pub(super) fn arguments(root: Command) -> Option<ArgMatches> {
    let words: Vec<_> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    let (words, _) = joined(words, 0);
    let words = words.into_iter().map(with_home);
    let given = root.ignore_errors(true).try_get_matches_from(words).ok()?;
    given.subcommand().map(|(_, given)| given.clone())
}

/// Whether the line has a `--`, after which no word is a flag.
pub(super) fn has_escape() -> bool {
    std::env::args_os().filter(|word| word == "--").nth(1).is_some()
}

/// Joins the words that bash has split at `=` and `:`, and returns them with the new index of one of them.
///
/// bash splits `--app=kasm` into three words and `https://kasm.example.com` into three. It does not tell
/// where the blanks were, but a word of `=` and `:` alone has no meaning on this command line.
pub(super) fn joined(words: Vec<OsString>, index: usize) -> (Vec<OsString>, usize) {
    let mut joined: Vec<OsString> = Vec::new();
    let (mut new_index, mut continues) = (index, false);
    for (number, word) in words.into_iter().enumerate() {
        let is_separator = is_separator(&word);
        match joined.last_mut() {
            Some(last) if continues || is_separator => last.push(word),
            _ => joined.push(word),
        }
        continues = is_separator;
        if number == index {
            new_index = joined.len() - 1;
        }
    }
    (joined, new_index)
}

/// Whether a word is one that bash has split off.
pub(super) fn is_separator(word: &OsString) -> bool {
    !word.is_empty() && word.as_encoded_bytes().iter().all(|byte| b"=:".contains(byte))
}

/// Returns a word without the quotes and backslashes that the shell would remove.
pub(super) fn unquoted(word: OsString) -> OsString {
    match word.to_str().and_then(shlex::split).as_deref() {
        Some([text]) => text.into(),
        _ => word,
    }
}

/// Returns a word as the shell would pass it to the program. Variables remain: their values are not in
/// this process's environment unless they are exported.
fn with_home(word: OsString) -> OsString {
    let word = unquoted(word);
    let rest = word.to_str().and_then(|text| text.strip_prefix("~/"));
    let home = std::env::var_os("HOME").map(PathBuf::from);
    rest.zip(home).map_or_else(|| word.clone(), |(rest, home)| home.join(rest).into_os_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn words_that_bash_split_are_joined() {
        for (words, index, expected, new_index) in [
            ("p new --app ka", 3, "p new --app ka", 3),
            ("p new --app = ka", 4, "p new --app=ka", 2),
            ("p new --url https : //a.b --app ka", 7, "p new --url https://a.b --app ka", 5),
            ("p --set a = b : c x", 7, "p --set a=b:c x", 3),
            ("p --url http := x", 3, "p --url http:=x", 2),
            ("= x", 1, "=x", 0),
        ] {
            assert_eq!(joined(split(words), index), (split(expected), new_index), "{words}");
        }
        assert_eq!(joined(vec!["p".into(), "".into()], 1), (vec!["p".into(), "".into()], 1));
    }

    #[test]
    fn quotes_are_removed() {
        for (word, expected) in [
            ("plain", "plain"),
            (r"my\ file", "my file"),
            ("'my file'", "my file"),
            (r#"--config="my file""#, "--config=my file"),
            // Open quotes, no word at all, and more than one word.
            ("'my fi", "'my fi"),
            ("", ""),
            ("a b", "a b"),
        ] {
            assert_eq!(unquoted(word.into()), OsString::from(expected), "{word}");
        }
    }
}
