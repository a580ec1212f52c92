//! The errors of all modules, gathered: each is declared beside the code that returns it.
//!
//! No error holds any part of a secret or of a digest beyond one character and its position:
//! what was given as a digest may well be a secret in the wrong place.

pub use crate::authelia::error::{ConfigError, EditError};
pub use crate::authelia::template::error::{TemplateError, TemplateProblem, Trim};
pub use crate::authelia::template::filters::FilterError;
pub use crate::catalogue::error::CatalogueError;
pub use crate::client_id::ClientIdError;
pub use crate::cost::LimitError;
pub use crate::digest::error::{
    DeriveError, Field, NotReadByAuthelia, ParameterError, ParameterName, ParseError, Problem,
};
pub use crate::kernel::UnknownKernel;
pub use crate::live::error::IssuerError;
pub use crate::name::UnknownName;
pub use crate::provider::{Unsupported, UnsupportedBy};
pub use crate::random::{AlphabetError, RandomError};

/// Any error of this library.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter of a new digest, or the secret for it, is not allowed.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// An alphabet needs at least two distinct characters, none of them a control character or a
    /// line break.
    #[error(transparent)]
    Alphabet(#[from] AlphabetError),
    /// A client id breaks the provider's rules.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// A string is not a digest that this library reads.
    #[error(transparent)]
    Digest(#[from] ParseError),
    /// A name is unknown.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// A digest would cost more than the limits.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// Authelia does not read a digest as a client's secret.
    #[error(transparent)]
    NotReadByAuthelia(#[from] NotReadByAuthelia),
    /// A key cannot be derived.
    #[error(transparent)]
    Derive(#[from] DeriveError),
    /// A system does not support a digest.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedBy),
    /// The system's random number generator failed.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The kernel is unknown or not available on this CPU, or another one is already in use.
    #[error(transparent)]
    Kernel(#[from] UnknownKernel),
    /// A provider's configuration could not be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A configuration cannot be changed.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A file of the catalogue is malformed, or a value for it is missing or refused.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A text is not the URL of a provider.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
}
