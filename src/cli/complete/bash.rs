//! Adapter to bash, which splits words at `=` and `:`, and writes a value into the line as it is.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::complete;
use clap_complete::env::{self, EnvCompleter};

use super::line::{is_separator, joined, unquoted};

/// The line of the script that removes what is after the cursor from the word at the cursor.
const REPLACE_WORD: &str = r#"words[COMP_CWORD]="$2""#;
/// The same, except for a separator. Right after `=` bash passes an empty `$2`, which would replace the
/// `=`, and `--set realm=` would be `--set realm ` with a new word.
const REPLACE_OTHER_WORD: &str = r#"[[ ${words[COMP_CWORD]} == [=:]* ]] || words[COMP_CWORD]="$2""#;

/// bash. It differs from the adapter of `clap_complete`, whose script it uses, in three ways.
///
/// The script keeps a separator at the cursor ([`REPLACE_OTHER_WORD`]). After `--app=` that adapter takes the value for a word of its own. And a value with a blank or `$(…)`,
/// such as the name of a file, must be quoted, since bash would otherwise run it with the line.
pub(super) struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        env::Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        env::Bash.is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        binary: &str,
        completer: &str,
        output: &mut dyn Write,
    ) -> Result<(), Error> {
        let mut script = Vec::new();
        env::Bash.write_registration(variable, name, binary, completer, &mut script)?;
        let script = String::from_utf8_lossy(&script);
        output.write_all(script.replace(REPLACE_WORD, REPLACE_OTHER_WORD).as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        output: &mut dyn Write,
    ) -> Result<(), Error> {
        let index = variable("_CLAP_COMPLETE_INDEX").and_then(|index| index.parse().ok());
        let index: usize = index.unwrap_or_default();
        let typed = words.get(index).cloned().unwrap_or_default();
        let (mut words, index) = joined(words, index);
        let Some(word) = words.get_mut(index) else { return Ok(()) };
        // bash replaces only what is after the last `=` or `:`.
        let replaced = if is_separator(&typed) { 0 } else { typed.len() };
        let text = word.to_string_lossy();
        let kept = text.get(..text.len().saturating_sub(replaced)).unwrap_or_default().to_owned();
        *word = unquoted(std::mem::take(word));
        let values: Vec<_> = complete(command, words, index, folder)?
            .iter()
            // A flag is offered after `realm=` too, but does not begin with it.
            .filter_map(|value| value.get_value().to_str()?.strip_prefix(&kept))
            .filter(|value| !value.is_empty())
            .map(quoted)
            .collect();
        let separator = variable("_CLAP_IFS").unwrap_or_else(|| "\n".to_owned());
        output.write_all(values.join(&separator).as_bytes())
    }
}

/// Returns a variable that the script sets.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Puts a backslash before each character that is special to bash. Quotes would hide the `/` or `=` at
/// the end, after which the script adds no blank.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || !c.is_ascii() || "-_./=:,@+%~".contains(c);
    let mut quoted = String::new();
    for character in value.chars() {
        if !is_plain(character) {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_script_keeps_a_separator() {
        let mut script = Vec::new();
        Bash.write_registration("V", "n", "n", "n", &mut script).unwrap();
        assert!(String::from_utf8(script).unwrap().contains(REPLACE_OTHER_WORD));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// bash itself is the oracle. A file's name may have almost any character.
        #[test]
        fn bash_reads_a_quoted_value_back(value in "\\PC{1,20}") {
            let script = format!("printf %s ./{}", quoted(&value));
            let output = Command::new("bash").args(["-c", &script]).output();
            prop_assert_eq!(output.unwrap().stdout, format!("./{value}").into_bytes());
        }
    }
}
