//! The one place that turns errors into words and exit codes.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use oidc_secret::Error;

use super::output::{self, Stdout};

/// Why a command did not come to a result.
#[derive(Debug)]
pub(crate) enum Failure {
    /// One sentence on what is wrong, and perhaps one on what to do.
    Message { text: String, hint: Option<String> },
    /// A signal came at a prompt, after which the terminal is as it was.
    Interrupted { signal: i32 },
    /// Nobody reads the output any more.
    BrokenPipe,
}

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self::Message { text: text.into(), hint: None }
    }

    /// Adds what to do about it.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        match self {
            Self::Message { text, .. } => Self::Message { text, hint: Some(hint.into()) },
            other => other,
        }
    }

    /// Says where it happened: a file, a line, a client.
    pub(crate) fn at(self, place: impl std::fmt::Display) -> Self {
        match self {
            Self::Message { text, hint } => {
                Self::Message { text: format!("{place}: {text}"), hint }
            }
            other => other,
        }
    }

    /// For what is changed only once its secret is printed: here nobody reading is no success.
    pub(crate) fn before_change(self) -> Self {
        match self {
            Self::BrokenPipe => Self::new("nobody reads the output, so that nothing was changed"),
            other => other,
        }
    }

    /// A file that could not be read or written.
    pub(crate) fn io(action: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot {action} {}: {}", path.display(), reason(error)))
    }

    /// Prints the failure and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::BrokenPipe => ExitCode::SUCCESS,
            Self::Interrupted { signal } => ExitCode::from(u8::try_from(128 + signal).unwrap_or(2)),
            Self::Message { text, hint } => {
                output::message("error", &text);
                if let Some(hint) = hint {
                    output::message("hint", &hint);
                }
                ExitCode::from(2)
            }
        }
    }

    /// What clap has to say: help on standard output, anything else as a failure.
    ///
    /// Values are left out, and so is anything that resembles no flag: it may be a secret.
    pub(crate) fn usage(error: &clap::Error) -> Result<ExitCode, Self> {
        if matches!(error.kind(), ErrorKind::DisplayHelp) {
            let text = error.render();
            let text = if output::colours() { text.ansi().to_string() } else { text.to_string() };
            Stdout::open()?.write(text.as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
        if lost_its_dollars(error) {
            return Err(Self::new("the digest has lost its $ fields: the shell replaced them")
                .hint("put the digest between single quotes"));
        }
        let mut text = usage_text(error);
        for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg] {
            if let Some(suggestion) = context(error, kind) {
                let _ = write!(text, "; did you mean {suggestion}?");
            }
        }
        let command = std::env::args_os().nth(1).and_then(|name| name.into_string().ok());
        let command = command.filter(|name| super::man::is_command(name));
        let command = command.map(|name| format!(" {name}")).unwrap_or_default();
        Err(Self::new(text).hint(format!("see `oidc-secret{command} --help`")))
    }
}

/// Whether an unknown flag is what a shell leaves of `"$pbkdf2-sha512$310000$…"`: it takes
/// `$pbkdf2` for a variable, and `-sha512…` remains.
fn lost_its_dollars(error: &clap::Error) -> bool {
    const REST: [&str; 5] = ["-sha1", "-sha224", "-sha256", "-sha384", "-sha512"];
    let args: Vec<_> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    error.kind() == ErrorKind::UnknownArgument
        && args.get(1).is_some_and(|command| command == "verify")
        && args.iter().any(|arg| REST.iter().any(|rest| arg.starts_with(rest)))
}

fn usage_text(error: &clap::Error) -> String {
    let flag = context(error, ContextKind::InvalidArg).unwrap_or_default();
    let flag = flag.split([' ', '=']).next().unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidValue => match context(error, ContextKind::ValidValue) {
            Some(values) => format!("{flag} takes one of: {values}"),
            None => format!("{flag} needs a value"),
        },
        ErrorKind::ValueValidation => {
            let source = std::error::Error::source(error);
            let reason = match source {
                Some(source) if source.is::<std::num::ParseIntError>() => {
                    "it must be a whole number, and not too large".to_owned()
                }
                Some(source) => source.to_string(),
                None => "see the help".to_owned(),
            };
            format!("the value of {flag} is not valid: {reason}")
        }
        // What is like no flag at all may be a secret.
        ErrorKind::UnknownArgument if error.get(ContextKind::SuggestedArg).is_some() => {
            format!("unknown flag {flag}")
        }
        ErrorKind::UnknownArgument if flag.starts_with('-') => "unknown flag".to_owned(),
        ErrorKind::UnknownArgument => {
            "an argument too many (a secret is never an argument)".to_owned()
        }
        ErrorKind::InvalidSubcommand => "unknown command".to_owned(),
        ErrorKind::MissingRequiredArgument => {
            let missing = context(error, ContextKind::InvalidArg).unwrap_or_default();
            format!("missing: {missing}")
        }
        ErrorKind::ArgumentConflict => {
            let prior = context(error, ContextKind::PriorArg).unwrap_or_default();
            let prior = prior.split(' ').next().unwrap_or_default();
            match prior {
                "" => format!("{flag} excludes another flag that is given"),
                _ if prior == flag => format!("{flag} is given more than once"),
                _ => format!("{flag} and {prior} exclude each other"),
            }
        }
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8".to_owned(),
        _ => format!("{flag} has a wrong number of values"),
    }
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) if !texts.is_empty() => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The system's reason, without Rust's error number behind it.
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// What is wrong, in one sentence.
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Message { text, .. } => f.write_str(text),
            Self::Interrupted { .. } => f.write_str("interrupted"),
            Self::BrokenPipe => f.write_str("nobody reads the output"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match &error {
            Error::OutOfBounds { parameter, min, max, actual } => {
                let unit = if *parameter == "memory" { " KiB" } else { "" };
                Self::new(format!("--{parameter} is {actual}{unit}, outside {min} to {max}"))
            }
            Error::TooSlow { .. } => {
                Self::new(error.to_string()).hint("--max-time lifts the limit")
            }
            Error::TooLarge { .. } => {
                Self::new(error.to_string()).hint("--max-memory lifts the limit")
            }
            _ => Self::new(error.to_string()),
        }
    }
}
