//! Source of a secret: a file, an environment variable, a program, standard input or a prompt.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use oidc_secret::{Secret, is_unsendable};
use zeroize::Zeroizing;

use super::secret_command;
use crate::cli::failure::Failure;
use crate::cli::input::{limited_secret, open, stdin, without_line_end};
use crate::cli::platform::permissions::is_public;
use crate::cli::platform::prompt::Prompt;
use crate::cli::terminal::output::warn;

/// Source of a secret.
#[derive(Args)]
#[command(next_help_heading = "Secret")]
pub(crate) struct SecretArgs {
    /// Read the secret from a file; `-` is standard input
    ///
    /// One trailing line end is dropped (see --raw). Without --secret-file, --secret-env and
    /// --secret-cmd the secret is read from standard input, or asked for on the terminal if that is one.
    #[arg(long, value_name = "PATH", group = "secret_source")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Read the secret from an environment variable
    #[arg(long, value_name = "NAME", group = "secret_source")]
    pub(crate) secret_env: Option<OsString>,
    /// Run a program that prints the secret, such as a password manager
    ///
    /// The text is split into words as by a shell, but no shell runs: `--secret-cmd 'pass show kasm'`.
    #[arg(long, value_name = "COMMAND", group = "secret_source")]
    pub(crate) secret_cmd: Option<String>,
    /// Take the secret as it is: keep a trailing line end, allow any bytes
    #[arg(long)]
    pub(crate) raw: bool,
}

/// Use of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A new digest: a prompt asks twice, and a secret that no application can send is refused.
    Hash,
    /// A comparison: a prompt asks once, and any bytes are compared.
    Verify,
    /// A comparison that is left out if there is no secret.
    Optional,
}

impl SecretArgs {
    /// Reads the secret. `stdin_is_taken`: standard input is the digest or the configuration.
    pub(crate) fn read(&self, purpose: Purpose, stdin_is_taken: bool) -> Result<Secret, Failure> {
        self.refuse_taken_stdin(stdin_is_taken)?;
        let (bytes, place) = self.bytes(purpose, stdin_is_taken)?;
        if bytes.is_empty() {
            return Err(Failure::new(format!("the secret is empty ({place})")));
        }
        self.checked(bytes, &place, purpose)
    }

    /// Reads the secret for a comparison; an empty input, and standard input that is something else, are
    /// no secret.
    pub(crate) fn read_optional(&self, stdin_is_taken: bool) -> Result<Option<Secret>, Failure> {
        if stdin_is_taken {
            return Ok(None);
        }
        let (bytes, place) = self.bytes(Purpose::Optional, stdin_is_taken)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.checked(bytes, &place, Purpose::Optional).map(Some)
    }

    /// Whether a flag says where the secret is.
    pub(crate) fn is_named(&self) -> bool {
        self.secret_file.is_some() || self.secret_env.is_some() || self.secret_cmd.is_some()
    }

    /// Checks that an application can send the secret.
    fn checked(
        &self,
        bytes: Zeroizing<Vec<u8>>,
        place: &str,
        purpose: Purpose,
    ) -> Result<Secret, Failure> {
        if let Some(character) = unsendable_character(&bytes) {
            let text = format!("the secret ({place}) has {character}");
            match purpose {
                _ if self.raw => {}
                Purpose::Verify | Purpose::Optional => warn(&text),
                Purpose::Hash => {
                    return Err(Failure::new(format!("{text}: no application can send it"))
                        .hint("--raw takes it as it is"));
                }
            }
        }
        Ok(bytes.into())
    }

    /// Refuses to read the secret from standard input if that is the digest or the configuration. No
    /// other error may hide this one: either text would be read as the other.
    pub(crate) fn refuse_taken_stdin(&self, stdin_is_taken: bool) -> Result<(), Failure> {
        match &self.secret_file {
            Some(path) if path.as_os_str() == "-" && stdin_is_taken => Err(Failure::new(
                "the secret and the digest or configuration cannot both be standard input",
            )
            .hint("read one of the two from a file")),
            _ => Ok(()),
        }
    }

    fn bytes(
        &self,
        purpose: Purpose,
        stdin_is_taken: bool,
    ) -> Result<(Zeroizing<Vec<u8>>, String), Failure> {
        if let Some(name) = &self.secret_env {
            return Ok((from_environment(name)?, "--secret-env".to_owned()));
        }
        let (bytes, place) = match (&self.secret_file, &self.secret_cmd) {
            (_, Some(command)) => {
                (secret_command::output(command)?, secret_command::PLACE.to_owned())
            }
            (Some(path), _) if path.as_os_str() != "-" => {
                (from_file(path)?, path.display().to_string())
            }
            // A secret typed into plain standard input would be echoed, so the prompt is used
            // instead.
            _ if stdin_is_taken || io::stdin().is_terminal() => {
                return Ok((from_prompt(purpose)?, "prompt".to_owned()));
            }
            _ => (limited_secret(stdin()?, "standard input")?, "standard input".to_owned()),
        };
        Ok((if self.raw { bytes } else { without_line_end(bytes) }, place))
    }
}

