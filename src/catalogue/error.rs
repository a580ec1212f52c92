//! The errors of the catalogue.

use super::format::SettingsFormat;

/// Why an application's file, or what a caller asks of the catalogue, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The catalogue has no application with this slug.
    #[error("unknown application `{slug}`{}", similar_names(similar))]
    UnknownApplication {
        /// The slug.
        slug: String,
        /// Similar slugs.
        similar: Vec<String>,
    },
    /// A file does not describe an application.
    #[error("the file of {slug}{}: {message}", place(*line))]
    Malformed {
        /// The application.
        slug: String,
        /// The line, counted from 1; 0 if the parser does not report it.
        line: usize,
        /// The problem.
        message: String,
    },
    /// A text is not the URL of an application or of Authelia.
    #[error("{reason}: a URL is needed, such as https://app.example.com")]
    InvalidUrl {
        /// The problem.
        reason: &'static str,
    },
    /// A template needs the application's URL.
    #[error("the application's URL is missing")]
    MissingAppUrl,
    /// A template needs Authelia's URL.
    #[error("Authelia's URL is missing")]
    MissingAutheliaUrl,
    /// A template needs an input that has no default.
    #[error("{about} is missing")]
    MissingInput {
        /// The name of the input.
        name: String,
        /// Its description.
        about: String,
    },
    /// The application does not have this input.
    #[error("unknown input `{name}`; {}", known_names("inputs", known))]
    UnknownInput {
        /// The name that was given.
        name: String,
        /// The names of the application's inputs.
        known: Vec<String>,
    },
    /// The value of an input is empty, or has a control character or a line break.
    #[error("the value of {name} is empty, or has a line break or another control character")]
    InvalidInput {
        /// The name of the input.
        name: String,
    },
    /// A text with its placeholders replaced is too long, or its inputs are nested too deeply.
    #[error(
        "the placeholder {{{placeholder}}} makes a text of more than 64 KiB, or with too many defaults \
         in defaults"
    )]
    TooLong {
        /// The name of the placeholder.
        placeholder: String,
    },
    /// A format cannot carry a setting to its readers.
    #[error("the setting {label} cannot be written in the format {format}: {why}")]
    Unrepresentable {
        /// The format.
        format: SettingsFormat,
        /// The label of the setting.
        label: String,
        /// The reason. It does not quote the value, which may be a secret.
        why: &'static str,
    },
    /// A resolved redirect URI is not an absolute URI.
    #[error(
        "`{uri}` is not a valid redirect URI: it must be absolute, such as \
         https://app.example.com/callback"
    )]
    InvalidRedirectUri {
        /// The resolved text.
        uri: String,
    },
    /// The application does not have this variant.
    #[error("unknown variant `{name}`; {}", known_names("variants", known))]
    UnknownVariant {
        /// The name that was given.
        name: String,
        /// The names of the application's variants.
        known: Vec<String>,
    },
}

/// Returns the place in a file, if it is known.
fn place(line: usize) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}

fn similar_names(names: &[String]) -> String {
    /// A longer list is no longer a suggestion.
    const MAX: usize = 5;
    if names.is_empty() || names.len() > MAX {
        return String::new();
    }
    format!("; did you mean {}?", names.join(", "))
}

fn known_names(kind: &str, names: &[String]) -> String {
    if names.is_empty() {
        format!("the application has no {kind}")
    } else {
        format!("the application's {kind}: {}", names.join(", "))
    }
}
