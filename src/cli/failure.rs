//! Why a command failed, in words: the one place that turns the library's errors into those of the
//! command line.

use std::path::Path;

use oidc_secret::error::{LimitError, ParameterError, ParameterName};
use oidc_secret::{Algorithm, Error};

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
            Self::BrokenPipe => Self::new("the output was closed early; nothing was changed"),
            other => other,
        }
    }

    /// A file that could not be read or written.
    pub(crate) fn io(action: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot {action} {}: {}", path.display(), reason(error)))
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

/// From the library's error, or from any error that the library gathers in it.
impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        match &error {
            Error::Parameter(error) => from_parameter(error),
            Error::Limit(LimitError::TooSlow { .. }) => {
                Self::new(error.to_string()).hint("--max-time lifts the limit")
            }
            Error::Limit(LimitError::TooLarge { .. }) => {
                Self::new(error.to_string()).hint("--max-memory lifts the limit")
            }
            _ => Self::new(error.to_string()),
        }
    }
}

/// Names the flag of the parameter.
fn from_parameter(error: &ParameterError) -> Failure {
    match *error {
        ParameterError::OutOfBounds { parameter, min, max, actual } => {
            let unit = if parameter == ParameterName::Memory { " KiB" } else { "" };
            Failure::new(format!("--{parameter} is {actual}{unit}, outside {min} to {max}"))
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

/// A flag that an algorithm does not have.
pub(crate) fn no_such_parameter(flag: &str, algorithm: Algorithm) -> Failure {
    Failure::new(format!("{algorithm} has no --{flag}"))
        .hint("leave it out, or choose another algorithm with -a")
}