/// Describes the first character of a secret that a token endpoint would refuse. RFC 6749 appendix
/// A.2 allows %x20-7E; Authelia allows any letters, marks, numbers, punctuation, symbols and
/// spaces.
pub(crate) fn unsendable_character(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            return Some(format!("invalid UTF-8 from byte {} on", error.valid_up_to() + 1));
        }
    };
    let (index, character) = text.chars().enumerate().find(|(_, c)| is_unsendable(*c))?;
    let name = match character {
        '\0' => "a NUL byte",
        '\n' => "a line feed",
        '\r' => "a carriage return",
        '\t' => "a tab",
        '\u{2028}' | '\u{2029}' => "a line separator",
        '\u{feff}' => "a byte order mark",
        _ if character.is_control() => "a control character",
        _ => "an invisible character",
    };
    Some(format!("{name} (U+{:04X}) at position {}", u32::from(character), index + 1))
}

fn from_environment(name: &OsStr) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if let Some(value) = std::env::var_os(name) {
        return Ok(Zeroizing::new(value.into_encoded_bytes()));
    }
    // A word that does not look like the name of a variable may be the secret itself.
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    let shown = if name.as_encoded_bytes().iter().copied().all(plain) {
        name.to_string_lossy().into_owned()
    } else {
        "named by --secret-env".to_owned()
    };
    Err(Failure::new(format!("the environment variable {shown} is not set")))
}

fn from_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let file = open(path)?;
    let metadata = file.metadata().map_err(|error| Failure::io("read", path, &error))?;
    let bytes = limited_secret(file, &path.display().to_string())?;
    if metadata.is_file() && is_public(&metadata) {
        let path = path.display();
        warn(&format!("{path} can be read by every user of the machine; its mode should be 600"));
    }
    Ok(bytes)
}

fn from_prompt(purpose: Purpose) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut prompt = Prompt::open()?;
    let question = match purpose {
        Purpose::Optional => "Secret (empty if you do not have it): ",
        Purpose::Hash | Purpose::Verify => "Secret: ",
    };
    let secret = prompt.ask(question)?;
    if purpose == Purpose::Hash && !secret.is_empty() && *prompt.ask("Secret again: ")? != *secret {
        return Err(Failure::new("the two secrets entered are not the same"));
    }
    Ok(secret)
}

/// Refuses a secret on the command line before anything else is checked: no other error may hide
/// this one.
pub(crate) fn refuse_secrets(args: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    let mut command = None;
    for arg in args.skip(1).take_while(|arg| arg != "--") {
        let arg = arg.to_string_lossy();
        command = command.or_else(|| hint_of(&arg));
        let flag = arg.split('=').next().unwrap_or_default();
        if flag == "--password" || flag == "--secret" {
            let text = format!(
                "{flag} is refused: an argument is seen by every user of the machine and kept in \
                 the shell's history"
            );
            return Err(Failure::new(text).hint(command.unwrap_or(GIVE_SECRET)));
        }
    }
    Ok(())
}

const GIVE_SECRET: &str =
    "use --secret-file PATH, --secret-env NAME, --secret-cmd COMMAND, a pipe, or the prompt";

/// Returns what to type instead of a secret; `None` if a word is not the name of a command.
fn hint_of(command: &str) -> Option<&'static str> {
    match command {
        "hash" | "verify" | "diagnose" => Some(GIVE_SECRET),
        "new" | "rotate" => Some(
            "leave it out: the command makes the secret itself; --secret-out FILE writes it to a file",
        ),
        "rand" | "inspect" | "convert" | "list" | "audit" | "tune" | "apps" | "completions"
        | "man" => Some("leave it out: the command needs no secret"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_application_can_send_is_located() {
        assert_eq!(unsendable_character("pässwörd – \u{a0}🔑".as_bytes()), None);
        let mark = unsendable_character("\u{feff}secret".as_bytes()).unwrap();
        assert_eq!(mark, "a byte order mark (U+FEFF) at position 1");
        assert!(unsendable_character("se\u{200b}cret".as_bytes()).unwrap().contains("invisible"));
        assert_eq!(unsendable_character(b"a\0b").unwrap(), "a NUL byte (U+0000) at position 2");
        assert_eq!(
            unsendable_character("é\u{1b}".as_bytes()).unwrap(),
            "a control character (U+001B) at position 2"
        );
        assert_eq!(unsendable_character(b"ab\xff").unwrap(), "invalid UTF-8 from byte 3 on");
    }
}
