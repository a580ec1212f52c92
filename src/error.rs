//! The errors of all modules, gathered: each is declared beside the code that returns it.
//!
//! No error holds any part of a secret or of a digest beyond one character and its position:
//! what was given as a digest may well be a secret in the wrong place.

pub use crate::authelia::error::{ConfigError, EditError};
pub use crate::cost::LimitError;
pub use crate::digest::error::{
    DeriveError, Field, ParameterError, ParameterName, ParseError, Problem,
};
pub use crate::kernel::UnknownKernel;
pub use crate::provider::{Unsupported, UnsupportedBy};

use crate::digest::Algorithm;

/// What can go wrong in this library.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter of a new digest, or the secret for it, is not allowed.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// An alphabet needs at least two distinct characters, none of them a control character or a
    /// line break.
    #[error("{0}")]
    Alphabet(#[from] AlphabetError),
    /// A client id breaks the provider's rules.
    #[error("{0}")]
    ClientId(#[from] ClientIdError),
    /// A string is not a digest that this library reads.
    #[error(transparent)]
    Digest(#[from] ParseError),
    /// A digest would cost more than the limits.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A key cannot be derived.
    #[error(transparent)]
    Derive(#[from] DeriveError),
    /// A digest that Authelia does not read as a client's secret.
    #[error("this is a {algorithm} digest, which Authelia does not read as a client's secret")]
    NotReadByAuthelia {
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// A system does not support a digest.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedBy),
    /// The system's random number generator failed.
    #[error("the system's random number generator failed: {0}")]
    Random(String),
    /// There is no such kernel on this CPU, or another one is in use already.
    #[error(transparent)]
    Kernel(#[from] UnknownKernel),
    /// A provider's configuration could not be read.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// A configuration cannot be changed as it should be.
    #[error("{0}")]
    Edit(#[from] EditError),
    /// Something is wrong with the catalogue of applications, or was asked of it that it has not.
    #[error("{0}")]
    Catalogue(#[from] CatalogueError),
}

/// Why a set of characters cannot be drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AlphabetError {
    /// Fewer than two distinct characters.
    #[error("the characters to draw from must be at least 2 different ones, and are {0}")]
    TooFew(usize),
    /// A control character or a line break, which would end the line that the value is on.
    #[error("the characters to draw from hold the line break or control character U+{0:04X}")]
    Control(u32),
}

/// Why a client id is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// The client id is empty.
    #[error("the client id is empty")]
    Empty,
    /// The client id is longer than the provider allows.
    #[error("the client id has {actual} characters: at most {max} are allowed")]
    TooLong {
        /// The number of characters given.
        actual: usize,
        /// The provider's limit.
        max: usize,
    },
    /// A character that is not unreserved (RFC 3986 §2.3).
    #[error(
        "the client id has `{}` at position {position}: only A-Z a-z 0-9 - . _ ~ are allowed",
        character.escape_debug()
    )]
    Character {
        /// The character's position, counted from 1.
        position: usize,
        /// The offending character.
        character: char,
    },
}

/// What is wrong with the catalogue, or with what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// There is no application of this name.
    #[error("there is no application `{slug}`{}", similar_names(similar))]
    Unknown {
        /// The name.
        slug: String,
        /// Names that resemble it.
        similar: Vec<String>,
    },
    /// A file is not what a file of the catalogue is.
    #[error("the file of {slug}{}: {message}", place(*line))]
    Malformed {
        /// The application.
        slug: String,
        /// The line, counted from 1; 0 where the parser does not know it.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Not the URL of an application or of Authelia.
    #[error("{reason}: a URL is needed, as in https://app.example.com")]
    Url {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A value is missing.
    #[error("{what} is missing")]
    Missing {
        /// What it is.
        what: String,
        /// The name of the question, if it is one of the application's own.
        name: Option<String>,
    },
    /// An answer to a question that the application does not ask.
    #[error("it does not ask for `{name}`{}", known_names(known))]
    Answer {
        /// The name that was given.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// An answer that is empty, or has a control character or a line break.
    #[error("the value of {name} is empty, or has a line break or another control character")]
    BadAnswer {
        /// The name of the question.
        name: String,
    },
    /// A setting that a form cannot carry to its reader.
    #[error("the setting {label} cannot be written in the form {form}: {why}")]
    Unrepresentable {
        /// The form's name.
        form: &'static str,
        /// The label of the setting.
        label: String,
        /// The reason, without the value: it may be a secret.
        why: &'static str,
    },
    /// A redirect URI that is none once it is filled in.
    #[error(
        "`{uri}` is not a redirect URI: it must be absolute, as in https://app.example.com/callback"
    )]
    Redirect {
        /// What stands there.
        uri: String,
    },
    /// A variant that the application does not have.
    #[error("it has no such variant{}", known_names(known))]
    Variant {
        /// The names that there are.
        known: Vec<String>,
    },
}

/// The place in a file, where it is known.
fn place(line: usize) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}

fn similar_names(names: &[String]) -> String {
    /// More would be no help.
    const MOST: usize = 5;
    if names.is_empty() || names.len() > MOST {
        return String::new();
    }
    format!("; did you mean {}?", names.join(", "))
}

fn known_names(names: &[String]) -> String {
    if names.is_empty() {
        ": there are none".to_owned()
    } else {
        format!(": there are {}", names.join(", "))
    }
}
