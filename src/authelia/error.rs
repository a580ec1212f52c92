//! Errors about Authelia's configuration.

use super::encryption::Encryption;
use super::template::error::TemplateError;

/// The reason why a configuration cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The text is not YAML.
    #[error("line {line}, column {column}: {message}")]
    Yaml {
        /// Line, counted from 1; 0 where the parser does not know it.
        line: u64,
        /// Column, counted from 1.
        column: u64,
        /// The parser's message, which quotes nothing of the text.
        message: String,
    },
    /// A character is a line break for Authelia, which follows YAML 1.1 here, but not in YAML 1.2.
    #[error(
        "line {line}, column {column}: U+{:04X} is a line break for Authelia, but not in YAML 1.2",
        u32::from(*character)
    )]
    LineBreak {
        /// Line, counted from 1.
        line: u64,
        /// Column, counted from 1.
        column: u64,
        /// The character.
        character: char,
    },
    /// The YAML does not have the shape of the provider's configuration.
    #[error(
        "line {line}, column {column}: not what an Authelia configuration has here \
         (identity_providers.oidc.clients is a list of clients; text that begins with a special \
         character needs quotes)"
    )]
    Shape {
        /// Line, counted from 1; 0 where the parser does not know it.
        line: u64,
        /// Column, counted from 1.
        column: u64,
    },
    /// The file has several lists that may be the clients.
    #[error("several lists of clients: {}", paths.join(", "))]
    SeveralLists {
        /// Their paths.
        paths: Vec<String>,
    },
    /// There is no list at the path that was given.
    #[error("no list of clients at {path}")]
    NoListAt {
        /// The path.
        path: String,
        /// The paths of the lists that there are.
        known: Vec<String>,
    },
    /// The file, or a value in it, is encrypted.
    #[error("encrypted with {encryption}")]
    Encrypted {
        /// The tool that it is encrypted with.
        encryption: Encryption,
    },
    /// A template prevents that the file is read.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// The reason why a configuration is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// There is no client of this id.
    #[error("no client with the id `{client}`")]
    NoClient {
        /// The id.
        client: String,
    },
    /// Two clients have this id.
    #[error("duplicate client id `{client}`")]
    DuplicateClient {
        /// The id.
        client: String,
    },
    /// The client has no secret of its own in its entry.
    #[error("the entry of the client {client} has no secret of its own")]
    NoSecret {
        /// The id.
        client: String,
    },
    /// Another client has this id.
    #[error("there is a client with the id {client} already")]
    IdTaken {
        /// The id.
        client: String,
    },
    /// Something else would change as well.
    #[error("{key} is shared by an anchor or an alias: another part would change with it")]
    Shared {
        /// The part that is shared.
        key: String,
    },
    /// A key may come from a mapping that is merged in.
    #[error("{key} may be merged in by `<<`, where it cannot be changed for this place alone")]
    Merged {
        /// Its path.
        key: String,
    },
    /// One mapping has a key twice.
    #[error("duplicate key {key} in one mapping")]
    RepeatedKey {
        /// The key.
        key: String,
    },
    /// A text has keys, but none of Authelia's.
    #[error("this is not Authelia's configuration: it has none of its keys")]
    NotAnAutheliaConfig,
    /// A value is not a list.
    #[error("{key} is not a list")]
    NotAList {
        /// Its path.
        key: String,
    },
    /// A value is not a mapping.
    #[error("{key} is not a mapping of keys to values")]
    NotAMapping {
        /// Its path.
        key: String,
    },
    /// The configuration is written for a filter that destroys digests.
    #[error("the secrets are written with `$$`, for Authelia's filter expand-env")]
    ExpandEnv,
    /// A new entry has a text that Authelia would read as a template.
    #[error("the new entry holds `{{{{` or `${{`, which Authelia would fill in")]
    Template,
    /// Authelia would not read the written text as the client's digest.
    #[error("Authelia would not accept the secret of {client} as it would be written")]
    NotReadBack {
        /// The id.
        client: String,
    },
    /// A key has another value than a new client needs.
    #[error("line {line}: {key} has another value than the new client needs: {needed}")]
    OtherValue {
        /// The line, counted from 1.
        line: usize,
        /// Its path.
        key: String,
        /// The value that the client needs, in YAML's flow style.
        needed: String,
    },
    /// New clients need different values of one key.
    #[error("the new clients need different values of {key}")]
    ConflictingParts {
        /// Its path.
        key: String,
    },
    /// The changed text would not have the expected contents.
    #[error("this form of YAML cannot be changed with certainty, and is left as it is")]
    UnsupportedYaml,
}
