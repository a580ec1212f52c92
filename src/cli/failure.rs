//! Failures in words: the one place that turns the library's errors into those of the command line,
//! which name flags.

use std::path::Path;

use oidc_secret::error::{LimitError, ParameterError, ParameterName};
use oidc_secret::{Algorithm, Error};

/// Reason why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A message of one sentence, and a hint what to do.
    Message { text: String, hint: Option<String> },
    /// A signal at a prompt, which has restored the terminal.
    Interrupted { signal: i32 },
    /// The reader of standard output has closed it, as `head` does. This is a success.
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

    /// Adds the place: a file, a line, a client.
    pub(crate) fn at(self, place: impl std::fmt::Display) -> Self {
        match self {
            Self::Message { text, hint } => {
                Self::Message { text: format!("{place}: {text}"), hint }
            }
            other => other,
        }
    }

    /// For a change that follows once its secret is printed: an output closed early is then an
    /// error.
    pub(crate) fn before_change(self) -> Self {
        match self {
            Self::BrokenPipe => Self::new("the output was closed early; nothing was changed"),
            other => other,
        }
    }

    /// Returns an error of the system while reading or writing a file.
    pub(crate) fn io(action: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot {action} {}: {}", path.display(), reason(error)))
    }
}

/// Returns the system's reason without the error number that Rust appends.
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// The message without the hint.
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Message { text, .. } => f.write_str(text),
            Self::Interrupted { .. } => f.write_str("interrupted"),
            Self::BrokenPipe => f.write_str("the output was closed early"),
        }
    }
}

/// From the library's `Error`, or from an error that it gathers.
impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        match &error {
            Error::Parameter(error) => from_parameter(error),
            Error::Limit(LimitError::TooSlow { .. }) => {
                Self::new(error.to_string()).hint("raise the limit with --max-time")
            }
            Error::Limit(LimitError::TooLarge { .. }) => {
                Self::new(error.to_string()).hint("raise the limit with --max-memory")
            }
            _ => Self::new(error.to_string()),
        }
    }
}

/// Names the flag of a parameter.
fn from_parameter(error: &ParameterError) -> Failure {
    match *error {
        ParameterError::OutOfBounds { parameter, min, max, actual } => {
            let unit = if parameter == ParameterName::Memory { " KiB" } else { "" };
            Failure::new(format!(
                "--{parameter} is {actual}{unit}; it must be between {min} and {max}"
            ))
        }
        ParameterError::TooLarge { parameter, actual } => {
            Failure::new(format!("--{parameter} is {actual}, which is too large"))
        }
        ParameterError::NotAvailable { algorithm, parameter } => {
            no_such_parameter(parameter.name(), algorithm)
        }
        _ => Failure::new(error.to_string()),
    }
}

/// Failure for a flag that does not apply to an algorithm.
pub(crate) fn no_such_parameter(flag: &str, algorithm: Algorithm) -> Failure {
    Failure::new(format!("{algorithm} has no --{flag}"))
        .hint("leave it out, or choose another algorithm with -a")
}
