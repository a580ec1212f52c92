//! Authelia's configuration: the clients of `identity_providers.oidc.clients`.

mod anchors;
mod configuration;
mod detection;
mod document;
pub mod edit;
mod encryption;
mod entry;
pub(crate) mod error;
mod path;
mod scalar;
mod template;

pub use configuration::{Client, Configuration, clients};
pub(crate) use configuration::{Entry, Text};
pub use encryption::Encryption;
pub use entry::{ClientEntry, Schema, Value, is_absolute_uri, single_quoted};
pub(crate) use entry::{has_scheme, needs_plaintext};
pub use template::{Reference, filled_in};
